// When a hold is to end, as people write it. Pure.

import { HOLD_MS_DEFAULT } from '../domain/hold.ts';

/** Epoch ms, or what was expected: `an instant with its zone, such as 2026-11-24T09:00Z`. */
export type Expiry =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly expected: string };

/** An instant says its zone: an hour's misunderstanding is a promotion nobody wanted. */
export function expiryOf(text: string, now: number): Expiry {
  const isWhole = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isWhole ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (at > now) return { ok: true, at };
  const what = Number.isNaN(at) ? 'an instant with its zone' : 'an instant that is still to come';
  const example = `${new Date(now + HOLD_MS_DEFAULT).toISOString().slice(0, 16)}Z`;
  return { ok: false, expected: `${what}, such as ${example}` };
}
