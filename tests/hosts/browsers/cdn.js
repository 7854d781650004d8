// The tarball's files as unpkg and jsDelivr serve them; the address of that server comes with this page's.
import { check, checkInstance, tell } from './check.mjs';

const server = new URLSearchParams(location.search).get('server');

const from = (address) => import(`${server}${address}`);

tell({
  'unpkg': async () => {
    const lora = await from('/unpkg/ruvector-learning-wasm');
    await check(lora.default, lora);
  },
  'jsDelivr': async () => {
    const lora = await from('/jsdelivr/ruvector-learning-wasm');
    await check(lora.default, lora);
  },
  // What it imports has been loaded, and started, from there before.
  'a file of the tarball by its address': async () => {
    const lora = await from('/unpkg/ruvector-learning-wasm/index.js');
    checkInstance(await lora.default(), lora);
  },
});
