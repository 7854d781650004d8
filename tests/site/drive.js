// Drives the panels in a frame of this page, as any browser can, and tells what they show. It is served beside the site.

const SECONDS = 40;
const frame = document.querySelector('iframe');
const all = (selector) => [...frame.contentDocument.querySelectorAll(selector)];
const one = (selector) => all(selector)[0];
const value = (selector) => Number(one(selector).dataset.value);

async function until(what, holds) {
  const started = performance.now();
  for (;;) {
    const found = holds();
    if (found) return found;
    if (performance.now() - started > 1000 * SECONDS) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function open(panel) {
  // A request that is broken off by what follows would count as one that has failed.
  await until('all fonts', () => frame.contentDocument.readyState === 'complete' && frame.contentDocument.fonts.status === 'loaded');
  frame.src = 'about:blank';
  await until('an empty frame', () => frame.contentDocument?.URL === 'about:blank');
  frame.src = `playground.html#${panel}`;
  await until(`${panel} opens`, () => one('.panel button:not([disabled])'));
}

const press = async (name) => (await until(`a button ${name}`, () => all('.panel button:not([disabled])').find((each) => (each.ariaLabel ?? each.textContent).startsWith(name)))).click();
const shows = (selector, text) => until(`${selector} is ${text}`, () => one(selector)?.textContent.trim() === text);
const says = (text) => until(text, () => one('[data-test=said]').textContent.startsWith(text));

const panels = {
  async adapt() {
    await press('100 steps');
    await shows('[data-test=steps]', '100');
    return { loss: value('[data-test=loss]'), distance: value('[data-test=distance]') };
  },
  async rank() {
    await press('Like ');
    await until('one rating', () => one('[data-test=state]').textContent.startsWith('1 rated'));
    const expected = all('[data-list=adapter] li:not(.moving-leave-active) em').map(({ dataset }) => Number(dataset.value));
    return { best: expected[0], sorted: expected.every((each, i) => i === 0 || each <= expected[i - 1]) };
  },
  async operators() {
    await press('10 times');
    await until('all rewards', () => Math.abs(value('[data-operator="0"]') - 0.5) < 1e-3);
    return { scan: value('[data-operator="0"]'), indexScan: value('[data-operator="6"]'), join: value('[data-operator="2"]') };
  },
  async decide() {
    await press('1 query');
    await shows('[data-test=queries]', '1 of 113');
    const hintSet = Number(one('[data-test=choice]').dataset.hintSet);
    await press('1 pass');
    await shows('[data-test=queries]', '113 of 113');
    return { hintSet, seconds: value('[data-test=seconds]'), default: value('[data-test=default]') };
  },
  async speed() {
    await press('Measure');
    await until('all samples', () => all('.panel button:not([disabled])').some((each) => each.textContent === 'Copy the result'));
    return { medians: all('[data-lane]').map(({ dataset }) => Number(dataset.value)) };
  },
  async keep() {
    await press('Learn 50 steps');
    await says('Learned 50 times.');
    const distance = value('[data-test=kept-distance]');
    await press('Save here');
    await says('Saved in IndexedDB.');
    await press('Forget');
    await shows('[data-test=kept-steps]', '0');
    await press('Load again');
    await shows('[data-test=kept-steps]', '50');
    const loaded = value('[data-test=kept-distance]');
    await press('Load it with one bit flipped');
    await until('an error', () => /Error/.test(one('[data-test=said]').textContent));
    return { distance, loaded, error: one('[data-test=said]').textContent };
  },
};

const told = {};
for (const [panel, drive] of Object.entries(panels)) {
  try {
    await open(panel);
    told[panel] = await drive();
  } catch (error) {
    told[panel] = { failed: String(error) };
    break;
  }
}
globalThis.hostResults = told;
