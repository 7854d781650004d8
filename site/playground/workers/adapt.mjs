// The worker of the panel Adapt.
import init from 'ruvector-learning-wasm';

import { Lesson } from '../parts/lesson.mjs';
import { answer } from '../parts/remote.mjs';

answer(async () => {
  await init();
  let lesson;
  return {
    begin(settings) {
      const next = new Lesson(settings);
      lesson?.free();
      lesson = next;
      return { ...lesson.state(), ...lesson.goal() };
    },
    train(steps) {
      lesson.train(steps);
      return lesson.state();
    },
    setRate: (rate) => lesson.lora.set_learning_rate(rate),
    speed: () => lesson.speed(),
  };
});
