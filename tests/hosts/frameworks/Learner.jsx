import { useEffect, useState } from 'react';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

export default function Learner({ input, target }) {
  const [lora, setLora] = useState(null);
  const [loss, setLoss] = useState(null);
  useEffect(() => {
    const made = init().then(() => new WasmMicroLoRA(input.length));
    made.then(setLora);
    return () => made.then((old) => old.free());
  }, [input.length]);
  const learn = () => setLoss(lora.train(input, target));
  return <button disabled={!lora} onClick={learn}>Learn: {loss}</button>;
}
