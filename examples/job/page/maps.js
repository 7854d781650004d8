// The two maps of the report, pass by pass: how each query ran, and how often each hint set was chosen.

{
  const { queries, seen, chosen } = data;
  const passCount = chosen.length;
  const AXIS = 34; // pixels under a map, for the passes

  /** The classes of an outcome, from much faster to much slower, by baseline / execution; the page's legend has the same. */
  const CLASSES = [[4, 'f3'], [2, 'f2'], [1.1, 'f1'], [1 / 1.1, 'same'], [1 / 2, 's1'], [0, 's2']];
  const classOf = (factor) => CLASSES.find(([from]) => factor >= from)[1];

  /**
   * Draws `rows` of cells into the figure: `{ label, height }` each. `paint(ctx, row, pass, box)` draws a cell, `tell(row, pass)`
   * says in words what it shows.
   */
  function map(id, rows, gutter, paint, tell) {
    const figure = document.getElementById(id);
    const canvas = figure.appendChild(document.createElement('canvas'));
    const tip = figure.appendChild(document.createElement('div'));
    tip.className = 'tip';
    tip.hidden = true;
    const tops = [0];
    for (const { height } of rows) tops.push(tops.at(-1) + height);
    const height = tops.at(-1);
    let cell = 0;

    function draw() {
      const width = figure.clientWidth;
      const ratio = devicePixelRatio;
      cell = (width - gutter - 1) / passCount;
      Object.assign(canvas, { width: width * ratio, height: (height + AXIS) * ratio });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height + AXIS}px` });
      const ctx = canvas.getContext('2d');
      ctx.scale(ratio, ratio);
      ctx.textBaseline = 'middle';
      const gap = cell > 8 ? 1 : 0;
      rows.forEach((row, y) => {
        for (let pass = 0; pass < passCount; pass += 1) {
          const [x, next] = [pass, pass + 1].map((column) => Math.round((gutter + column * cell) * ratio) / ratio);
          paint(ctx, y, pass, { x, y: tops[y], width: next - x - gap, height: row.height - (row.height > 10 ? 1 : 0) });
        }
      });
      ctx.fillStyle = colour('soft');
      ctx.font = '12px system-ui, sans-serif';
      ctx.textAlign = 'center';
      const step = passStep(cell);
      for (let pass = 1; pass <= passCount; pass += 1) {
        const room = ctx.measureText(pass).width / 2;
        if (labelled(pass, step)) ctx.fillText(pass, Math.min(gutter + (pass - 0.5) * cell, width - room), height + 10);
      }
      ctx.fillText('pass', gutter + (width - gutter) / 2, height + 26);
      ctx.textAlign = 'right';
      for (const { label, at, size } of labels(rows, tops)) {
        ctx.font = `${size}px system-ui, sans-serif`;
        ctx.fillText(label, gutter - 6, at);
      }
    }

    function point(event) {
      const box = canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const pass = Math.floor((x - gutter) / cell);
      const row = tops.findIndex((top, i) => y >= top && y < tops[i + 1]);
      tip.hidden = row < 0 || pass < 0 || pass >= passCount;
      if (tip.hidden) return;
      tip.textContent = tell(row, pass);
      tip.style.left = `${Math.max(0, Math.min(x + 12, box.width - tip.offsetWidth))}px`;
      tip.style.top = `${y + 16}px`;
    }
    for (const kind of ['pointermove', 'pointerdown']) canvas.addEventListener(kind, point);
    canvas.addEventListener('pointerleave', () => { tip.hidden = true; });
    new ResizeObserver(draw).observe(figure);
    whenSchemeChanges(draw);
  }

  /** One label for each group of rows that have the same one, at its middle. */
  function labels(rows, tops) {
    const groups = [];
    rows.forEach(({ label, height }, i) => {
      if (groups.at(-1)?.label === label) groups.at(-1).to = tops[i] + height;
      else groups.push({ label, from: tops[i], to: tops[i] + height });
    });
    return groups.map(({ label, from, to }) => ({ label, at: (from + to) / 2, size: to - from > 14 ? 12 : 10 }));
  }

  const firstTry = chosen.map(() => new Set());
  queries.forEach((_, query) => {
    const known = new Set([0]);
    chosen.forEach((hintSets, pass) => {
      if (!known.has(hintSets[query])) firstTry[pass].add(query);
      known.add(hintSets[query]);
    });
  });

  // Queries, in the order of the benchmark, with a little room between the families.
  const ends = queries.map(({ family }, i) => family !== queries[i + 1]?.family);
  const rows = queries.map(({ family }, i) => ({ label: String(family), height: ends[i] ? 7 : 5 }));
  map('outcomes', rows, 26, (ctx, query, pass, { x, y, width }) => {
    const hintSet = chosen[pass][query];
    ctx.fillStyle = colour(classOf(seen[query][0] / seen[query][hintSet]));
    ctx.fillRect(x, y, width, 5);
    if (!firstTry[pass].has(query)) return;
    ctx.fillStyle = colour('ink');
    const side = Math.min(3, width);
    ctx.fillRect(x + (width - side) / 2, y + 1, side, 3);
  }, (query, pass) => {
    const hintSet = chosen[pass][query];
    const seconds = (ms) => `${(ms / 1000).toPrecision(3)} s`;
    const first = firstTry[pass].has(query) ? ', for the first time' : '';
    const how = hintSet === 0 ? 'default' : `hint set ${hintSet}${first}`;
    return `${queries[query].name}, pass ${pass + 1}: ${how}, ${seconds(seen[query][hintSet])} (default ${seconds(seen[query][0])})`;
  });

  // Hint sets: the default, those chosen most often, and all others as one.
  const MOST = 10;
  const totals = new Map();
  for (const hintSet of chosen.flat()) totals.set(hintSet, (totals.get(hintSet) ?? 0) + 1);
  totals.delete(0);
  const byUse = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a) || a - b);
  const others = byUse.slice(MOST);
  const groups = [
    { label: 'default', hintSets: [0] },
    ...byUse.slice(0, MOST).map((hintSet) => ({ label: String(hintSet), hintSets: [hintSet] })),
    ...(others.length > 0 ? [{ label: `${others.length} others`, hintSets: others }] : []),
  ];
  const counts = groups.map(({ hintSets }) => chosen.map((pass) => pass.filter((hintSet) => hintSets.includes(hintSet)).length));
  map('choices', groups.map(({ label }) => ({ label, height: 22 })), 66, (ctx, group, pass, { x, y, width, height }) => {
    const count = counts[group][pass];
    ctx.fillStyle = colour('empty');
    ctx.fillRect(x, y, width, height);
    if (count === 0) return;
    ctx.globalAlpha = 0.08 + 0.55 * Math.sqrt(count / queries.length); // the number stays legible
    ctx.fillStyle = colour('ours');
    ctx.fillRect(x, y, width, height);
    ctx.globalAlpha = 1;
    if (width < 13) return;
    ctx.fillStyle = colour('ink');
    ctx.font = `${width < 20 ? 9 : 11}px system-ui, sans-serif`;
    ctx.textAlign = 'center';
    ctx.fillText(count, x + width / 2, y + height / 2 + 0.5);
  }, (group, pass) => {
    const { label, hintSets } = groups[group];
    const name = hintSets[0] === 0 || hintSets.length > 1 ? label : `hint set ${label}`;
    return `${name}, pass ${pass + 1}: ${counts[group][pass]} of ${queries.length} queries`;
  });
}
