'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const columns = data.columns;
  const rows = data.rows;
  const many = columns.length > 1;
  const SVG = 'http://www.w3.org/2000/svg';
  const SIGN = {pass: '\u2713', divergence: '\u2717', skipped: '\u2013', error: '!'};
  const WORD = {pass: 'passed', divergence: 'diverged', skipped: 'skipped', error: 'error'};
  const STYLE = {pass: 'good', divergence: 'bad', skipped: 'skip-c', error: 'odd'};
  const STATUSES = ['pass', 'divergence', 'skipped', 'error'];
  const CHUNK = 80;
  /* With more columns than that, a cell is a sign, and its words are in its title. */
  const crowd = columns.length > 8;

  /* ---- making elements: text is only ever set as text ---- */

  const text = number => data.strings[number] || '';

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    return fill(node, attributes, children);
  }

  function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(name, value === true ? '' : String(value));
      }
    }
    add(node, children);
    return node;
  }

  function add(node, children) {
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== '') {
        node.append(child instanceof Node ? child : String(child));
      }
    }
  }

  function on(node, event, act) {
    node.addEventListener(event, act);
    return node;
  }

  function plural(n, one, others) {
    return n + ' ' + (n === 1 ? one : others);
  }

  function say(words) {
    document.getElementById('said').textContent = words;
  }

  /** A part that can be opened; its content is made when it is, once. */
  function lazy(attributes, summary, make) {
    const details = el('details', attributes, el('summary', null, summary));
    const build = () => {
      if (details.open && !details.dataset.made) {
        details.dataset.made = 'yes';
        const body = el('div', {class: 'body'});
        add(body, [make()]);
        details.append(body);
      }
    };
    on(details, 'toggle', build);
    details.build = () => { details.open = true; build(); };
    return details;
  }

  function status(of, words) {
    return el('span', {class: STYLE[of] || 'odd'},
      el('span', {'aria-hidden': 'true'}, (SIGN[of] || '!') + ' '), words || WORD[of] || of);
  }

  function ruleLink(id) {
    return el('a', {class: 'rule', href: '#' + id}, id);
  }

  function links(rules) {
    return rules.map((r, i) => [i ? ', ' : '', ruleLink(r)]);
  }

  /** A table; the roles are said, since on a phone its parts are blocks. */
  function table(attributes, caption, heads, body) {
    const node = el('table', Object.assign({role: 'table'}, attributes), el('caption', null, caption),
      el('thead', null, el('tr', null, heads.map(h => el('th', {scope: 'col', class: h.num ? 'num' : h.style}, h.text === undefined ? h : h.text)))),
      body);
    for (const [tag, role] of [['thead, tbody', 'rowgroup'], ['tr', 'row'], ['td', 'cell'], ['thead th', 'columnheader'], ['tbody th', 'rowheader']]) {
      node.querySelectorAll(tag).forEach(part => part.setAttribute('role', role));
    }
    return node;
  }

  function scroller(label, child) {
    return el('div', {class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0'}, child);
  }

  /* ---- sections ---- */

  const rest = document.getElementById('rest');
  const parts = document.getElementById('parts');

  function section(id, title, brief, count, ...children) {
    const node = el('section', {id, 'aria-labelledby': id + '-title', tabindex: '-1'},
      el('h2', {id: id + '-title'}, title), children);
    rest.append(node);
    parts.append(el('li', null, el('a', {href: '#' + id}, brief,
      count === null ? '' : [' ', el('span', {class: 'n'}, count)])));
    return node;
  }

  /* ---- the state machine ---- */

  const NAMES = {
    unplugged: 'unplugged', offline: 'offline', online: 'online', online_kernel: 'online_kernel',
    online_movable: 'online_movable', unbound: 'unbound', left: 'unbound, memory left online',
    device_dax: 'device_dax', other: 'none that the ABI knows'};
  const STATES = ['offline', 'online', 'online_kernel', 'online_movable'];
  const WIDE = {
    id: 'wide', width: 940, height: 444, centers: [175, 385, 595, 805], half: 82, barLeft: 16,
    barRight: 924, top: 14, bar: 34, states: 138, tall: 44, stub: 246, stubHalf: 50, stubTall: 26,
    stubAt: 32, unbound: 322, dax: 408, up: -24, down: 24, bind: -60, unbind: -36, side: [34, 62],
    left: 'left online', letter: 7.4, wrap: false, daxAt: [640, 690], daxBox: [590, 740]};
  const NARROW = {
    id: 'narrow', width: 360, height: 452, centers: [67, 149, 231, 313], half: 39, barLeft: 2,
    barRight: 358, top: 8, bar: 30, states: 132, tall: 52, stub: 256, stubHalf: 17, stubTall: 22,
    stubAt: 22, unbound: 336, dax: 416, up: -14, down: 14, bind: -29, unbind: -9, side: [8, 19],
    left: 'left', letter: 6.4, wrap: true, daxAt: [215, 265], daxBox: [190, 290]};

  function grouped(edges) {
    const pairs = new Map();
    for (const e of edges) {
      const key = e.from + ' ' + e.to;
      const pair = pairs.get(key) || {from: e.from, to: e.to, seen: 0, against: 0, edges: []};
      pair.seen += e.seen;
      pair.against += e.against;
      pair.edges.push(e);
      pairs.set(key, pair);
    }
    return pairs;
  }

  function kind(pair) {
    return pair.against > 0 ? 'bad' : pair.seen > 0 ? 'good' : 'never';
  }

  function inShort(pair) {
    return NAMES[pair.from] + ' to ' + NAMES[pair.to] + ', '
      + (pair.seen === 0 ? 'never seen' : 'seen ' + plural(pair.seen, 'time', 'times'))
      + (pair.against ? ', ' + pair.against + ' against a rule' : '');
  }

  function inWords(pair) {
    return inShort(pair) + ' (' + [...new Set(pair.edges.map(e => e.input))].join(', ') + ')';
  }

  /** The picture of one target; the places of the states stay the same in every report. */
  function picture(column, at) {
    const pairs = grouped(column.machine.edges);
    const drawn = new Set();
    const title = 'machine-' + at.id + '-title';
    const image = svg('svg', {class: 'machine ' + at.id, viewBox: '0 0 ' + at.width + ' ' + at.height,
      role: 'img', 'aria-labelledby': title + ' ' + title + '-desc'},
      svg('title', {id: title}, 'State machine of ' + column.label));
    const lines = svg('g');
    const boxes = svg('g');
    const labels = svg('g');

    function arrow(from, to, points, share, bend) {
      const pair = pairs.get(from + ' ' + to);
      if (!pair) {
        return;
      }
      drawn.add(pair);
      const style = kind(pair);
      const [x1, y1, x2, y2] = points;
      const cx = (x1 + x2) / 2;
      const cy = (y1 + y2) / 2 - (bend || 0) * 2;
      const angle = Math.atan2(y2 - cy, x2 - cx);
      const tip = 9;
      const ex = x2 - tip * Math.cos(angle);
      const ey = y2 - tip * Math.sin(angle);
      const group = svg('g', null, svg('title', null, inWords(pair)));
      group.append(svg('path', {class: 'e ' + style, d: 'M' + x1 + ' ' + y1 + 'Q' + cx + ' ' + cy + ' ' + ex.toFixed(1) + ' ' + ey.toFixed(1)}));
      const side = a => (ex + 5 * Math.cos(angle + a)).toFixed(1) + ' ' + (ey + 5 * Math.sin(angle + a)).toFixed(1);
      group.append(svg('polygon', {class: 'h ' + style, points: x2 + ' ' + y2 + ',' + side(Math.PI / 2) + ',' + side(-Math.PI / 2)}));
      const words = pair.against ? '\u2717' + pair.against + '/' + pair.seen : String(pair.seen);
      const t = share;
      const px = (1 - t) * (1 - t) * x1 + 2 * t * (1 - t) * cx + t * t * x2;
      const py = (1 - t) * (1 - t) * y1 + 2 * t * (1 - t) * cy + t * t * y2;
      const wide = words.length * at.letter + 5;
      labels.append(svg('rect', {class: 'pill', x: px - wide / 2, y: py - 8, width: wide, height: 16, rx: 3}));
      labels.append(svg('text', {class: 'n ' + style, x: px, y: py}, words));
      lines.append(group);
    }

    function box(x1, x2, y, tall, names, place, style) {
      boxes.append(svg('rect', {class: 'box ' + (style || ''), x: x1, y, width: x2 - x1, height: tall, rx: 4}));
      const own = place ? pairs.get(place + ' ' + place) : null;
      const stays = own && (own.seen || own.against);
      const step = at.wrap ? 13 : 17;
      const all = names.length + (stays ? 1 : 0);
      const begin = y + tall / 2 - (all - 1) * step / 2;
      names.forEach((n, i) => boxes.append(svg('text', {x: (x1 + x2) / 2, y: begin + i * step}, n)));
      if (own) {
        drawn.add(own);
      }
      if (stays) {
        boxes.append(svg('text', {class: own.against ? 'sub bad' : 'sub', x: (x1 + x2) / 2, y: begin + names.length * step},
          (at.wrap ? 'stays ' : 'stays as it is ') + (own.against ? '\u2717' + own.against + '/' : '') + own.seen));
      }
    }

    const hasMemory = at.states + at.tall;
    box(at.barLeft, at.barRight, at.top, at.bar, ['unplugged'], 'unplugged');
    STATES.forEach((state, i) => {
      const c = at.centers[i];
      const used = [...pairs.values()].some(p => p.from === state || p.to === state);
      if (!used) {
        return;
      }
      const names = at.wrap && state.includes('_') ? [state.split('_')[0] + '_', state.split('_')[1]] : [state];
      box(c - at.half, c + at.half, at.states, at.tall, names, state);
      arrow('unplugged', state, [c + at.up, at.top + at.bar, c + at.up, at.states], .38);
      arrow(state, 'unplugged', [c + at.down, at.states, c + at.down, at.top + at.bar], .38);
      arrow('unbound', state, [c + at.bind, at.unbound, c + at.bind, hasMemory], at.wrap ? .16 : .3);
      arrow(state, 'unbound', [c + at.unbind, hasMemory, c + at.unbind, at.unbound], .3);
      if (pairs.has(state + ' left')) {
        box(c + at.stubAt - at.stubHalf, c + at.stubAt + at.stubHalf, at.stub, at.stubTall, [at.left], null, 'left');
        arrow(state, 'left', [c + at.stubAt, hasMemory, c + at.stubAt, at.stub], .45);
      }
      STATES.forEach((other, j) => {
        if (i !== j) {
          const from = at.centers[i] + (j > i ? at.half - 8 : 8 - at.half);
          const to = at.centers[j] + (j > i ? 8 - at.half : at.half - 8);
          arrow(state, other, [from, at.states, to, at.states], .5, 14 + 9 * Math.abs(i - j) + (j > i ? 0 : 7));
        }
      });
    });
    box(at.barLeft, at.barRight, at.unbound, at.bar, ['unbound'], 'unbound');
    arrow('unbound', 'unplugged', [at.side[0], at.unbound, at.side[0], at.top + at.bar], .9);
    arrow('unplugged', 'unbound', [at.side[1], at.top + at.bar, at.side[1], at.unbound], .16);
    if ([...pairs.values()].some(p => p.from === 'device_dax' || p.to === 'device_dax')) {
      box(at.daxBox[0], at.daxBox[1], at.dax, at.stubTall + 4, ['device_dax'], null);
      arrow('unbound', 'device_dax', [at.daxAt[0], at.unbound + at.bar, at.daxAt[0], at.dax], .4);
      arrow('device_dax', 'unbound', [at.daxAt[1], at.dax, at.daxAt[1], at.unbound + at.bar], .4);
    }
    const shown = [...drawn].filter(p => p.from !== p.to);
    image.append(svg('desc', {id: title + '-desc'}, shown.map(inWords).join('. ')));
    image.append(lines, boxes, labels);
    const hidden = [...pairs.values()].filter(p => !drawn.has(p) && p.seen > 0 && p.from !== p.to);
    return {image, hidden};
  }

  function transitionTable(column) {
    const edges = column.machine.edges.filter(e => e.modelled || e.from !== e.to || e.against
      || e.input.startsWith('write') || e.input.endsWith('bind'));
    edges.sort((a, b) => (b.against > 0) - (a.against > 0) || (a.from === a.to) - (b.from === b.to));
    return table({class: 'lists'}, plural(edges.length, 'transition', 'transitions') + ' of ' + column.label
      + '; "by the model" are those that steps on the whole device alone can make, without pins, races or refused blocks',
      ['from', 'step', 'answer', 'to', {text: 'seen', num: true}, 'verdict', 'by the model'],
      el('tbody', null, edges.map(e => el('tr', null,
        el('th', {scope: 'row', class: 'mono'}, NAMES[e.from]),
        el('td', {class: 'mono', 'data-as': 'step'}, e.input),
        el('td', {class: 'mono', 'data-as': 'answer'}, e.answer),
        el('td', {class: 'mono', 'data-as': 'to'}, e.from === e.to ? 'the same' : NAMES[e.to]),
        el('td', {class: 'num', 'data-as': 'seen'}, String(e.seen)),
        el('td', null, e.against
          ? [status('divergence', e.against + ' against '), links(e.rules)]
          : e.seen ? status('pass', 'as allowed') : status('skipped', 'never seen')),
        el('td', {'data-as': 'by the model'}, e.modelled ? 'yes' : 'no')))));
  }

  function machines() {
    const place = el('div');
    const show = index => {
      const column = columns[index];
      const wide = picture(column, WIDE);
      const narrow = picture(column, NARROW);
      const pairs = [...grouped(column.machine.edges).values()].filter(p => p.from !== p.to);
      const count = style => pairs.filter(p => kind(p) === style).length;
      const absent = column.dialect === 'absent';
      place.replaceChildren();
      add(place, [
        el('p', {class: 'intro'}, plural(column.machine.steps, 'step', 'steps') + ' in the traces of ' + column.label + ': '
          + plural(pairs.length, 'change', 'changes') + ' of state, ' + count('good') + ' seen as allowed, ' + count('never')
          + ' never seen, ' + count('bad') + ' seen against a rule.'
          + (absent ? ' This dialect has no attribute, so the state is that of the memory blocks.' : '')),
        el('figure', null, wide.image, narrow.image),
        wide.hidden.length ? el('p', {class: 'dim'}, 'Not drawn: ' + wide.hidden.map(inShort).join('; ') + '.') : null,
        lazy({class: 'as-table'}, 'The same as a table, with every step and answer', () => transitionTable(column))]);
    };
    const first = Math.max(0, columns.findIndex(c => c.target !== 'model'));
    const select = el('select', {id: 'machine-of'}, columns.map((c, i) => el('option', {value: i, selected: i === first}, c.label)));
    on(select, 'change', () => show(Number(select.value)));
    const sample = (style, words) => el('li', null, svg('svg', {viewBox: '0 0 40 12', 'aria-hidden': 'true'},
      svg('path', {class: 'e ' + style, d: 'M1 6H31'}), svg('polygon', {class: 'h ' + style, points: '39 6,30 2,30 10'})), words);
    section('machine', 'State machine', 'State machine', null,
      el('div', {class: 'machine-head'},
        many ? el('div', null, el('label', {for: 'machine-of'}, 'Target '), select) : null,
        el('ul', {class: 'legend', 'aria-label': 'Legend'}, sample('good', 'n: seen n times, as allowed'),
          sample('never', '0: allowed, never seen'), sample('bad', '\u2717m/n: m of n against a rule'))),
      el('p', {class: 'intro'}, 'Above the states: writes to the attribute; below them: bind, unbind and module loads; '
        + 'several actors at once may do both. "left online" is memory that stays until a reboot, since it was online when the device was unbound.'),
      place);
    if (columns.length) {
      show(first);
    }
  }

  /* ---- the rules ---- */

  /** A cell of counts; those of one column stand below each other, so each has its slot. */
  function cell(counts, index) {
    if (!counts || counts.every(n => n === 0)) {
      return el('td', {class: 'num dim'}, el('span', {'aria-hidden': 'true'}, '\u00b7'), el('span', {class: 'hidden'}, 'none'));
    }
    if (crowd) {
      const worst = counts[1] ? 1 : counts[3] ? 3 : counts[0] ? 0 : 2;
      const words = STATUSES.map((s, i) => counts[i] ? counts[i] + ' ' + WORD[s] : '').filter(Boolean).join(', ');
      return el('td', {class: counts[1] ? 'num is-bad' : 'num', title: columns[index].label + ': ' + words},
        status(STATUSES[worst], String(counts[worst])), el('span', {class: 'hidden'}, ' ' + words));
    }
    return el('td', {class: counts[1] ? 'num is-bad' : 'num'}, STATUSES.map((s, i) => !slots()[index][i] ? null
      : el('span', {class: (i ? 'slot thin ' : 'slot ') + STYLE[s]}, counts[i]
        ? [el('span', {'aria-hidden': 'true'}, SIGN[s] + ' '), String(counts[i]), el('span', {class: 'hidden'}, ' ' + WORD[s] + ' ')]
        : null)));
  }

  let slotsOf = null;

  function slots() {
    slotsOf = slotsOf || columns.map((c, n) => STATUSES.map((s, i) => data.matrix.some(r => r[n + 1] && r[n + 1][i])));
    return slotsOf;
  }

  function ruleText(id) {
    const rule = data.rules[id];
    const broken = data.divergences.filter(d => d.rule === id).length;
    return [
      rule ? [el('p', null, rule.sentence),
        el('ul', {class: 'cites', 'aria-label': 'Sources'}, rule.cites.map(c => el('li', null, c[0] ? [el('cite', null, c[0]), ': '] : '', c[1]))),
        rule.note ? el('p', {class: 'dim'}, 'Note: ' + rule.note) : null,
        rule.dialects.length ? el('p', {class: 'dim'}, 'Binds ' + rule.dialects.join(', ') + '; outcome ' + rule.grade + '.') : null]
        : el('p', {class: 'dim'}, 'Nothing is known of this rule here.'),
      el('p', {class: 'head-row'},
        broken ? el('a', {href: '#broken-' + id}, plural(broken, 'divergence', 'divergences')) : null,
        on(el('button', {type: 'button'}, 'Scenarios that judged or cite it'), 'click', () => only({rule: id})))];
  }

  let openRule = () => {};

  function rulesTable() {
    const bodies = [];
    const rowOf = {};
    let group = '';
    let body = null;
    for (const [id, ...cells] of data.matrix) {
      const name = id.split('-')[0];
      if (name !== group) {
        group = name;
        body = el('tbody', null, el('tr', null,
          el('th', {scope: 'rowgroup', class: 'group', colspan: columns.length + 1}, name)));
        bodies.push(body);
      }
      const button = el('button', {type: 'button', class: 'plain rule', 'aria-expanded': 'false'}, id);
      const row = el('tr', {id, class: 'hit'}, el('th', {scope: 'row', class: 'id'},
        el('div', {class: 'pair'}, button, el('span', {class: 'says'}, data.rules[id] ? data.rules[id].sentence : ''))), cells.map(cell));
      let more = null;
      const toggle = open => {
        if (open && !more) {
          more = el('tr', {class: 'more', role: 'row'}, el('td', {colspan: columns.length + 1, role: 'cell'}, ruleText(id)));
          row.after(more);
        }
        if (more) {
          more.hidden = !open;
        }
        button.setAttribute('aria-expanded', String(open));
      };
      on(button, 'click', () => toggle(button.getAttribute('aria-expanded') !== 'true'));
      rowOf[id] = () => { toggle(true); button.focus({preventScroll: true}); settle(row); };
      body.append(row);
    }
    openRule = id => Object.hasOwn(rowOf, id) ? (rowOf[id](), true) : false;
    section('rules', 'Rules', 'Rules', data.matrix.length,
      el('p', {class: 'intro'}, 'Cases that ', status('pass', 'kept'), ' the rule, ', status('divergence', 'broke'), ' it, or are about it and were ',
        status('skipped', 'skipped'), ' or ended with an ', status('error', 'error'), '. A rule opens to its text and sources.'),
      scroller('Rules by target', table({class: crowd ? 'matrix crowd' : columns.length > 2 ? 'matrix' : 'matrix few'}, 'Rule by ' + (data.runs > 1 ? 'run' : 'target') + ', in cases',
        [{text: 'rule', style: 'id'}, ...columns.map(c => ({text: crowd ? el('span', {class: 'upright'}, c.label) : c.label, num: true}))], bodies)));
  }

  /* ---- steps ---- */

  function stepTable(cellData, column, name, only, without) {
    const broken = new Map();
    for (const d of (cellData.divergences || []).map(i => data.divergences[i])) {
      broken.set(d.entry, (broken.get(d.entry) || []).concat(d));
    }
    const body = el('tbody');
    let skippedRows = 0;
    const gap = n => body.append(el('tr', {class: 'gap'}, el('td', {colspan: 5}, plural(n, 'step', 'steps') + ' left out')));
    for (const row of cellData.steps) {
      if (row[0] === -1) {
        skippedRows += row[1];
        continue;
      }
      const [entry, phase, line, step, result, ms, allowed, seen, ...log] = row;
      if (only && !only(entry)) {
        skippedRows++;
        continue;
      }
      if (skippedRows) {
        gap(skippedRows);
        skippedRows = 0;
      }
      const against = broken.get(entry);
      const where = phase === 0 ? 'setup' : phase === 2 ? 'way back' : 'line ' + line;
      body.append(el('tr', {class: against ? 'broken' : ['setup', '', 'back'][phase]},
        el('td', {class: 'line'}, against ? '\u2717 ' : '', where),
        el('td', {class: 'step'}, text(step)),
        el('td', {class: 'mono', 'data-as': 'gave'}, text(result), ms >= 1 ? [' ', el('span', {class: 'ms'}, ms >= 1000 ? (ms / 1000).toFixed(1) + ' s' : Math.round(ms) + ' ms')] : ''),
        el('td', {class: 'seen mono', 'data-as': text(seen) ? 'seen' : null}, text(seen)),
        el('td', {class: 'mono', 'data-as': text(allowed) ? 'allowed' : null}, text(allowed))));
      for (const d of against || []) {
        body.append(el('tr', {class: 'why'}, el('td', {colspan: 5}, ruleLink(d.rule), ' ' + text(d.aspect) + ': expected '
          + text(d.allowed) + '; got: ' + text(d.seen) + (d.repeats ? ' (' + (d.repeats + 1) + ' times)' : ''))));
      }
      if (log.length && !only && entry !== without) {
        body.append(el('tr', {class: 'log'}, el('td', {colspan: 5}, logText(log))));
      }
    }
    if (skippedRows) {
      gap(skippedRows);
    }
    return el('div', {class: 'scroll'}, table({class: 'steps'}, 'Steps of ' + name + ' on ' + column.label
      + '; allowed: by the model, of looks and actors by the scenario',
      [{text: 'where', style: 'line'}, 'step', 'result', 'seen afterwards, where it changed', 'allowed'], body));
  }

  function logText(log) {
    return el('pre', {tabindex: '0', 'aria-label': 'Kernel log'},
      log.map(([level, line]) => (LEVELS[level] || '?').padEnd(6) + ' ' + text(line)).join('\n'));
  }

  /* @pictures@ */
  /* ---- divergences ---- */

  function sights() {
    const byRule = new Map();
    data.divergences.forEach((d, i) => {
      const key = [d.column, d.step, d.aspect, d.allowed, d.seen, d.explained || 0].join(' ');
      const all = byRule.get(d.rule) || new Map();
      const sight = all.get(key) || {rule: d.rule, first: d, places: []};
      sight.places.push(Object.assign({index: i}, d));
      all.set(key, sight);
      byRule.set(d.rule, all);
    });
    return byRule;
  }

  /** The broken rules as causes order them; each that another's cause breaks as well stands behind it. */
  function byCause() {
    const leads = new Map();
    for (const [first, ...others] of data.causes) {
      leads.set(first, null);
      others.forEach(rule => leads.has(rule) || data.causes.some(c => c[0] === rule) || leads.set(rule, first));
    }
    return leads;
  }

  function order(a, b) {
    const [x, y] = [a.split('-'), b.split('-')];
    return x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : x[1] - y[1];
  }

  function caseLink(index) {
    return el('a', {href: '#case-' + encodeURIComponent(text(rows[index].name)), class: 'mono'}, text(rows[index].name));
  }

  function copyButton(words) {
    return on(el('button', {type: 'button', class: 'copy'}, 'Copy'), 'click', async event => {
      const button = event.target;
      try {
        await navigator.clipboard.writeText(words);
        button.textContent = 'Copied';
        say('Copied to the clipboard.');
      } catch (refused) {
        const area = button.closest('section, .body').querySelector('pre.by-hand');
        getSelection().selectAllChildren(area);
        const done = document.execCommand('copy');
        button.textContent = done ? 'Copied' : 'Selected';
        say(done ? 'Copied to the clipboard.' : 'The commands are selected; copy them by hand.');
      }
    });
  }

  /** Everything of a sight; in brief, only what surrounds it. */
  function sightBody(sight, brief) {
    const heading = brief ? 'h3' : 'h4';
    const d = sight.first;
    const column = columns[d.column];
    const withSteps = sight.places.filter(p => (rows[p.row].cells[p.column].steps || []).length);
    const place = (withSteps.length ? withSteps : sight.places).reduce((a, b) => b.entry < a.entry ? b : a);
    const cellData = rows[place.row].cells[place.column];
    const name = text(rows[place.row].name);
    const repeats = sight.places.reduce((n, p) => n + p.repeats, 0);
    const scenarios = new Set(sight.places.map(p => p.row));
    const FEW = 8;
    const waivers = [...new Set(sight.places.flatMap(p => rows[p.row].cells[p.column].waivers || []))];
    const where = el('dd');
    const list = all => {
      where.replaceChildren();
      const shown = all ? [...scenarios] : [...scenarios].slice(0, FEW);
      add(where, [shown.map((r, i) => [i ? ', ' : '', caseLink(r)]), shown.length < scenarios.size
        ? [', ', on(el('button', {type: 'button', class: 'plain'}, 'and ' + (scenarios.size - FEW) + ' more'), 'click', () => list(true))] : '']);
    };
    list(false);
    const body = [el('dl', {class: 'facts'},
      el('dt', null, 'Step'), el('dd', {class: 'mono'}, text(d.step)),
      el('dt', null, 'Differs in'), el('dd', null, text(d.aspect)),
      el('dt', null, 'Allowed are only'), el('dd', {class: 'mono good'}, text(d.allowed)),
      el('dt', null, 'Seen'), el('dd', {class: 'mono bad'}, text(d.seen) + (repeats ? '\n(' + (repeats + 1) + ' times)' : '')),
      el('dt', null, 'Where'), where,
      d.explained ? [el('dt', null, 'Explained by'), el('dd', null, text(d.explained))] : null,
      waivers.length ? [el('dt', null, 'Waivers'), el('dd', null, waivers.map(text).join('\n'))] : null)];
    if ((cellData.steps || []).length) {
      const near = entry => Math.abs(entry - place.entry) <= (brief ? 2 : 3);
      const box = el('div');
      const small = !brief && cellData.steps.length <= 10;
      const show = all => {
        box.replaceChildren(stepTable(cellData, column, name, all ? null : near, place.entry));
        if (!all) {
          box.append(on(el('button', {type: 'button', class: 'more'}, 'Show all ' + plural(cellData.all, 'step', 'steps')), 'click', () => show(true)));
        }
      };
      show(small);
      const here = cellData.steps.find(r => r[0] === place.entry);
      const race = (cellData.rounds || []).find(l => l.pictures.some(p => p.entry === place.entry));
      if (race) {
        body.push(el(heading, null, 'The actors against time'), rounds(race, place.entry));
      }
      body.push(blocksOf(cellData, true));
      const log = here ? here.slice(8) : [];
      body.push(el(heading, null, 'Steps, in the shortest case'), box,
        el(heading, null, 'Kernel log of that step'),
        log.length ? logText(log) : el('p', {class: 'dim'}, 'The trace has no line of it.'));
    } else {
      body.push(el('p', {class: 'dim'}, 'The trace of this case is not here, so that there is no step table.'));
    }
    const commands = text(place.reproduce);
    if (commands) {
      body.push(el('div', {class: 'head-row'}, el(heading, null, 'By hand, as root (' + text(place.reproduced) + ')'), copyButton(commands)),
        el('pre', {class: 'by-hand', tabindex: '0', 'aria-label': 'Shell commands'}, commands));
    }
    return body;
  }

  function divergences() {
    if (!data.divergences.length) {
      section('divergences', 'Divergences', 'Divergences', 0, el('p', null, status('pass', 'None.')));
      return;
    }
    const all = sights();
    const leads = byCause();
    section('divergences', 'Divergences', 'Divergences', data.divergences.length,
      el('p', {class: 'intro'}, plural(data.divergences.length, 'divergence', 'divergences') + ' from ' + plural(all.size, 'rule', 'rules')
        + '; the same sight in several cases is told once. Where a finding explains it the bar at the left is not red, and it says so.'),
      [...leads].filter(([id]) => all.has(id)).map(([id, leader]) => {
        const ofRule = all.get(id);
        const rule = data.rules[id];
        return [el('h3', {id: 'broken-' + id}, ruleLink(id), ' ', rule ? rule.sentence : ''),
          leader ? el('p', {class: 'dim'}, 'Likely by the same cause as ', el('a', {href: '#broken-' + leader}, leader), '.') : null,
          rule ? el('ul', {class: 'cites dim', 'aria-label': 'Sources of ' + id}, rule.cites.map(c => el('li', null, c[0] ? [el('cite', null, c[0]), ': '] : '', c[1]))) : null,
          [...ofRule.values()].sort((a, b) => b.places.length - a.places.length).map(sight => {
            const d = sight.first;
            return lazy({class: d.explained ? 'sight known' : 'sight'},
              [status('divergence', many ? columns[d.column].label + ': ' : ' '), el('code', null, text(d.step).split('\n').join('; ')),
                el('span', {class: 'arrow'}, ' [' + text(d.aspect) + ']: '), el('code', {class: 'bad'}, short(text(d.seen))),
                el('span', {class: 'arrow'}, ', expected '), el('code', null, short(text(d.allowed))),
                el('span', {class: 'dim'}, ' in ' + plural(new Set(sight.places.map(p => p.row)).size, 'case', 'cases')),
                d.explained ? el('span', {class: 'odd'}, ' (explained)') : '',
                sight.places.every(p => rows[p.row].cells[p.column].waived) ? el('span', {class: 'odd'}, ' (waived)') : ''],
              () => sightBody(sight));
          })];
      }));
  }

  /** The divergence to look at first, open and above everything else. */
  function firstDivergence() {
    const place = document.getElementById('first');
    if (!place) {
      return;
    }
    const index = data.first || 0;
    const d = data.divergences[index];
    const rule = data.rules[d.rule];
    const sight = Object.assign({}, [...sights().get(d.rule).values()].find(s => s.places.some(p => p.index === index)), {first: d});
    add(place, [el('h2', {id: 'first-title'}, data.divergences.length > 1 ? 'First divergence: ' : 'The divergence: ', ruleLink(d.rule)),
      rule ? el('p', {class: 'says'}, rule.sentence) : null,
      el('div', {class: d.explained ? 'sight known' : 'sight'}, el('div', {class: 'body'}, sightBody(sight, true)))]);
    parts.append(el('li', null, el('a', {href: '#first'}, 'First divergence')));
  }

  function short(words) {
    const first = words.split('\n')[0];
    return first.length > 90 ? first.slice(0, 88) + '\u2026' : first === words ? first : first + ' \u2026';
  }

  /* ---- scenarios side by side ---- */

  const filter = {text: '', status: '', column: '', rule: '', change: ''};
  const usual = Object.assign({}, filter);
  const FILTERED = '#scenarios?';
  let matching = [];
  let shownRows = 0;
  let list = null;
  let more = null;
  let count = null;
  const items = new Map();
  const haystacks = new Map();

  function haystack(i) {
    let words = haystacks.get(i);
    if (words === undefined) {
      const row = rows[i];
      const parts = [text(row.name), text(row.file), ...row.about, ...row.judged];
      for (const c of row.cells) {
        if (c) {
          parts.push(c.status, c.waived ? 'waived' : '', text(c.reason), ...(c.waivers || []).map(text), ...(c.notes || []).map(text));
          for (const d of c.divergences.map(n => data.divergences[n])) {
            parts.push(d.rule, text(d.step), text(d.aspect), text(d.seen), text(d.allowed), text(d.explained));
          }
        }
      }
      words = parts.join('\n').toLowerCase();
      haystacks.set(i, words);
    }
    return words;
  }

  function matches(i) {
    const row = rows[i];
    if (filter.change && (filter.change === 'verdict' ? !row.otherVerdict : row.differs !== (filter.change === 'changed'))) {
      return false;
    }
    const cells = filter.column === '' ? row.cells : [row.cells[Number(filter.column)]];
    if (filter.status && !cells.some(c => filter.status === 'none' ? !c : c && c.status === filter.status)) {
      return false;
    }
    if (!filter.status && filter.column !== '' && !cells[0]) {
      return false;
    }
    if (filter.rule && !row.about.includes(filter.rule) && !row.judged.includes(filter.rule)) {
      return false;
    }
    return filter.text.split(/\s+/).every(word => haystack(i).includes(word));
  }

  /** The filters are kept in the address, so that it can be sent to somebody, and comes back. */
  function remember() {
    const kept = new URLSearchParams(Object.entries(filter).filter(([name, value]) => value !== usual[name])).toString();
    if (kept || location.hash.startsWith(FILTERED)) {
      try {
        history.replaceState(null, '', kept ? FILTERED + kept : '#scenarios');
      } catch (refused) {
        // Browsers limit how often an address may change; the filters hold all the same.
      }
    }
  }

  function recall(kept) {
    const wanted = new URLSearchParams(kept);
    for (const name of Object.keys(filter)) {
      const value = wanted.has(name) ? wanted.get(name) : usual[name];
      const control = controls[name];
      const fits = name === 'text' || control && [...control.options].some(o => o.value === value);
      filter[name] = !fits ? '' : name === 'text' ? value.trim().toLowerCase() : value;
      if (control) {
        control.value = name === 'text' ? value : filter[name];
      }
    }
    show();
    settle(document.getElementById('scenarios'));
  }

  function apply() {
    show();
    remember();
  }

  function show() {
    matching = [];
    for (let i = 0; i < rows.length; i++) {
      if (matches(i)) {
        matching.push(i);
      }
    }
    shownRows = 0;
    list.replaceChildren();
    extend();
    count.textContent = matching.length === rows.length ? 'All ' + plural(rows.length, 'case', 'cases')
      : matching.length + ' of ' + plural(rows.length, 'case', 'cases');
  }

  function extend() {
    const next = matching.slice(shownRows, shownRows + CHUNK);
    list.append(...next.map(item));
    shownRows += next.length;
    more.hidden = shownRows >= matching.length;
    more.textContent = 'Show ' + Math.min(CHUNK, matching.length - shownRows) + ' more';
  }

  function grid() {
    if (crowd) {
      return '15rem repeat(' + columns.length + ', 1.5rem)';
    }
    const wide = columns.length <= 2 ? 'minmax(7rem, 15rem)' : 'minmax(3.5rem, 9rem)';
    return 'minmax(14rem, 1fr) repeat(' + columns.length + ', ' + wide + ')';
  }

  function chip(c, column) {
    const broken = c ? [...new Set(c.divergences.map(i => data.divergences[i].rule))] : [];
    if (crowd) {
      const words = c ? WORD[c.status] + (broken.length ? ': ' + broken.join(' ') : '') + (c.waived ? ' (waived)' : '') : 'not run';
      return el('span', {class: c && c.status !== 'pass' && c.status !== 'skipped' ? 'chip' : 'chip quiet', title: column.label + ': ' + words},
        el('span', {class: 'who'}, column.label + ' '), el('span', {class: c ? STYLE[c.status] : 'dim', 'aria-hidden': 'true'}, c ? SIGN[c.status] : '\u00b7'),
        el('span', {class: 'hidden'}, words));
    }
    return el('span', {class: 'chip'}, el('span', {class: 'who'}, many ? column.label + ' ' : ''),
      c ? status(c.status, broken.length ? broken.join(' ') + (c.waived ? ' (waived)' : '') : null) : el('span', {class: 'dim'}, 'not run'));
  }

  function item(i) {
    let node = items.get(i);
    if (!node) {
      const row = rows[i];
      const summary = el('summary', null,
        el('span', {class: 'name'}, text(row.scenario), text(row.topology) ? el('span', {class: 'topo'}, '.' + text(row.topology)) : ''),
        el('span', {class: 'chips'}, row.cells.map((c, n) => chip(c, columns[n]))));
      summary.style.gridTemplateColumns = grid();
      const details = el('details', {id: 'case-' + text(row.name)}, summary);
      details.build = () => {
        details.open = true;
        if (!details.dataset.made) {
          details.dataset.made = 'yes';
          const body = el('div', {class: 'body'});
          add(body, [caseBody(row)]);
          details.append(body);
        }
      };
      on(details, 'toggle', () => details.open && details.build());
      node = el('li', null, details);
      items.set(i, node);
    }
    return node;
  }

  function firstStep(row) {
    if (!row.first) {
      return row.drawn ? el('p', {class: 'dim'}, 'Its times are drawn anew in each run, so that steps are not compared.') : null;
    }
    const first = row.first;
    return [el('h4', null, 'First step that differs'),
      scroller('First step that differs', table(null, 'Step ' + (first.index + 1) + (first.line ? ', line ' + first.line : '') + ': ' + text(first.step).trim().split('\n').join('; '),
        ['what', ...columns.map(c => c.label)],
        el('tbody', null, first.aspects.map(([name, ...values]) => el('tr', null, el('th', {scope: 'row'}, name),
          values.map(v => el('td', {class: 'mono'}, v < 0 ? '\u00b7' : text(v) || 'none')))))))];
  }

  function caseBody(row) {
    const scenario = text(row.source || 0);
    return [
      el('p', {class: 'dim'}, el('code', null, text(row.file)), '; about ', links(row.about),
        row.judged.length ? [on(el('button', {type: 'button', class: 'plain'}, plural(row.judged.length, 'other rule', 'other rules') + ' decided'), 'click', event => {
          event.target.replaceWith(el('span', null, 'also decided: ', links(row.judged)));
        })].map(b => ['; ', b]) : ''),
      firstStep(row),
      row.cells.map((c, n) => c ? caseOf(row, c, columns[n]) : null),
      scenario ? lazy(null, 'The scenario', () => el('pre', {tabindex: '0', 'aria-label': 'Scenario'}, scenario)) : null];
  }

  function caseOf(row, c, column) {
    const name = text(row.name);
    const own = c.divergences.map(i => data.divergences[i]);
    const steps = (c.steps || []).length;
    const open = steps && (!many || c.status === 'divergence');
    return el('div', {class: 'sub'},
      el('p', null, el('strong', {class: 'mono'}, column.label), ' ', status(c.status),
        text(c.reason) ? ': ' + text(c.reason) : '',
        c.ms ? el('span', {class: 'ms'}, ' ' + (c.ms / 1000).toFixed(1) + ' s') : '',
        c.trace ? el('span', {class: 'dim'}, '; trace ', el('code', null, text(c.trace))) : ''),
      own.map(d => el('p', {class: 'bad'}, '\u2717 ', ruleLink(d.rule), ' ' + (d.line ? 'line ' + d.line + ', ' : '') + text(d.step).split('\n').join('; ')
        + ' [' + text(d.aspect) + ']: ' + short(text(d.seen)) + ', expected ' + short(text(d.allowed)),
        d.explained ? el('span', {class: 'odd'}, ' Explained by ' + text(d.explained)) : '')),
      (c.waivers || []).map(w => el('p', {class: 'odd'}, text(w))),
      (c.notes || []).map(n => el('p', {class: 'dim'}, 'Note: ' + text(n))),
      c.rounds ? races(c) : (c.races || []).map(r => el('p', {class: 'dim'}, 'Race, ' + text(r))),
      blocksOf(c, !many),
      steps ? (() => {
        const part = lazy(null, 'Steps (' + c.all + ')', () => stepTable(c, column, name, null));
        if (open) {
          part.build();
        }
        return part;
      })() : null,
      own.filter(d => text(d.reproduce)).slice(0, 1).map(d => lazy(null, 'By hand (' + text(d.reproduced) + ')', () => [copyButton(text(d.reproduce)),
        el('pre', {class: 'by-hand', tabindex: '0', 'aria-label': 'Shell commands'}, text(d.reproduce))])));
  }

  const controls = {};

  function only(wanted) {
    for (const name of Object.keys(filter)) {
      filter[name] = wanted[name] || '';
      if (controls[name]) {
        controls[name].value = filter[name];
      }
    }
    apply();
    document.getElementById('scenarios').scrollIntoView();
    controls.text.focus({preventScroll: true});
    say(count.textContent);
  }

  function select(name, label, options) {
    const node = el('select', {id: 'filter-' + name}, options.map(([value, words]) => el('option', {value}, words)));
    controls[name] = node;
    on(node, 'change', () => { filter[name] = node.value; apply(); });
    return el('div', null, el('label', {for: 'filter-' + name}, label), node);
  }

  function scenarios() {
    list = el('ul', {class: 'cases'});
    more = on(el('button', {type: 'button', class: 'more'}), 'click', extend);
    count = el('p', {id: 'count', role: 'status', 'aria-live': 'polite'});
    const search = el('input', {id: 'search', type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'name, rule, result, reason', 'aria-describedby': 'count'});
    controls.text = search;
    on(search, 'input', () => { filter.text = search.value.trim().toLowerCase(); apply(); });
    on(search, 'keydown', event => {
      if (event.key === 'Escape' && search.value) {
        event.preventDefault();
        search.value = '';
        filter.text = '';
        apply();
      }
    });
    const rules = [...new Set(rows.flatMap(r => [...r.about, ...r.judged]))].sort(order);
    const differ = rows.filter(r => r.differs).length;
    const heads = el('div', {class: 'cols', 'aria-hidden': 'true'}, el('span', null, 'scenario.topology'), columns.map(c => el('span', {class: crowd ? 'upright' : null}, c.label)));
    heads.style.gridTemplateColumns = grid();
    section('scenarios', data.runs > 1 ? 'Runs side by side' : many ? 'Scenarios side by side' : 'Scenarios', 'Scenarios', rows.length,
      el('div', {class: many ? 'filters' : 'filters short', role: 'search', 'aria-label': 'Filter the cases'},
        el('div', {class: 'text'}, el('label', {for: 'search'}, 'Search ', el('kbd', {'aria-hidden': 'true'}, '/')), search),
        many ? select('change', 'Difference', [['', 'changed or not'], ['changed', 'changed (' + differ + ')'], ['verdict', 'other verdict (' + rows.filter(r => r.otherVerdict).length + ')'], ['unchanged', 'unchanged (' + (rows.length - differ) + ')']]) : null,
        select('status', 'Verdict', [['', 'any verdict'], ...STATUSES.map(s => [s, WORD[s]]), ...(many ? [['none', 'not run']] : [])]),
        many ? select('column', data.runs > 1 ? 'Run' : 'Target', [['', data.runs > 1 ? 'any run' : 'any target'], ...columns.map((c, i) => [i, c.label])]) : null,
        select('rule', 'Rule', [['', 'any rule'], ...rules.map(r => [r, r])]),
        on(el('button', {type: 'button'}, 'Clear'), 'click', () => only({})),
        count),
      crowd ? el('div', {class: 'scroll crowd', role: 'region', 'aria-label': 'Cases by run', tabindex: '0'}, heads, list) : [heads, list], more);
    if (crowd) {
      list.style.minWidth = heads.style.minWidth = (15 + 1.6 * columns.length) + 'rem';
    }
    matching = rows.map((r, i) => i);
    if (data.runs > 1 && differ) {
      filter.change = 'changed';
      usual.change = 'changed';
      controls.change.value = 'changed';
    }
    show();
    if ('IntersectionObserver' in window) {
      new IntersectionObserver(seen => {
        if (seen.some(s => s.isIntersecting) && !more.hidden) {
          extend();
        }
      }, {rootMargin: '600px'}).observe(more);
    }
    on(document, 'keydown', event => {
      const typing = event.target.closest && event.target.closest('input, select, textarea');
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    });
  }

  function openCase(name) {
    const i = rows.findIndex(r => text(r.name) === name);
    if (i < 0) {
      return false;
    }
    if (!matching.includes(i)) {
      for (const name of Object.keys(filter)) {
        filter[name] = '';
        if (controls[name]) {
          controls[name].value = '';
        }
      }
      show();
    }
    while (matching.indexOf(i) >= shownRows) {
      extend();
    }
    const details = item(i).querySelector('details');
    details.build();
    details.querySelector('summary').focus({preventScroll: true});
    settle(details);
    return true;
  }

  /** Scrolls there, and once more when the rows above it have their true heights. */
  function settle(node) {
    node.scrollIntoView({block: 'start'});
    requestAnimationFrame(() => node.scrollIntoView({block: 'start'}));
  }

  /* ---- what was not judged, and what is worth knowing ---- */

  function reasons() {
    const by = new Map();
    rows.forEach(row => row.cells.forEach((c, n) => {
      if (c && (c.status === 'skipped' || c.status === 'error')) {
        const key = (c.status === 'error' ? 0 : 1) + ' ' + n + ' ' + c.reason;
        const entry = by.get(key) || {status: c.status, column: n, reason: text(c.reason), cases: 0};
        entry.cases++;
        by.set(key, entry);
      }
    }));
    const all = [...by].sort((a, b) => a[0] < b[0] ? -1 : 1).map(e => e[1]);
    if (!all.length) {
      return;
    }
    const cases = all.reduce((n, r) => n + r.cases, 0);
    section('unjudged', 'Not judged', 'Not judged', cases,
      table({class: 'lists'}, 'Cases that ended with an error or were skipped, by reason',
        ['', many ? 'where' : '', 'reason', {text: 'cases', num: true}],
        el('tbody', null, all.map(r => el('tr', null, el('td', null, status(r.status)),
          el('td', {class: 'mono'}, many ? columns[r.column].label : ''), el('td', null, r.reason),
          el('td', {class: 'num'}, on(el('button', {type: 'button', class: 'plain'}, plural(r.cases, 'case', 'cases')), 'click',
            () => only({text: r.reason.toLowerCase(), status: r.status, column: many ? String(r.column) : ''}))))))));
  }

  function notes() {
    const by = new Map();
    rows.forEach((row, i) => row.cells.forEach((c, n) => ((c && c.notes) || []).forEach(note => {
      const entry = by.get(n + ' ' + note) || {column: n, note, cases: []};
      entry.cases.push(i);
      by.set(n + ' ' + note, entry);
    })));
    if (!by.size) {
      return;
    }
    section('notes', 'Legal, but worth knowing', 'Notes', by.size,
      el('ul', null, [...by.values()].map(n => el('li', null, many ? [el('strong', {class: 'mono'}, columns[n.column].label), ' '] : '',
        text(n.note), ' (', n.cases.slice(0, 6).map((c, k) => [k ? ', ' : '', caseLink(c)]), n.cases.length > 6 ? ', and ' + (n.cases.length - 6) + ' more' : '', ')'))));
  }

  function claims() {
    if (!data.claims.length) {
      return;
    }
    section('claims', 'Complete suites', 'Complete suites', data.claims.length, data.claims.map(c => el('div', {class: 'sub'},
      el('p', null, el('strong', {class: 'mono'}, c.target), ' ' + c.what),
      el('p', null, status(c.stands ? 'pass' : 'error', c.stands ? 'proven: ' + c.proves : 'not proven: ' + c.why)),
      el('p', {class: 'dim'}, 'assuming: ' + c.assumes.join('; ')))));
  }

  /* ---- records ---- */

  function coverage() {
    const alike = new Map();
    columns.filter(c => c.missing.length).forEach(c => {
      const key = JSON.stringify([c.dialect, c.missing]);
      alike.set(key, (alike.get(key) || []).concat(c));
    });
    const here = [...alike.values()].map(([c, ...others]) => {
      const by = new Map();
      c.missing.forEach(([rule, reason]) => by.set(reason, (by.get(reason) || []).concat(rule)));
      return lazy(null, [el('strong', {class: 'mono', title: others.map(o => o.label).join(', ')}, c.label),
        (others.length ? ' and ' + others.length + ' more' : '') + ': ' + plural(c.missing.length, 'rule that binds', 'rules that bind') + ' dialect ' + c.dialect + ', not judged by a scenario about '
        + (c.missing.length === 1 ? 'it' : 'them')],
        () => table({class: 'lists'}, 'Why nothing judged them on ' + c.label, ['reason', 'rules'],
          el('tbody', null, [...by].map(([reason, rules]) => el('tr', null, el('td', null, text(reason)), el('td', null, links(rules)))))));
    });
    const record = data.coverage && lazy(null, 'The record of all published runs: rule by dialect, on the model and on guests',
      () => scroller('Coverage record', table({class: 'matrix'}, 'Scenarios about the rule that judged it; \u2717: of them it was broken in so many; \u2013: none; n/a: the rule does not bind the dialect',
        [{text: 'rule', style: 'id'}, ...data.coverage.columns.map(c => ({text: c, num: true}))],
        el('tbody', null, data.coverage.rows.map(([rule, ...marks]) => el('tr', null, el('th', {scope: 'row', class: 'id'}, ruleLink(rule)),
          marks.map(m => m === -1 ? el('td', {class: 'num dim'}, 'n/a')
            : el('td', {class: 'num', title: text(m[2]) || null}, m[0] || m[1]
              ? [m[0] ? status('pass', String(m[0])) : '', m[1] ? [' ', status('divergence', String(m[1]))] : '']
              : el('span', {class: 'dim'}, '\u2013')))))))));
    if (!here.length && !record) {
      return;
    }
    section('coverage', 'Coverage', 'Coverage', null, here, record);
  }

  function kills() {
    const k = data.kills;
    if (!k) {
      return;
    }
    const word = f => f.verdict === 'killed' ? status('pass', 'killed' + (f.named ? ', ' + f.named + ' rule' : ''))
      : f.verdict === 'argued' ? status('skipped', 'argued') : status('divergence', f.verdict);
    section('kills', 'Faults that the suite notices', 'Faults', k.faults.length,
      el('p', {class: 'intro'}, 'Each fault was put alone into the driver of ' + k.kernel + ' (' + k.date
        + '). It is killed where a scenario diverged on it that passes on the stock driver: by a right rule where one was named that it is to break, by an other rule where not.'),
      el('pre', null, k.summary),
      lazy(null, 'The kill matrix: ' + plural(k.faults.length, 'fault', 'faults'), () => table({class: 'lists'}, 'Fault by rule',
        ['fault', 'is to break', 'verdict', 'rules that were named', 'by scenario', 'the kernel\u2019s own test'],
        el('tbody', null, k.faults.map(f => el('tr', null, el('th', {scope: 'row', class: 'mono'}, f.fault),
          el('td', {'data-as': 'is to break'}, links(f.breaks)), el('td', null, word(f), f.reason ? el('div', {class: 'reason'}, f.reason) : ''),
          el('td', {'data-as': 'named'}, links(f.rules)), el('td', {class: 'mono', 'data-as': f.scenarios ? 'by' : null}, f.scenarios),
          el('td', {'data-as': 'own test'}, f.upstream)))))));
  }

  function consoles() {
    if (!data.consoles.length) {
      return;
    }
    section('consoles', 'Guest consoles', 'Consoles', data.consoles.length,
      el('p', {class: 'intro'}, 'The last lines of each, and before them those that tell of a broken kernel.'),
      data.consoles.map(c => lazy(null, el('code', null, c.name), () => [
        c.left ? el('p', {class: 'dim'}, plural(c.left, 'line is', 'lines are') + ' left out; the file has them.') : null,
        el('pre', {tabindex: '0', 'aria-label': c.name}, text(c.text))])));
  }

  function follow() {
    if (location.hash.startsWith(FILTERED)) {
      recall(location.hash.slice(FILTERED.length));
      return;
    }
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch (malformed) {
      // An address that somebody cut; it names nothing.
    }
    if (!id || id.startsWith('case-') && openCase(id.slice(5)) || openRule(id)) {
      return;
    }
    const place = document.getElementById(id);
    if (place) {
      settle(place);
    }
  }

  /** Paper shows what failed: its parts are opened for it, and closed again behind it. */
  function printing() {
    const MOST = 100;
    let opened = [];
    let added = false;
    on(window, 'beforeprint', () => {
      const failed = [...document.querySelectorAll('details.sight')];
      rows.forEach((row, i) => {
        if (failed.length < MOST && row.cells.some(c => c && (c.status === 'divergence' || c.status === 'error'))) {
          const node = item(i);
          if (!node.isConnected) {
            list.append(node);
            added = true;
          }
          failed.push(node.querySelector('details'));
        }
      });
      opened = failed.filter(d => !d.open);
      opened.forEach(d => d.build());
      document.querySelectorAll('.cases details[open] .sub > details').forEach(d => d.build && !d.open && (opened.push(d), d.build()));
    });
    on(window, 'afterprint', () => {
      opened.forEach(d => { d.open = false; });
      opened = [];
      if (added) {
        added = false;
        show();
      }
    });
  }

  /** What is jumped to comes to lie below the bar of the filters, which has another height on a phone. */
  function barHeight() {
    const bar = document.querySelector('.filters');
    const measure = () => document.documentElement.style.setProperty('--bar', bar.offsetHeight + 'px');
    measure();
    if ('ResizeObserver' in window) {
      new ResizeObserver(measure).observe(bar);
    }
  }

  firstDivergence();
  divergences();
  machines();
  rulesTable();
  scenarios();
  reasons();
  notes();
  claims();
  coverage();
  kills();
  consoles();
  rest.append(el('footer', null, 'Keys: ', el('kbd', null, '/'), ' searches the cases, ', el('kbd', null, 'Esc'), ' clears the search, ',
    el('kbd', null, 'Enter'), ' opens what has the focus. This file needs no network and sends nothing.'));
  barHeight();
  printing();
  on(window, 'hashchange', follow);
  // A second click on the same link changes no hash.
  on(document, 'click', event => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) {
      follow();
    }
  });
  follow();
  document.documentElement.dataset.ready = 'yes';
})();
