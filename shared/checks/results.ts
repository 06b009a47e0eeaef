// Reading signals: which of them count, and when one happened. Pure.

import type { Signal } from '../signals/signal.ts';

/** When the result came about, epoch ms: as its sender says, but never after it came in. For words and for stays. */
export function happenedAt(signal: Signal): number {
  return Math.min(signal.at, signal.receivedAt);
}

const RANK = { pending: 0, success: 1, failure: 2 } as const;

/** The newest by its sender's time; of one instant a result before `pending`, and the worse one. */
export function newestOf(signals: readonly Signal[]): Signal | undefined {
  return signals.toSorted((a, b) => b.at - a.at || RANK[b.state] - RANK[a.state])[0];
}

/** One of each identity, as it now stands, without what a newer run of the same series has outdated. */
export function standing(signals: readonly Signal[]): readonly Signal[] {
  const groups = Map.groupBy(signals, (one) =>
    JSON.stringify([one.source, one.identity ?? one.name, one.app]),
  );
  const now = [...groups.values()].flatMap((group) => latestOf(group) ?? []);
  const newest = new Map<string, number>();
  for (const { run, skipped } of now) {
    // A run that was skipped has tried nothing: what failed before it has still failed.
    if (run && !skipped) newest.set(run.series, Math.max(run.number, newest.get(run.series) ?? 0));
  }
  const isOld = ({ run }: Signal) => run !== undefined && run.number < (newest.get(run.series) ?? 0);
  return withoutRuns(now, isOld).filter((one) => !isFormer(one, now));
}

/** The results without those that are meant, and without what ran as part of such a run. */
export function withoutRuns(
  signals: readonly Signal[],
  isMeant: (signal: Signal) => boolean,
): readonly Signal[] {
  const parts = new Set(signals.filter(isMeant).flatMap(({ run }) => [run?.suite, run?.jobs]));
  return signals.filter((one) => !isMeant(one) && !(one.suite !== undefined && parts.has(one.suite)));
}

function latestOf(group: readonly Signal[]): Signal | undefined {
  const told = group.filter(({ order }) => order !== undefined);
  if (told.length === 0) return newestOf(group);
  return told.toSorted((a, b) => ((a.order ?? '') < (b.order ?? '') ? 1 : -1))[0];
}

/** A row of an earlier version, which cannot tell what it is of: a later result of its name outdates it. */
function isFormer(one: Signal, all: readonly Signal[]): boolean {
  if (one.identity !== undefined) return false;
  return all.some(
    (other) =>
      other.identity !== undefined &&
      other.source === one.source &&
      other.name === one.name &&
      other.at >= one.at,
  );
}

/** A signal as evidence keeps it. */
export function asEvidence(signal: Signal): Readonly<Record<string, unknown>> {
  const { source, name, state, commit, app, url, at, receivedAt, skipped } = signal;
  return { source, name, state, commit, app, url, at, receivedAt, ...(skipped && { skipped }) };
}
