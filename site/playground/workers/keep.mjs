// The worker of the panel Keep.
import init from 'ruvector-learning-wasm';

import { openStore } from '../../../examples/personalisation/store.mjs';
import { answer } from '../parts/remote.mjs';
import { Pupil } from '../parts/pupil.mjs';

answer(async () => {
  await init();
  const pupil = new Pupil();
  const store = () => openStore('playground'); // not before it is needed: some browsers refuse it
  return {
    state: () => pupil.state(),
    train(steps) {
      pupil.train(steps);
      return pupil.state();
    },
    reset() {
      pupil.reset();
      return pupil.state();
    },
    file: () => pupil.file(),
    load(bytes) {
      pupil.load(bytes);
      return pupil.state();
    },
    save: async () => (await store()).save(pupil.file()),
    async restore() {
      const bytes = await (await store()).load();
      if (!bytes) throw new Error('nothing is saved in this browser yet');
      pupil.load(bytes);
      return pupil.state();
    },
  };
});
