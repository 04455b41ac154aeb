  /* ---- several actors at once: their operations against time, and how each round ended ---- */

  const ROUND = {width: 960, label: 56, right: 12, row: 24, letter: 7.3, log: 26, axis: 30};

  /** A time, in the unit that suits it, or another one beside which it stands. */
  function duration(micros, beside) {
    const size = Math.abs(beside === undefined ? micros : beside);
    return size >= 1e6 ? (micros / 1e6).toFixed(2) + ' s' : size >= 1e4 ? (micros / 1e3).toFixed(1) + ' ms'
      : size >= 1e3 ? (micros / 1e3).toFixed(2) + ' ms' : Math.round(micros) + ' us';
  }

  function operations(lane, actor) {
    return lane.filter(Array.isArray).map(([words, answer, called, lasted, shape, marked]) => ({
      actor, words: text(words), answer: text(answer).split('\n')[0], called, returned: called + lasted, shape, marked: marked === 1}));
  }

  /** The times at which two operations that contradict each other were both under way. */
  function overlaps(all) {
    const marked = all.filter(o => o.marked);
    const found = [];
    marked.forEach((a, i) => marked.slice(i + 1).forEach(b => {
      const from = Math.max(a.called, b.called);
      const to = Math.min(a.returned, b.returned);
      if (a.actor !== b.actor && from < to) {
        found.push([from, to]);
      }
    }));
    return found;
  }

  function said(o) {
    return o.words + (o.answer ? ' \u2192 ' + o.answer : '');
  }

  /** A round: an operation in a row, from its call to its return; below them the kernel's log. */
  function timeline(round) {
    const lanes = round.actors.map((lane, i) => ({name: text(lane[0]), all: operations(lane.slice(1), i),
      stuck: lane.slice(1).filter(Number.isInteger).map(text)}));
    const all = lanes.flatMap(l => l.all);
    const busy = all.filter(o => o.shape === 0);
    const times = (busy.length ? busy : all).flatMap(o => [o.called, o.returned]);
    const begin = Math.min(...times);
    const end = Math.max(...times, begin + 1);
    const inside = ROUND.width - ROUND.label - ROUND.right;
    const at = t => ROUND.label + (t - begin) / (end - begin) * inside;
    const clamp = x => Math.max(ROUND.label, Math.min(ROUND.label + inside, x));
    const log = round.log.filter(Array.isArray);
    const image = svg('g');
    const band = svg('g');
    image.append(band);
    let y = 6;
    lanes.forEach((lane, i) => {
      const top = y;
      for (const o of lane.all) {
        const x = clamp(at(o.called));
        const wide = Math.max(3, clamp(at(o.returned)) - x);
        if (o.shape === 1) {
          if (o.returned > begin && o.called < end) {
            image.append(svg('path', {class: 'wait', d: 'M' + x + ' ' + (y + 11) + 'h' + wide}, svg('title', null, said(o))));
          }
          continue;
        }
        if (o.shape === 2 && (o.called < begin || o.called > end)) {
          // Beside the axis there is no place for it: only a word.
          image.append(svg('text', {class: 'lab note' + (o.called > end ? ' last' : ''), x: o.called > end ? ROUND.width - ROUND.right : ROUND.label + 4, y: y + 11},
            o.words + ': ' + (o.called > end ? 'later, at ' : 'before, at ') + duration(o.called)));
          y += ROUND.row;
          continue;
        }
        const words = said(o);
        const letters = words.length * ROUND.letter + 8;
        const within = o.shape === 0 && wide > letters;
        const right = x + wide + letters < ROUND.width;
        const textX = within ? x + 5 : right ? x + (o.shape === 2 ? 0 : wide) + 6 : Math.max(ROUND.label + 2, x - letters + 4);
        image.append(svg('g', null, svg('title', null, lane.name + ': ' + words + ', ' + duration(o.called, o.returned) + ' to ' + duration(o.returned)),
          o.shape === 2 ? svg('path', {class: 'tick odd', d: 'M' + x + ' ' + y + 'v20'})
            : svg('rect', {class: o.marked ? 'box hit' : 'box', x, y: y + 1, width: wide, height: 19, rx: 2}),
          svg('text', {class: o.marked ? 'lab bad' : 'lab', x: textX, y: y + 11}, words)));
        y += ROUND.row;
      }
      for (const words of lane.stuck) {
        image.append(svg('text', {class: 'lab bad', x: ROUND.label + 4, y: y + 11}, words));
        y += ROUND.row;
      }
      y = Math.max(y, top + ROUND.row);
      image.append(svg('text', {class: 'lab who', x: 4, y: top + 11}, lane.name),
        svg('path', {class: 'rule', d: 'M0 ' + (y + 2) + 'H' + ROUND.width}));
      y += 6;
    });
    const foot = y;
    image.append(svg('text', {class: 'lab who', x: 4, y: y + 11}, 'log'));
    for (const [level, micros, words] of log) {
      if (micros >= begin && micros <= end) {
        image.append(svg('path', {class: level <= 3 ? 'tick bad' : level === 4 ? 'tick odd' : 'tick', d: 'M' + at(micros) + ' ' + y + 'v20'},
          svg('title', null, duration(micros) + ' ' + text(words))));
      }
    }
    const outside = log.filter(([, micros]) => micros < begin || micros > end).length;
    if (outside) {
      image.append(svg('text', {class: 'lab note last', x: ROUND.width - ROUND.right, y: y + 11}, plural(outside, 'line', 'lines') + ' before or later'));
    }
    y += ROUND.log;
    image.append(svg('path', {class: 'axis', d: 'M' + ROUND.label + ' ' + y + 'H' + (ROUND.width - ROUND.right)}));
    for (let i = 0; i <= 5; i++) {
      const t = begin + (end - begin) * i / 5;
      image.append(svg('path', {class: 'axis', d: 'M' + at(t) + ' ' + y + 'v5'}),
        svg('text', {class: 'lab sub ' + (i === 0 ? '' : i === 5 ? 'last' : 'mid'), x: at(t), y: y + 15}, duration(t)));
    }
    const hits = overlaps(all);
    for (const [from, to] of hits) {
      band.append(svg('rect', {class: 'overlap', x: at(from), y: 0, width: Math.max(2, at(to) - at(from)), height: foot - 2}));
    }
    const whole = svg('svg', {class: 'round', viewBox: '0 0 ' + ROUND.width + ' ' + (y + ROUND.axis), role: 'img',
      'aria-label': 'Round ' + round.round + ': ' + all.filter(o => o.shape !== 1).map(o => lanes[o.actor].name + ' ' + said(o) + ', '
        + duration(o.called, o.returned) + ' to ' + duration(o.returned)).join('; ')}, image);
    const marked = all.filter(o => o.marked).length;
    return el('figure', {class: 'timeline'}, scroller('Round ' + round.round, whole),
      el('figcaption', {class: round.against ? 'bad' : 'dim'}, !round.against ? 'A bar reaches from call to return. Some order of the operations explains their answers.'
        : marked ? 'Red: the operations that no order explains together' + (hits.length ? '; shaded: while they overlapped.' : '.')
          : 'No answer is against a rule; what was seen afterwards, or how often it came to this, is.'),
      log.length ? lazy({class: 'round-log'}, plural(log.length, 'line', 'lines') + ' of the kernel\u2019s log on the same clock', () =>
        el('pre', {tabindex: '0', 'aria-label': 'Kernel log of the round'}, log.map(([level, micros, words]) =>
          duration(micros).padStart(10) + '  ' + (LEVELS[level] || '?').padEnd(6) + ' ' + text(words)).join('\n')
          + round.log.filter(Number.isInteger).map(n => '\n... and ' + n + ' lines more').join(''))) : null);
  }

  const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

  /** How the rounds of a line ended: what was seen, how often, and what was not though it may be. */
  function outcomes(line) {
    const row = (words, seen, verdict) => el('tr', null, el('th', {scope: 'row', class: 'mono'}, words),
      el('td', {class: 'num', 'data-as': 'rounds'}, seen), el('td', null, verdict));
    const hidden = line.distinct - line.outcomes.length;
    const never = line.never || [];
    return el('div', null, table({class: 'lists outcomes'}, 'How the ' + plural(line.rounds, 'round', 'rounds') + ' of line ' + line.line + ' ended',
      ['answers', {text: 'rounds', num: true}, 'by the model'],
      el('tbody', null, line.outcomes.map(([words, seen, against]) => row(text(words), String(seen),
        against === 0 ? status('pass', 'legal') : status('divergence', against === seen ? 'forbidden' : 'forbidden in ' + against))),
      never.map(words => row(text(words), '0', status('skipped', 'legal, never seen'))))),
      hidden > 0 ? el('p', {class: 'dim'}, plural(hidden, 'other outcome is', 'other outcomes are') + ' left out.') : null,
      line.neverCount > never.length ? el('p', {class: 'dim'}, 'The model allows ' + (line.neverCount - never.length) + ' more that were never seen.') : null,
      line.never ? null : el('p', {class: 'dim'}, 'What the model allows and was never seen cannot be listed: an actor may be killed, the ways are too many, or the trace was not judged again.'));
  }

  /** The rounds of one line, one picture at a time; the first is against a rule, where one is. */
  function rounds(line, first) {
    const box = el('div');
    const pictures = line.pictures;
    const begin = Math.max(0, pictures.findIndex(p => p.entry === first));
    const show = i => box.replaceChildren(timeline(pictures[i]));
    const select = el('select', {'aria-label': 'Round of line ' + line.line}, pictures.map((p, i) => el('option', {value: i, selected: i === begin},
      'round ' + p.round + (p.against ? ' \u2717 ' : ' ') + text(p.answers))));
    on(select, 'change', () => show(Number(select.value)));
    if (pictures.length) {
      show(begin);
    }
    const failing = pictures.filter(p => p.against).length;
    return [line.rounds > 1 ? outcomes(line) : null,
      pictures.length > 1 ? el('p', {class: 'head-row'}, select, el('span', {class: 'dim'}, plural(pictures.length, 'picture', 'pictures')
        + ' of ' + plural(line.rounds, 'round', 'rounds') + (failing ? ', ' + failing + ' against a rule' : ''))) : null, box];
  }

  /** Every line of several actors of a case; those with a round against a rule are open. */
  function races(cellData) {
    return (cellData.rounds || []).map(line => {
      const against = line.outcomes.some(o => o[2] > 0);
      const part = lazy({class: 'race'}, ['Several actors, line ' + line.line + ': ' + plural(line.rounds, 'round', 'rounds') + ', '
        + plural(line.distinct, 'outcome', 'outcomes'), against ? [' ', status('divergence', 'against a rule')] : ''], () => rounds(line));
      if (against) {
        part.build();
      }
      return part;
    });
  }

