// The charts of the report, drawn by uPlot from the JSON beside this script.

const { passes, points, totals } = JSON.parse(document.getElementById('data').textContent);
const BLUE = '#0b5fd0';
const RED = '#b3261e';
const AMBER = '#9a6700';
const GREEN = '#1a7f4b';
const HEIGHT = 300;
const numbers = passes.map((_, i) => i + 1);
const flat = (value) => passes.map(() => value);

const line = (label, stroke, digits, extra = {}) => ({
  label,
  stroke,
  width: 2,
  points: { show: passes.length < 40, size: 5 },
  value: (_, value) => (value == null ? '–' : value.toFixed(digits)),
  ...extra,
});
const reference = (label, stroke) => line(label, stroke, 2, { width: 1.5, dash: [6, 4], points: { show: passes.length === 1 } });
const passAxis = { label: 'pass', labelSize: 22, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] };
const fromZero = (_, low, high) => [0, high * 1.05 || 1];

// The legend shows what the pointer is over, and the last values when it is nowhere.
const atRest = (chart) => {
  if (chart.cursor.idx == null) chart.setLegend({ idx: chart.data[0].length - 1 });
};

function draw(id, data, options) {
  const figure = document.getElementById(id);
  const size = () => ({ width: figure.clientWidth, height: HEIGHT });
  const { axes, scales, ...rest } = options;
  const grid = { stroke: '#e6eaf0', width: 1 };
  const chart = new uPlot({
    ...size(),
    scales: { x: { time: false, ...scales.x }, y: scales.y },
    axes: axes.map((axis) => ({ stroke: '#5a6474', grid, ticks: grid, size: axis === axes[1] ? 48 : 40, ...axis })),
    cursor: { drag: { x: false, y: false } },
    hooks: { setCursor: [atRest] },
    ...rest,
  }, data, figure);
  if (!options.hooks) atRest(chart);
  new ResizeObserver(() => chart.setSize(size())).observe(figure);
}

// A single pass is one point: leave it room on both sides.
const passRange = (_, low, high) => (low === high ? [low - 1, high + 1] : [low, high]);
const passChart = (unit) => ({
  axes: [passAxis, { label: unit, labelSize: 22 }],
  scales: { x: { range: passRange }, y: { range: fromZero } },
});
const pass = { label: 'pass' };

draw('seconds', [numbers, passes.map((p) => p.seconds), flat(totals.default), flat(totals.bestSingle), flat(totals.oracle)], {
  ...passChart('seconds'),
  series: [pass, line('learned', BLUE, 2), reference('default', RED), reference('best single', AMBER), reference('oracle', GREEN)],
});

draw('counts', [numbers, passes.map((p) => p.faster), passes.map((p) => p.slower), passes.map((p) => p.tried)], {
  ...passChart('queries'),
  series: [pass, line('faster', GREEN, 0), line('slower', RED, 0), line('new hint set', '#7a8494', 0, { width: 1.5, dash: [3, 3] })],
});

draw('errors', [numbers, ...['adapter', 'mean', 'lastRun'].map((name) => passes.map((p) => p[name].error))], {
  ...passChart('error'),
  series: [pass, line('scoped adapter', BLUE, 3), line('mean so far', AMBER, 3), line('last run of the query', '#7a8494', 3)],
});

const sorted = [...points].sort((a, b) => a.adapter - b.adapter);
const values = points.flatMap((p) => [p.adapter, p.measured]);
const span = [Math.min(-1, ...values) - 0.1, Math.max(2, ...values) + 0.1];
const predicted = [span[0], ...sorted.map((p) => p.adapter), span[1]];
draw('points', [predicted, [null, ...sorted.map((p) => p.measured), null], predicted], {
  axes: [{ label: 'predicted improvement', labelSize: 22 }, { label: 'measured improvement', labelSize: 22 }],
  scales: { x: { range: () => span }, y: { range: () => span } },
  hooks: {},
  legend: { live: false },
  series: [
    {},
    line('one query', BLUE, 2, { paths: () => null, points: { show: true, size: 7, fill: '#0b5fd040', stroke: BLUE, width: 1 } }),
    line('prediction = measurement', '#7a8494', 2, { width: 1.5, dash: [6, 4], points: { show: false } }),
  ],
});
