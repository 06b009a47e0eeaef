// Every check there is. A new one is a file beside these and a line here.

import type { Check } from './check.ts';
import { ci } from './ci.ts';
import { herokuStatus } from './heroku-status.ts';
import { hold } from './hold.ts';
import { maintenance } from './maintenance.ts';
import { rejected } from './rejected.ts';
import { release } from './release.ts';
import { signal } from './signal.ts';
import { soak } from './soak.ts';
import { window } from './window.ts';

/** In the order the reference lists them; those asked without being configured are asked in this order. */
export const checks: readonly Check[] = [
  soak,
  release,
  rejected,
  hold,
  ci,
  signal,
  window,
  maintenance,
  herokuStatus,
];
