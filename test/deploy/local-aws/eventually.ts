// Waiting for what happens by itself: asks again and again until it is so. No test says how long something may take; the
// time given is when to give up.

import { setTimeout as sleep } from 'node:timers/promises';

const ASKS_EVERY_MS = 400;

/** What `read` gives, once it gives anything. @throws Error that says what has not come about, and what `seen` saw last. */
export async function eventually<T>(
  what: string,
  read: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { seconds = 150, seen = () => '' }: { readonly seconds?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await read();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > until) {
      const last = await seen();
      throw new Error(`Not within ${seconds} s: ${what}. ${last === '' ? '' : JSON.stringify(last)}`);
    }
    await sleep(ASKS_EVERY_MS);
  }
}
