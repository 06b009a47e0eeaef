// What a wave can offer to the next: artifacts that ran on it, and how far their soak is. Pure.
//
// An artifact that somebody took back, or that the pipeline did not bring to the wave, is never offered.

import type { ArtifactKey } from './artifact.ts';
import { appLedger, ownBrought } from './attempt.ts';
import { type Facts, factsOf, isUnderWay, running } from './facts.ts';
import type { AppRef, Step, Wave } from './pipeline.ts';
import { currentStay, firstIndex, isWithdrawn, mayHaveForgotten, type Stay, stayMs } from './stays.ts';

/** An artifact on the wave before, and how far its soak is. */
export interface Candidate {
  readonly artifact: ArtifactKey;
  /** The app and release a promotion pins. */
  readonly source: AppRef;
  readonly sourceReleaseId: string;
  /** True when Heroku no longer keeps the pinned release. */
  readonly expired: boolean;
  /** The stay of the artifact on each app of the wave before that has run it. */
  readonly stays: readonly { readonly app: AppRef; readonly stay: Stay }[];
  /** Apps of the wave before that have not run it. */
  readonly missing: readonly AppRef[];
  /** Epoch ms at which its soak is, or was, complete; null while an app lacks it or after a stay ended too early. */
  readonly soakedAt: number | null;
  readonly soaked: boolean;
}

/** The artifacts of the source wave whose stays are admitted, newest first: by first appearance there. */
export function candidatesOf(
  step: Step,
  facts: Facts,
  now: number,
  admits: (app: AppRef, stay: Stay) => boolean,
): readonly Candidate[] {
  const seen = new Map<ArtifactKey, { stays: { app: AppRef; stay: Stay }[]; order: number }>();
  for (const app of step.from.apps) {
    const { history } = factsOf(facts, app);
    for (const [index, stay] of history.stays.entries()) {
      if (isWithdrawn(history, index) || !admits(app, stay)) continue;
      const entry = seen.get(stay.artifact) ?? { stays: [], order: 0 };
      const others = entry.stays.filter((other) => other.app.id !== app.id);
      const same = entry.stays.find((other) => other.app.id === app.id);
      // Of several stays on one app, the newest that completed its soak, else the newest.
      const done = same !== undefined && stayMs(same.stay, now) >= step.to.soakMs;
      const better = done && stayMs(stay, now) < step.to.soakMs ? same : { app, stay };
      const first = history.stays[firstIndex(history, stay.artifact)]?.startAt ?? stay.startAt;
      seen.set(stay.artifact, { stays: [...others, better], order: Math.max(entry.order, first) });
    }
  }
  // Newest first; of two that came in the same second, the one that came later on the app.
  return [...seen]
    .reverse()
    .map(([artifact, entry]) => ({
      candidate: candidateOf(step, artifact, entry.stays, now),
      order: entry.order,
    }))
    .filter(({ candidate }) => candidate.missing.length === 0 || isRunningOnSome(facts, step.from, candidate))
    .sort((a, b) => b.order - a.order)
    .map(({ candidate }) => candidate);
}

function isRunningOnSome(facts: Facts, wave: Wave, candidate: Candidate): boolean {
  return wave.apps.some((app) => running(facts, app)?.artifact === candidate.artifact);
}

function candidateOf(
  step: Step,
  artifact: ArtifactKey,
  found: readonly { app: AppRef; stay: Stay }[],
  now: number,
): Candidate {
  const stays = step.from.apps.flatMap((app) => found.find((entry) => entry.app.id === app.id) ?? []);
  const missing = step.from.apps.filter((app) => !found.some((entry) => entry.app.id === app.id));
  // Any app of the wave can be the source; one whose release Heroku still keeps.
  const first = stays.find(({ stay }) => !stay.expired) ?? stays[0];
  if (first === undefined) throw new Error(`A candidate without a stay: ${artifact}.`);
  const { soakMs } = step.to;
  const cutShort = stays.some(({ stay }) => stay.endAt !== null && stayMs(stay, now) < soakMs);
  const soakedAt =
    missing.length > 0 || cutShort ? null : Math.max(...stays.map(({ stay }) => stay.startAt + soakMs));
  return {
    artifact,
    source: first.app,
    sourceReleaseId: first.stay.releaseId,
    expired: first.stay.expired,
    stays,
    missing,
    soakedAt,
    soaked: soakedAt !== null && soakedAt <= now,
  };
}

/**
 * True when the stay came to the source by the pipeline's own way. The head is Heroku's to deploy. On another wave the
 * pipeline brought it, or a person let it count, or it was there before Sluice and the wave before has run it too.
 */
export function isOfferable(facts: Facts, upstream: Wave | undefined, app: AppRef, stay: Stay): boolean {
  if (upstream === undefined || isUnderWay(facts, app, stay.artifact)) return true;
  const { tried } = appLedger(facts.ledger, app.id);
  const brought = ownBrought(facts.ledger, app.id);
  if (tried === stay.artifact || brought.some((entry) => entry.artifact === stay.artifact)) return true;
  if (stay.startAt > Math.min(...brought.map(({ at }) => at))) return false;
  return upstream.apps.some((source) => {
    const { history } = factsOf(facts, source);
    // Only what came before the oldest release that is known can have been forgotten.
    return firstIndex(history, stay.artifact) >= 0 || mayHaveForgotten(history, stay);
  });
}

/**
 * True when the app could be given the artifact: it runs something else, and has had nothing known to be newer, unless
 * that was taken back. What it runs now is not enough to ask: a hotfix may lie on top of something newer.
 */
export function lacks(facts: Facts, waves: readonly Wave[], app: AppRef, artifact: ArtifactKey): boolean {
  const { history } = factsOf(facts, app);
  if (currentStay(history)?.artifact === artifact) return false;
  return !history.stays.some(
    (had, index) => !isWithdrawn(history, index) && isOlder(facts, waves, app, artifact, had.artifact),
  );
}

/**
 * True when `a` is older than `b` for the app: it ran `a` before it first ran `b` itself, or any app of the waves before
 * it did. One is enough: no app is moved to an older artifact, and a past that is known in part only may mislead.
 */
export function isOlder(
  facts: Facts,
  waves: readonly Wave[],
  app: AppRef,
  a: ArtifactKey,
  b: ArtifactKey,
): boolean {
  return [app, ...waves.flatMap((wave) => wave.apps)].some((other) => {
    const { history } = factsOf(facts, other);
    const [indexA, indexB] = [firstIndex(history, a), firstIndex(history, b)];
    return indexA >= 0 && indexB >= 0 && indexA < indexB;
  });
}

export function isOn(facts: Facts, wave: Wave, candidate: Candidate): boolean {
  return wave.apps.every((app) => running(facts, app)?.artifact === candidate.artifact);
}
