// What panels have in common: a worker whose errors are shown, and a loop that can be paused.
import { onActivated, onBeforeUnmount, onDeactivated, ref } from 'vue';

import { remote } from './remote.mjs';

/** `call(name, …)` asks the worker, which ends with the panel. `attempt(work)` resolves to what `work` does, or shows in `failed` why it does not. */
export function useWorker(worker) {
  const failed = ref('');
  onBeforeUnmount(() => worker.terminate());
  async function attempt(work) {
    try {
      failed.value = '';
      return await work();
    } catch (error) {
      failed.value = `${error.name}: ${error.message}`;
      return undefined;
    }
  }
  return { call: remote(worker), attempt, failed };
}

/** Does `step` again and again while it is `running`, which `toggle` changes, until something has `failed`; not while another panel is open. */
export function useLoop(step, failed) {
  const running = ref(false);
  let loops = 0; // of several beginnings the last one counts
  let goesOn = false;
  async function start() {
    loops += 1;
    const mine = loops;
    running.value = true;
    while (mine === loops) {
      await step();
      if (failed.value && mine === loops) stop();
    }
  }
  function stop() {
    loops += 1;
    running.value = false;
  }
  onDeactivated(() => {
    goesOn = running.value;
    stop();
  });
  onActivated(() => goesOn && start());
  onBeforeUnmount(stop);
  return { running, toggle: () => (running.value ? stop() : start()) };
}
