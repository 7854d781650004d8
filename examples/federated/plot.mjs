// The plot of the page: held-out loss against rounds, as SVG in the page's colours.

import { escapeHtml } from '../job/html.mjs';
import { lossText } from './table.mjs';

const MARGIN = { left: 46, right: 14, top: 12, bottom: 40 };
const TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000];

/** The lines: [label, name of a colour, dashes, loss of a row]. */
export function linesOf({ alone }) {
  const best = ['best client alone', 'soft', '2 4', (row) => Math.min(...row.alone)];
  return [
    ['naive averaging', 'red', '7 4', (row) => row.naive],
    ...(alone.length > 0 ? [best] : []),
    ['trained on all data', 'green', '7 4', (row) => row.central],
    ['merged', 'ours', '', (row) => row.loss],
  ];
}

/** An SVG element of this size in CSS pixels; losses are on a logarithmic axis. */
export function plot(rows, { width, height }, kind) {
  const lines = linesOf(rows[0]);
  const losses = rows.flatMap((row) => lines.map(([, , , loss]) => loss(row)));
  const [low, high] = [Math.log(Math.min(...losses) / 1.1), Math.log(Math.max(...losses) * 1.1)];
  const last = rows.at(-1).round;
  const x = (round) => MARGIN.left + (round / last) * (width - MARGIN.left - MARGIN.right);
  const y = (loss) => MARGIN.top + ((high - Math.log(loss)) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);

  const ticks = spaced(TICKS.filter((tick) => Math.log(tick) > low && Math.log(tick) < high), y, 22);
  const step = Math.max(1, Math.ceil(last / ((width - 60) / 34)));
  const rounds = rows.map(({ round }) => round).filter((round) => round % step === 0);
  const parts = [
    ...ticks.map((tick) => `<path class="grid" d="M${MARGIN.left} ${at(y(tick))}H${width - MARGIN.right}"/>
<text x="${MARGIN.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tick}</text>`),
    ...rounds.map((round) => `<text x="${at(x(round))}" y="${height - MARGIN.bottom + 18}" text-anchor="middle">${round}</text>`),
    `<text x="${at((width + MARGIN.left) / 2)}" y="${height - 4}" text-anchor="middle">round</text>`,
    ...lines.map(([label, colour, dashes, loss]) => {
      const points = rows.map((row) => `${at(x(row.round))} ${at(y(loss(row)))}`).join('L');
      const dots = rows.map((row) => (
        `<circle cx="${at(x(row.round))}" cy="${at(y(loss(row)))}" r="3.5"><title>${escapeHtml(`${label}, round ${row.round}: ${lossText(loss(row))}`)}</title></circle>`
      ));
      return `<g style="--line-colour: var(--${colour})"><path class="line" d="M${points}" stroke-dasharray="${dashes}"/>${dots.join('')}</g>`;
    }),
  ];
  return `<svg class="plot ${kind}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${parts.join('\n')}</svg>`;
}

export const key = (first) => linesOf(first).toReversed().map(([label, colour, dashes]) => (
  `<li><svg width="30" height="10" aria-hidden="true" style="--line-colour: var(--${colour})"><path class="line" d="M0 5H30" stroke-dasharray="${dashes}"/></svg>${escapeHtml(label)}</li>`
)).join('\n');

const at = (pixels) => pixels.toFixed(1);

/** Those ticks that do not touch the one before. */
function spaced(ticks, y, pixels) {
  const kept = [];
  for (const tick of ticks) if (kept.length === 0 || y(kept.at(-1)) - y(tick) >= pixels) kept.push(tick);
  return kept;
}
