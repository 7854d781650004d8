// The tarball's files as unpkg and jsDelivr serve them; the address of that server comes with this page's.
import { check, tell } from './check.mjs';

const server = new URLSearchParams(location.search).get('server');

async function from(address) {
  const lora = await import(`${server}${address}`);
  await check(lora.default, lora);
}

tell({
  'unpkg': () => from('/unpkg/ruvector-learning-wasm'),
  'jsDelivr': () => from('/jsdelivr/ruvector-learning-wasm'),
  'a file of the tarball by its address': () => from('/unpkg/ruvector-learning-wasm/index.js'),
});
