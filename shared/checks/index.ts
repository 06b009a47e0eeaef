// Every check there is. A new one is a file beside these and a line here.

import type { Check } from './check.ts';
import { hold } from './hold.ts';
import { release } from './release.ts';
import { soak } from './soak.ts';
import { window } from './window.ts';

/** In the order the reference lists them; those asked without being configured are asked in this order. */
export const checks: readonly Check[] = [soak, release, hold, window];
