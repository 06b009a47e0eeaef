// The order of results of one identity, as a text that sorts like the numbers it is made of. Pure.

import type { SignalState } from './signal.ts';

const RANK: Readonly<Record<SignalState, number>> = { pending: 0, success: 1, failure: 2 };

/**
 * Numbers from the most to the least significant, each a whole one from 0 to 2^53; null for one the sender did not
 * give, or not as a number: a failure without it outdates what has it, anything else is outdated by it.
 */
export function orderOf(state: SignalState, run: readonly (number | null)[], at: number | null): string {
  const missing = state === 'failure' ? Number.MAX_SAFE_INTEGER : 0;
  const digits = (value: number | null): string => String(value ?? missing).padStart(16, '0');
  const done = state === 'pending' ? 0 : 1;
  return [...run.map(digits), done, digits(at), RANK[state]].join('.');
}
