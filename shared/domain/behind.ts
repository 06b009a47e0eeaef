// Since when a wave has been behind the wave before it, and how long it may be. Pure.
//
// Merges that arrive all the time move each artifact on, so what is told is the age of the oldest thing that has not
// been given yet, not the time since the waves last ran the same.

import { isOfferable, isOlder } from './candidate.ts';
import type { Difference } from './difference.ts';
import { type AppFacts, codeOf, type Facts, factsOf, isRejected, pastOn, running } from './facts.ts';
import { type Pipeline, steps, type Wave } from './pipeline.ts';
import { currentStay, type History, type Stay } from './stays.ts';

/** A window may be closed over a long weekend, ms. */
const LONG_WEEKEND_MS = 4 * 24 * 60 * 60_000;

/** How long a wave may be behind when nobody says, ms: what the soaks add up to, and a long weekend. */
export function behindLimitOf(pipeline: Pipeline): number {
  return steps(pipeline).reduce((sum, step) => sum + step.to.soakMs, LONG_WEEKEND_MS);
}

/**
 * Since when a wave of the pipeline has lacked something that the wave before has had, epoch ms: the earliest of its
 * steps, null when no wave lacks anything. `before`: what this function said last, for what has been forgotten since.
 */
export function behindSince(
  pipeline: Pipeline,
  differences: readonly Difference[],
  facts: Facts,
  before: number | null,
): number | null {
  const all = differences.flatMap((difference) => {
    const since = stepBehindSince(pipeline, difference, facts);
    if (since === null) return [];
    return before !== null && hasForgotten(difference, facts) ? [Math.min(before, since)] : [since];
  });
  return all.length === 0 ? null : Math.min(...all);
}

/** Since when the step's target wave has lacked something, epoch ms; null when nothing could move. */
function stepBehindSince(pipeline: Pipeline, { step, candidate }: Difference, facts: Facts): number | null {
  if (candidate === null) return null;
  const upstream = pipeline.waves[step.index - 2];
  const waves = pipeline.waves.slice(0, step.index);
  const times: number[] = [];
  for (const source of step.from.apps) {
    const { history } = factsOf(facts, source);
    const past = pastOn(facts, source);
    const had = history.stays.filter(
      (stay, index) =>
        !past.withdrawn[index] &&
        !isRejected(facts, stay.artifact) &&
        (stay === currentStay(history) || isOfferable(facts, upstream, source, stay)),
    );
    for (const app of step.to.apps) {
      for (const stay of had) {
        const since = lackedSince(factsOf(facts, app), stay, history, waves, facts);
        if (since !== null) times.push(since);
        // Oldest first: what comes after cannot have been lacked for longer.
        if (since === stay.startAt) break;
      }
    }
  }
  return times.length === 0 ? null : Math.min(...times);
}

/** Since when an app has lacked what a stay on a source brought, epoch ms; null when it does not lack it. */
function lackedSince(
  target: AppFacts,
  stay: Stay,
  source: History,
  waves: readonly Wave[],
  facts: Facts,
): number | null {
  const { app, history } = target;
  const runs = currentStay(history);
  // An app that is new has no age to be behind by, and what could not be read tells none.
  if (runs === undefined) {
    return target.unreadable === null && stay === currentStay(source) ? stay.startAt : null;
  }
  const code = codeOf(facts, stay.artifact);
  const reaches = (own: Stay): boolean =>
    codeOf(facts, own.artifact) === code || isOlder(facts, waves, app, stay.artifact, own.artifact);
  const last = history.stays.findLastIndex(reaches);
  const reached = history.stays[last];
  if (reached === undefined) return stay.startAt;
  // It had it, or something newer, and lacks it only where somebody took that back.
  if (reached.endAt === null || !pastOn(facts, app).withdrawn[last]) return null;
  return Math.max(stay.startAt, reached.endAt);
}

/** True when a target runs what a source has had, but so long ago that the source's history no longer tells when. */
function hasForgotten({ step }: Difference, facts: Facts): boolean {
  return step.to.apps.some((app) => {
    const runs = running(facts, app);
    return (
      runs !== undefined &&
      step.from.apps.some((source) => {
        const { history } = factsOf(facts, source);
        return !history.complete && !pastOn(facts, source).rank.has(codeOf(facts, runs.artifact));
      })
    );
  });
}
