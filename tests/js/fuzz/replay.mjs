// Runs the sequence on its standard input, and exits with an error if it fails.
import { readFileSync } from 'node:fs';

import { Session } from './session.mjs';

new Session().run(JSON.parse(readFileSync(0, 'utf8')));
