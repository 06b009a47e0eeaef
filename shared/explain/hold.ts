// A hold in words. Pure.

import type { Hold } from '../domain/hold.ts';
import { instant } from '../domain/words.ts';
import { quiet, type Words, words } from './text.ts';
import { when } from './time.ts';

/** `ana since 2026-11-23 10:00Z until 2026-11-24 10:00Z (in 21h): database migration`. */
export function holdWords(hold: Hold, now: number): Words {
  const until = hold.expiresAt === null ? 'until somebody lifts it' : `until ${when(hold.expiresAt, now)}`;
  return words(hold.owner, quiet(` since ${instant(hold.placedAt)}`), ` ${until}: ${hold.reason}`);
}
