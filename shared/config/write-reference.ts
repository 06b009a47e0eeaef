// Writes docs/configuration.md anew: `npm run docs`.

import { writeFile } from 'node:fs/promises';
import { checks } from '../checks/index.ts';
import { referenceOf } from './reference.ts';

await writeFile(new URL('../../docs/configuration.md', import.meta.url), referenceOf(checks));
