// What every component that shows an adapter is put through.

export const pair = { input: [1, 2, 3, 4], target: [2, 3, 4, 5] };
const SECONDS = 10;

async function until(what, holds) {
  const started = performance.now();
  while (!holds()) {
    if (performance.now() - started > 1000 * SECONDS) throw new Error(`waited in vain: ${what}`);
    await new Promise(requestAnimationFrame);
  }
}

/** Learns twice, by the button of a component: the loss it shows goes down. */
export async function learnsIn(place) {
  const button = () => place.querySelector('button');
  const loss = () => Number(button().textContent.replace('Learn: ', '') || NaN);
  await until('the button can be pressed', () => button() && !button().disabled);
  button().click();
  await until('the first loss is 1', () => loss() === 1);
  button().click();
  await until('the second one is less', () => loss() < 1);
}

/** The same for a component that `show(place)` puts there, which returns what takes it away again. */
export async function learns(place, show) {
  const hide = show(place);
  await learnsIn(place);
  hide();
  await until('the component is gone', () => !place.querySelector('button'));
}

/** What a route of a server says of the same pair, asked twice. */
export async function learnsAt(url) {
  const ask = async () => {
    const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(pair) });
    return (await response.json()).loss;
  };
  const losses = [await ask(), await ask()];
  if (losses[0] !== 1 || !(losses[1] < 1)) throw new Error(`the losses are ${losses}`);
}
