// The report's tables and bars as HTML.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeHtml = (text) => String(text).replace(/[&<>"]/g, (character) => ESCAPES[character]);

export function table(head, rows, feet = []) {
  const headerCell = (cell, scope) => (cell === '' ? '<td></td>' : `<th scope="${scope}">${escapeHtml(cell)}</th>`);
  const line = ([label, ...cells]) => `<tr>${headerCell(label, 'row')}${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  const header = head ? `<thead><tr>${head.map((cell) => headerCell(cell, 'col')).join('')}</tr></thead>` : '';
  const footer = feet.length > 0 ? `<tfoot>${feet.map(line).join('\n')}</tfoot>` : '';
  return `<div class="scroll"><table>${header}<tbody>${rows.map(line).join('\n')}</tbody>${footer}</table></div>`;
}

/** A bar per family on one axis of seconds: saved or lost to the default, and what is left to the oracle. */
export function familyBars(families) {
  const low = Math.min(0, ...families.map(({ saved }) => saved));
  const high = Math.max(1, ...families.map(({ possible }) => possible));
  const step = niceStep(high - low);
  const percent = (seconds) => `${((100 * (seconds - low)) / (high - low)).toFixed(2)}%`;
  const bar = (kind, from, to) => {
    const width = ((100 * (to - from)) / (high - low)).toFixed(2);
    return to - from < 0.005 ? '' : `<i class="${kind}" style="left:${percent(from)};width:${width}%"></i>`;
  };
  const row = ({ family, possible, saved, left }) => [
    `<tr><th scope="row">${family}</th><td class="track">`,
    bar('left', Math.max(0, saved), possible),
    bar('saved', 0, saved),
    bar('lost', saved, 0),
    `</td><td class="${saved <= -0.005 ? 'minus' : ''}">${signed(saved)}</td><td>${left.toFixed(2)}</td></tr>`,
  ].join('');
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  const axis = ticks.map((tick) => `<b style="left:${percent(tick)}">${tick}</b>`).join('');
  return `<table class="families"><thead><tr><th scope="col">family</th><td class="track axis">${axis}</td>
<th scope="col">saved, s</th><th scope="col">left, s</th></tr></thead>
<tbody>${families.map(row).join('\n')}</tbody></table>`;
}

/** 1, 2 or 5 times a power of ten: about six ticks over `span`. */
function niceStep(span) {
  const power = 10 ** Math.floor(Math.log10(span / 6));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= span / 8);
}

/** With a true minus sign, and none before 0.00. */
function signed(value) {
  const text = Math.abs(value).toFixed(2);
  return value <= -0.005 ? `−${text}` : text;
}
