// Records as JSON, for `--json` and for the function `api`: as they are stored, with instants as ISO-8601 in place of
// epoch milliseconds. Pure.

import { tameJson } from './tame.ts';

/** What instants are called, wherever they occur: `at`, `since`, `until`, `claimedAt`, … */
const INSTANT = /^(at|since|until|now)$|[a-z]At$/;

/** For JSON.stringify. */
export function toInstants(key: string, found: unknown): unknown {
  return typeof found === 'number' && INSTANT.test(key) ? new Date(found).toISOString() : found;
}

/** For JSON.parse: the way back. */
export function fromInstants(key: string, found: unknown): unknown {
  if (typeof found !== 'string' || !INSTANT.test(key)) return found;
  const at = Date.parse(found);
  return Number.isNaN(at) ? found : at;
}

export function jsonText(value: unknown): string {
  return `${tameJson(JSON.stringify(value, toInstants, 2))}\n`;
}

/** The same in one line. */
export function jsonLine(value: unknown): string {
  return `${tameJson(JSON.stringify(value, toInstants))}\n`;
}
