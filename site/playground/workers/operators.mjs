// The worker of the panel Operators.
import init from 'ruvector-learning-wasm';

import { Crew } from '../parts/crew.mjs';
import { answer } from '../parts/remote.mjs';

answer(async () => {
  await init();
  let crew;
  return {
    begin(settings) {
      const next = new Crew(settings);
      crew?.free();
      crew = next;
      return crew.state();
    },
    reward(operator, improvement, times) {
      crew.reward(operator, improvement, times);
      return crew.state();
    },
    setFallback(on) {
      crew.setFallback(on);
      return crew.state();
    },
  };
});
