  /* ---- the memory blocks, step by step: the kernel's above, what the model allows below ---- */

  const BLOCK = {label: 118, column: 30, head: 150, tall: 18, low: 5, gap: 12};
  const MANY_BANDS = 48;
  const HELD = [[1, '\u2013', 'absent'], [2, 'o', 'offline'], [4, 'M', 'movable'], [8, 'N', 'normal']];

  function digits(packed) {
    return packed ? packed.split(' ').flatMap(part => {
      const [digit, count] = part.split('*');
      return new Array(Number(count)).fill(parseInt(digit, 16));
    }) : null;
  }

  /** The columns of a case: what was before, then its steps. */
  function blockColumns(cellData) {
    const grid = cellData.grid;
    return [{head: 'before', kernel: digits(text(grid.before)), model: null}].concat(cellData.steps.map((row, i) => row[0] === -1 ? {gap: row[1]}
      : {head: (row[2] ? row[2] + ' ' : '') + text(row[3]).split('\n')[0], whole: text(row[3]) + ' \u2192 ' + text(row[4]), entry: row[0],
        kernel: digits(text(grid.kernel[i])), model: digits(text(grid.model[i]))}));
  }

  function isWrong(column, block) {
    return Boolean(column.kernel && column.model && column.model[block] && !(column.kernel[block] & column.model[block]));
  }

  /** True where a block is in a state that the model does not allow. */
  function anyWrongBlock(cellData) {
    return Boolean(cellData.grid) && blockColumns(cellData).some(c => c.kernel && c.kernel.some((k, b) => isWrong(c, b)));
  }

  /** Neighbouring blocks that were alike in every step, so that 256 of them need few rows. */
  function bands(columns, blocks) {
    const found = [];
    let before = null;
    blocks.forEach((number, b) => {
      const key = columns.map(c => c.kernel ? c.kernel[b] + '/' + (c.model ? c.model[b] : '') : '').join(' ');
      const last = found[found.length - 1];
      if (last && key === before && number === last.to + 1) {
        last.to = number;
      } else {
        found.push({from: number, to: number, block: b});
      }
      before = key;
    });
    return found;
  }

  function blockCell(group, sum, x, y, tall, wrong) {
    const held = HELD.filter(([bit]) => sum & bit);
    const style = held.length === 1 ? held[0][2] : held.length ? 'several' : 'unknown';
    group.append(svg('rect', {class: 'cell ' + style + (wrong ? ' hit' : ''), x: x + 1, y: y + .5, width: BLOCK.column - 2, height: tall - 1}));
    if (tall >= 12) {
      group.append(svg('text', {class: wrong ? 'cell-text hit' : 'cell-text', x: x + BLOCK.column / 2, y: y + tall / 2},
        held.length ? held.map(h => h[1]).join('') : '?'));
    }
  }

  function blockGrid(cellData, broken) {
    const columns = blockColumns(cellData);
    const rows = bands(columns, cellData.grid.blocks);
    const tall = rows.length > MANY_BANDS ? BLOCK.low : BLOCK.tall;
    const group = rows.length * tall;
    const tops = {kernel: BLOCK.head, model: BLOCK.head + group + BLOCK.gap + 16};
    const width = BLOCK.label + columns.length * BLOCK.column + 90;
    const height = tops.model + group + 8;
    const image = svg('g');
    columns.forEach((column, i) => {
      const x = BLOCK.label + i * BLOCK.column;
      if (column.gap) {
        image.append(svg('text', {x: x + BLOCK.column / 2, y: BLOCK.head + group / 2}, '\u2026', svg('title', null, plural(column.gap, 'step', 'steps') + ' left out')));
        return;
      }
      const against = broken.has(column.entry);
      const words = (against ? '\u2717 ' : '') + column.head;
      const px = x + BLOCK.column / 2;
      image.append(svg('text', {class: against ? 'lab bad' : 'lab', x: px, y: BLOCK.head - 8, transform: 'rotate(-50 ' + px + ' ' + (BLOCK.head - 8) + ')'},
        words.length > 24 ? words.slice(0, 23) + '\u2026' : words, svg('title', null, column.whole || column.head)));
      rows.forEach((band, r) => {
        const b = band.block;
        const wrong = isWrong(column, b);
        blockCell(image, column.kernel ? column.kernel[b] : 0, x, tops.kernel + r * tall, tall, wrong);
        if (column.model) {
          blockCell(image, column.model[b], x, tops.model + r * tall, tall, wrong);
        }
      });
    });
    for (const [name, top] of Object.entries(tops)) {
      image.append(svg('text', {class: 'lab who', x: 2, y: top - 8}, name === 'kernel' ? 'seen' : 'allowed'));
      const every = Math.ceil(14 / tall);
      rows.forEach((band, r) => {
        if (r % every === 0) {
          image.append(svg('text', {class: 'lab sub', x: 2, y: top + r * tall + tall / 2}, band.from === band.to ? 'block ' + band.from
            : band.from + '\u2013' + band.to + ' (' + (band.to - band.from + 1) + ')'));
        }
      });
    }
    const picture = svg('svg', {class: 'blocks', viewBox: '0 0 ' + width + ' ' + height, role: 'img',
      'aria-label': 'Memory blocks by step: ' + plural(cellData.grid.blocks.length, 'block', 'blocks') + ' in ' + plural(rows.length, 'row', 'rows') + ' of alike ones'}, image);
    picture.style.width = width + 'px';
    const sample = ([, sign, style], words) => el('li', null, svg('svg', {class: 'sample', viewBox: '0 0 22 16', 'aria-hidden': 'true'},
      svg('rect', {class: 'cell ' + style, x: 1, y: 1, width: 20, height: 14}), svg('text', {class: 'cell-text', x: 11, y: 8}, sign)), words);
    return el('figure', null, el('ul', {class: 'legend', 'aria-label': 'Legend of blocks'}, sample(HELD[0], 'absent'), sample(HELD[1], 'offline'), sample(HELD[2], 'online Movable'),
      sample(HELD[3], 'online Normal'), sample([0, 'MN', 'several'], 'either'), sample([0, '?', 'unknown'], 'anything else'), sample([0, 'o', 'offline hit'], 'not allowed')),
      scroller('Memory blocks by step', picture),
      el('figcaption', {class: 'dim'}, 'Blocks that stand beside each other and were alike in every step share a row. Where nothing is below, the model has no order that explains the step.'));
  }

  function blocksOf(cellData, open) {
    if (!cellData.grid || !cellData.grid.blocks.length || !(cellData.steps || []).length) {
      return null;
    }
    const broken = new Set((cellData.divergences || []).map(i => data.divergences[i].entry));
    const wrong = anyWrongBlock(cellData);
    const part = lazy({class: 'block-part'}, ['Memory blocks, step by step', wrong ? [' ', status('divergence', 'not all as allowed')] : ''], () => blockGrid(cellData, broken));
    if (open && wrong) {
      part.build();
    }
    return part;
  }

