// Reading signals: when one happened, and which of several counts. Pure.

import type { Signal } from '../signals/signal.ts';

/**
 * When the result came about, epoch ms: as its sender says, but never after it came in. A sender whose clock runs
 * ahead would otherwise outdate every later result.
 */
export function happenedAt(signal: Signal): number {
  return Math.min(signal.at, signal.receivedAt);
}

/**
 * The newest; undefined for none. Of two of the same instant a result before `pending` (senders tell whole seconds and
 * deliver in any order), then the one that came in later, then the worse one.
 */
export function newestOf(signals: readonly Signal[]): Signal | undefined {
  const [first, ...others] = signals;
  return others.reduce<Signal | undefined>((best, one) => (best && isNewer(best, one) ? best : one), first);
}

const WORSE = { pending: 0, success: 1, failure: 2 } as const;

function isNewer(a: Signal, b: Signal): boolean {
  if (happenedAt(a) !== happenedAt(b)) return happenedAt(a) > happenedAt(b);
  if ((a.state === 'pending') !== (b.state === 'pending')) return b.state === 'pending';
  if (a.receivedAt !== b.receivedAt) return a.receivedAt > b.receivedAt;
  return WORSE[a.state] >= WORSE[b.state];
}

/** The newest of every sender and name. */
export function newestOfEach(signals: readonly Signal[]): readonly Signal[] {
  const groups = Map.groupBy(signals, (signal) => JSON.stringify([signal.source, signal.name]));
  return [...groups.values()].flatMap((group) => newestOf(group) ?? []);
}

/** A signal as evidence keeps it. */
export function asEvidence(signal: Signal): Readonly<Record<string, unknown>> {
  const { source, name, state, commit, app, url, at, receivedAt } = signal;
  return { source, name, state, commit, app, url, at, receivedAt };
}
