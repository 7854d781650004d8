// Known vulnerabilities and licences: `npm audit` of what builds and tests the package, `cargo deny` (cargo install cargo-deny) of the
// crates in it. Both ask a server, so that no test does this: `npm run supply`.
import { spawnSync } from 'node:child_process';

import { root } from './toolchain.mjs';

const commands = [['npm', 'audit'], ['cargo', 'deny', 'check']];
for (const [command, ...args] of commands) {
  console.log(`==> ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
