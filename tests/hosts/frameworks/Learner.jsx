import { useEffect, useState } from 'react';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

export default function Learner({ input, target }) {
  const [lora, setLora] = useState(null);
  const [loss, setLoss] = useState(null);
  useEffect(() => {
    const made = init().then(() => new WasmMicroLoRA(input.length, 0.1, 0.5));
    made.then(setLora);
    return () => made.then((old) => old.free());
  }, [input.length]);
  return <button disabled={!lora} onClick={() => setLoss(lora.train(input, target))}>Learn: {loss}</button>;
}
