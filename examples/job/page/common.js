// What the pictures share: the data beside these scripts, colours of the page's scheme, and drawing again when it changes.

const data = JSON.parse(document.getElementById('data').textContent);
const styles = getComputedStyle(document.documentElement);
const colour = (name) => styles.getPropertyValue(`--${name}`).trim();

/** Labels of a pass axis: the first pass, and every so many that they do not touch. */
const passStep = (pixelsPerPass) => [1, 5, 10, 20, 50, 100, 200, 500].find((step) => step * pixelsPerPass >= 26) ?? 1000;
const labelled = (pass, step) => pass === 1 || pass % step === 0;

const drawings = [];
const whenSchemeChanges = (draw) => drawings.push(draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawings.forEach((draw) => draw()));
