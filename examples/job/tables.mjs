// The tables of the result as rows of text, for the terminal and for the report.

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seconds = (value) => value.toFixed(2);

export function passRows({ passes, totals }) {
  const references = [totals.default, totals.bestSingle, totals.oracle].map(seconds);
  return {
    head: ['pass', 'learned', 'default', 'best single', 'oracle', 'faster', 'slower', 'new'],
    rows: passes.map((pass, i) => [
      String(i + 1),
      seconds(pass.seconds),
      ...references,
      ...[pass.faster, pass.slower, pass.tried].map(String),
    ]),
    foot: [
      'mean',
      seconds(mean(passes.map((pass) => pass.seconds))),
      ...references,
      ...['faster', 'slower', 'tried'].map((name) => mean(passes.map((pass) => pass[name])).toFixed(1)),
    ],
  };
}

export function statisticsRows({ buffer }) {
  return Object.entries(buffer).map(([name, value]) => [name, Number.isInteger(value) ? String(value) : value.toFixed(4)]);
}

/** Averages over the last five passes, or fewer if there are not as many. */
export function trackingRows({ passes }) {
  const recent = passes.slice(-5);
  const row = (label, name) => {
    const correlations = recent.map((pass) => pass[name].correlation);
    // The running mean hardly varies within a pass: a correlation with it would say nothing.
    return [
      label,
      name === 'mean' || correlations.includes(null) ? '-' : mean(correlations).toFixed(2),
      mean(recent.map((pass) => pass[name].error)).toFixed(3),
    ];
  };
  const span = recent.length === 1 ? 'last pass' : `last ${recent.length} passes`;
  return {
    title: `predicted_improvement before each run, beside the improvement then measured (both in -1..2), ${span}`,
    head: ['predictor', 'correlation', 'mean absolute error'],
    rows: [
      row('scoped adapter', 'adapter'),
      row('mean of all runs so far', 'mean'),
      row('last run of the same query', 'lastRun'),
    ],
  };
}

/** Time of one call, 384 numbers per embedding. */
export function callsRows({ calls }) {
  return Object.entries(calls).map(([name, ns]) => [name, `${Math.round(ns)} ns`]);
}

/** The queries that gain or lose most seconds in the last pass, at most `count` of each. */
export function extremeRows({ lastRuns }, count) {
  const gain = (run) => (run.baselineMs - run.executionMs) / 1000;
  const row = (run) => [
    run.name,
    String(run.hintSet),
    seconds(run.baselineMs / 1000),
    seconds(run.executionMs / 1000),
    (gain(run) > 0 ? '-' : '+') + seconds(Math.abs(gain(run))),
  ];
  const sorted = [...lastRuns].sort((a, b) => gain(b) - gain(a));
  return {
    head: ['query', 'hint set', 'default', 'learned', 'difference'],
    gains: sorted.slice(0, count).filter((run) => gain(run) > 0).map(row),
    losses: sorted.slice(-count).reverse().filter((run) => gain(run) < 0).map(row),
  };
}
