// A hold in words. Pure.

import type { Hold } from '../domain/hold.ts';
import { quiet, type Words, words } from './text.ts';
import { when } from './time.ts';

/** `ana until 2026-11-24 10:00Z (in 21h): database migration`. */
export function holdWords(hold: Hold, now: number): Words {
  const until = hold.expiresAt === null ? 'until somebody lifts it' : `until ${when(hold.expiresAt, now)}`;
  return words(`${hold.owner} ${until}: ${hold.reason}`, quiet(` (since ${when(hold.placedAt, now)})`));
}
