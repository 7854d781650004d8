// The line charts and the scatter plot of the report, drawn by uPlot.

{
  const { passes, totals, band, seedCount, seed, vowpalWabbit, tries } = data;
  const numbers = passes.map((_, i) => i + 1);
  const flat = (value) => passes.map(() => value);
  const FONT = '12px system-ui, sans-serif';

  const line = (label, name, digits, extra = {}) => ({
    label,
    stroke: () => colour(name),
    width: 2,
    points: { show: passes.length < 40, size: 5, fill: () => colour('card') },
    value: (_, value) => (value == null ? '–' : value.toFixed(digits)),
    ...extra,
  });
  const reference = (label, name) => line(label, name, 1, { width: 1.5, dash: [6, 4], points: { show: passes.length === 1 } });
  const passAxis = {
    label: 'pass',
    labelSize: 20,
    splits: ({ width }) => numbers.filter((number) => labelled(number, passStep((width - 70) / passes.length))),
  };
  const fromZero = (_, low, high) => [0, high * 1.08 || 1];

  // The legend shows what the pointer is over, and the last values when it is nowhere.
  const atRest = (chart) => {
    if (chart.cursor.idx == null) chart.setLegend({ idx: chart.data[0].length - 1 });
  };

  function draw(id, columns, { axes, scales, height = 300, ...rest }) {
    const figure = document.getElementById(id);
    const size = () => ({ width: figure.clientWidth, height });
    const grid = { stroke: () => colour('line'), width: 1 };
    const axis = { stroke: () => colour('soft'), grid, ticks: grid, font: FONT, labelFont: FONT };
    const make = () => new uPlot({
      ...size(),
      scales: { x: { time: false, ...scales.x }, y: scales.y },
      axes: axes.map((own, i) => ({ ...axis, size: i === 1 ? 46 : 36, ...own })),
      padding: [12, 10, 0, 0],
      cursor: { drag: { x: false, y: false } },
      hooks: { setCursor: [atRest] },
      ...rest,
    }, columns, figure);
    let chart;
    const show = () => {
      chart?.destroy();
      chart = make();
      if (!rest.legend) atRest(chart);
    };
    show();
    new ResizeObserver(() => chart.setSize(size())).observe(figure);
    whenSchemeChanges(show); // from new: the marks in the legend keep their first colours
  }

  // A single pass is one point: leave it room on both sides.
  const passRange = (_, low, high) => (low === high ? [low - 1, high + 1] : [low, high]);
  const passChart = (unit) => ({
    axes: [passAxis, { label: unit, labelSize: 20 }],
    scales: { x: { range: passRange }, y: { range: fromZero } },
  });
  const pass = { label: 'pass' };

  const references = [
    ['default', 'red', totals.default],
    ['best single', 'amber', totals.bestSingle],
    ...(vowpalWabbit === null ? [] : [['Vowpal Wabbit, mean', 'violet', vowpalWabbit]]),
    ['oracle', 'green', totals.oracle],
  ];

  /** Each reference's name at the end of its line: the oracle's below, as the others are learned from above. */
  function nameReferences({ ctx, bbox, valToPos }) {
    ctx.save();
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'right';
    ctx.strokeStyle = colour('card'); // a halo, where lines cross the name
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.lineJoin = 'round';
    for (const [label, name, value] of references) {
      ctx.fillStyle = colour(name);
      const side = label === 'oracle' ? 1 : -1;
      ctx.textBaseline = side === 1 ? 'top' : 'bottom';
      const right = bbox.left + bbox.width - 4 * devicePixelRatio;
      const at = [`${label} ${value.toFixed(1)}`, right, valToPos(value, 'y', true) + side * 4 * devicePixelRatio];
      ctx.strokeText(...at);
      ctx.fillText(...at);
    }
    ctx.restore();
  }

  const edge = (label) => line(label, 'ours', 1, { width: 0, points: { show: false }, stroke: 'transparent' });
  const seedBand = seedCount === 1 ? [] : [edge(`slowest of ${seedCount} seeds`), edge('fastest')];
  const learned = line(`learned, seed ${seed}`, 'ours', 1, { width: 2.5 });
  draw('seconds', [
    numbers,
    ...(seedCount === 1 ? [] : [band.map(([, high]) => high), band.map(([low]) => low)]),
    passes.map((each) => each.seconds),
    ...references.map(([, , value]) => flat(value)),
  ], {
    ...passChart('seconds'),
    height: 360,
    series: [pass, ...seedBand, learned, ...references.map(([label, name]) => reference(label, name))],
    bands: seedCount === 1 ? [] : [{ series: [1, 2], fill: () => colour('band') }],
    hooks: { setCursor: [atRest], draw: [nameReferences] },
  });

  draw('counts', [numbers, ...['faster', 'slower', 'tried'].map((name) => passes.map((each) => each[name]))], {
    ...passChart('queries'),
    height: 240,
    series: [pass, line('faster', 'ours', 0), line('slower', 'red', 0), line('first tries', 'soft', 0, { dash: [3, 3] })],
  });

  const predictors = [['predict', 'ours'], ['adapter', 'violet'], ['mean so far', 'amber'], ['last run of the query', 'soft']];
  draw('errors', [numbers, ...predictors.map((_, i) => passes.map((each) => each.errors[i]))], {
    ...passChart('mean absolute error'),
    height: 260,
    series: [pass, ...predictors.map(([label, name]) => line(label, name, 3))],
  });

  // Both axes: log2 of baseline / execution, written as factors.
  const log2 = (log) => log / Math.LN2;
  const early = Math.min(2, passes.length);
  const sorted = [...tries].sort((a, b) => a[1] - b[1]);
  const spanOf = (values) => [Math.min(-1, ...values) - 0.3, Math.max(1, ...values) + 0.3];
  const span = spanOf(tries.map((point) => log2(point[1])));
  const measuredSpan = spanOf(tries.map((point) => log2(point[2])));
  const predicted = [span[0], ...sorted.map((point) => log2(point[1])), span[1]];
  const column = (wanted) => [null, ...sorted.map((point) => (wanted(point) ? log2(point[2]) : null)), null];
  const factors = (_, splits) => splits.map((split) => (split >= 0 ? `${2 ** split}×` : `1/${2 ** -split}`));
  const factorAxis = (label) => ({ label, labelSize: 20, incrs: [1, 2, 4], values: factors });
  const dots = (label, name) => line(label, name, 2, {
    paths: () => null,
    points: { show: true, size: 7, fill: () => `color-mix(in srgb, ${colour(name)} 30%, transparent)`, stroke: () => colour(name), width: 1 },
  });
  draw('tries', [predicted, column(([when]) => when <= early), column(([when]) => when > early), predicted], {
    axes: [factorAxis('predicted: times as fast as the default'), factorAxis('measured')],
    scales: { x: { range: () => span }, y: { range: () => measuredSpan } },
    height: 380,
    hooks: {},
    legend: { live: false },
    cursor: { show: false },
    series: [
      {},
      dots(early === 1 ? 'pass 1' : 'passes 1 and 2', 'amber'),
      dots('later', 'ours'),
      line('prediction = measurement', 'soft', 2, { width: 1.5, dash: [6, 4], points: { show: false } }),
    ],
  });
}
