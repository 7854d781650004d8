// The progress bar, on a terminal only.

import { Presets, SingleBar } from 'cli-progress';

export function startBar(total) {
  if (!process.stdout.isTTY) return { advance() {}, stop() {} };
  const format = 'Replaying {bar} {percentage} % | {value}/{total} passes';
  const options = { stream: process.stdout, format, clearOnComplete: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return { advance: () => bar.increment(), stop: () => bar.stop() };
}
