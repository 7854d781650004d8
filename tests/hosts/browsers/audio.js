// The package in AudioWorklets, where there is neither fetch() nor URL: the page compiles the wasm and hands it over.
import { tell } from './check.mjs';

const FRAMES = 1024;
const VALUE = 0.25;
const module = await WebAssembly.compileStreaming(fetch('./node_modules/ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm'));

/** Has a processor of `file` tell how it went, and render a constant, which a new adapter leaves as it is. */
async function inWorklet(file, { processorOptions, message } = {}) {
  const context = new OfflineAudioContext(1, FRAMES, 44100);
  await context.audioWorklet.addModule(file);
  const node = new AudioWorkletNode(context, 'learner', { processorOptions });
  const outcome = new Promise((resolve, reject) => {
    node.port.onmessage = ({ data }) => resolve(data);
    node.onprocessorerror = () => reject(new Error('the processor failed'));
  });
  if (message) node.port.postMessage(message);
  const result = await outcome;
  if (result !== true) throw new Error(`in the worklet: ${result}`);
  const source = new ConstantSourceNode(context, { offset: VALUE });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = (await context.startRendering()).getChannelData(0);
  if (!rendered.every((x) => x === VALUE)) throw new Error(`rendered ${rendered.slice(0, 4)} …`);
}

tell({
  'AudioWorklet: initSync of a module from processorOptions': () => inWorklet('./processor.js', { processorOptions: { module } }),
  'AudioWorklet: initSync of a posted module': () => inWorklet('./processor.js', { message: module }),
  'AudioWorklet: /inline': () => inWorklet('./inline_processor.js'),
});
