// What was found, as SVG: one panel per row.
import * as echarts from 'echarts';

import { TITLES } from './report.mjs';

const COLOURS = { ours: '#0b6e4f', tuned: '#6fbf8f', published: '#c8553d', sgd: '#e0a526', adam: '#3f6fb5', floor: '#777777' };
const PANEL = { width: 330, height: 230 };
const TOP = 75;

/** Panels side by side. A panel: `title`, `series` (`name`, `color`, `data` and what else ECharts takes) and its axes. */
function svg({ title, subtitle, legend, panels, columns }) {
  const at = (i, right, down) => ({
    left: (i % columns) * PANEL.width + right,
    top: TOP + Math.floor(i / columns) * PANEL.height + down,
  });
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: columns * PANEL.width,
    height: TOP + Math.ceil(panels.length / columns) * PANEL.height,
  });
  const small = { fontSize: 10 };
  const xAxis = { axisLabel: small, nameLocation: 'middle', nameGap: 20, nameTextStyle: small };
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'sans-serif' },
    title: [
      { text: title, subtext: subtitle, left: 10, top: 4, itemGap: 4, textStyle: { fontSize: 14 } },
      ...panels.map((panel, i) => ({ ...at(i, 45, 0), text: panel.title, textStyle: { fontSize: 12 } })),
    ],
    legend: { data: legend, top: 48, left: 40, itemGap: 20, icon: 'rect', itemHeight: 3, itemWidth: 18 },
    grid: panels.map((_, i) => ({ ...at(i, 50, 26), width: PANEL.width - 75, height: PANEL.height - 70 })),
    xAxis: panels.map(({ x }, i) => ({ ...xAxis, gridIndex: i, ...x })),
    yAxis: panels.map(({ y }, i) => ({ gridIndex: i, axisLabel: { ...small, formatter: power }, type: 'log', ...y })),
    series: panels.flatMap(({ series }, i) => series.map((each) => ({
      type: 'line',
      showSymbol: false,
      lineStyle: { width: each.width ?? 1.5, type: each.dash ?? 'solid' },
      xAxisIndex: i,
      yAxisIndex: i,
      ...each,
    }))),
  });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

const power = (value) => (value >= 0.01 && value <= 100 ? String(value) : value.toExponential(0));

/** A logarithmic axis in whole decades around `values`; what is below `least` or just above a decade is cut off. */
function decades(values, least = 1e-6) {
  const finite = values.filter((value) => value >= least && value < 100);
  return { min: 10 ** Math.floor(Math.log10(Math.min(...finite))), max: 10 ** Math.ceil(Math.log10(Math.max(...finite, 1)) - 0.01) };
}

const finite = (values, at) => at.map((x, k) => [x, Number.isFinite(values[k]) && values[k] > 0 ? values[k] : null]);

/** Loss against steps. */
function curvePanel(row) {
  const series = Object.entries(row.lines).map(([name, line]) => ({
    name: TITLES[name],
    color: COLOURS[name],
    width: name === 'ours' ? 2.5 : 1.5,
    data: finite(line.median, row.at),
  })).reverse();
  const values = Object.values(row.lines).flatMap((line) => line.median);
  series.unshift({ name: 'best rank 2', color: COLOURS.floor, dash: 'dashed', data: row.at.map((x) => [x, row.floor]) });
  return { title: row.title, series, x: { type: 'value', min: 0, max: row.steps, name: 'steps' }, y: decades(values) };
}

const GREENS = ['#bfe3cc', '#93cfa9', '#5fb384', '#359466', '#0b6e4f', '#08573e', '#06402e', '#042a1e'];

/** The base case with ours at every rate. */
function everyRatePanel(row) {
  const panel = curvePanel(row);
  const rivals = panel.series.filter(({ name }) => name !== TITLES.ours && name !== TITLES.tuned);
  const ours = row.rates.map((line, i) => ({
    name: `ours, rate ${line.step}`,
    color: GREENS[i],
    data: finite(line.median, row.at),
    endLabel: { show: true, formatter: String(line.step), fontSize: 9, distance: 2 },
  }));
  return { ...panel, title: `${row.title}, rates of ours`, series: [...rivals, ...ours] };
}

/** Ours against its learning rate: the last loss, and the worst of all seeds and steps. */
function ratePanel({ title, rates }) {
  const last = rates.map((line) => line.median.at(-1));
  const highest = rates.map((line) => Math.max(...line.losses.flat()));
  const at = rates.map(({ step }) => step);
  return {
    title,
    series: [
      { name: 'last, median', color: COLOURS.ours, showSymbol: true, data: finite(last, at) },
      { name: 'highest on the way', color: COLOURS.published, showSymbol: true, data: finite(highest, at) },
    ],
    x: { type: 'log', min: 0.01, max: 1, name: 'learning rate' },
    y: decades([...last, ...highest]),
  };
}

/** SVG texts by name. */
export function plots(results, { seeds }) {
  const counts = `${seeds.length} seeds (real embeddings: ${3 * seeds.length})`;
  const subtitle = `held-out loss relative to the identity map’s, medians of ${counts}; step sizes tuned but for “${TITLES.ours}”`;
  const legend = [...Object.values(TITLES), 'best rank 2'];
  const curves = (panels) => svg({ title: 'Learning online', subtitle, legend, columns: 3, panels });
  const base = results.filter(({ name }) => name === 'base');
  return {
    curves: curves([...results.map(curvePanel), ...base.map(everyRatePanel)]),
    summary: curves(results.filter((row) => row.summary).map(curvePanel)),
    rates: svg({
      title: 'Ours at every learning rate',
      subtitle: 'held-out loss relative to the identity map’s',
      legend: ['last, median', 'highest on the way'],
      columns: 3,
      panels: results.map(ratePanel),
    }),
  };
}
