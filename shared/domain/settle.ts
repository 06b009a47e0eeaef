// Settling: what became of an open attempt, read from Heroku's own account of it. Pure.

import { artifactKey } from './artifact.ts';
import {
  type Attempt,
  type AttemptState,
  type AttemptTarget,
  PROMOTION_MS_MAX,
  QUIET_MS,
  type Refusal,
  SEND_WITHIN_MS,
  type TargetState,
} from './attempt.ts';
import type { AppFacts } from './facts.ts';
import { currentStay, type ReleaseFact } from './stays.ts';
import { instant, listOf } from './words.ts';

/** Heroku's account of one target of a promotion. */
export interface TargetReport {
  readonly appId: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Null until Heroku has made the release. */
  readonly releaseId: string | null;
  readonly errorMessage: string | null;
}

/**
 * How what runs now tells it, at no further cost: every target runs the pinned artifact, by a release newer than the
 * claim. Null when that is not so: then the promotion has to be asked.
 */
export function settleByWhatRuns(
  attempt: Attempt,
  apps: Readonly<Record<string, AppFacts>>,
  now: number,
): Attempt | null {
  const targets = attempt.targets.flatMap((target): AttemptTarget[] => {
    const facts = apps[target.app.id];
    const stay = facts === undefined ? undefined : currentStay(facts.history);
    const tookIt = stay?.artifact === attempt.artifact && stay.version > target.beforeVersion;
    return tookIt ? [{ ...target, state: 'succeeded', releaseId: stay.releaseId, error: null }] : [];
  });
  return targets.length === attempt.targets.length ? conclude({ ...attempt, targets }, now) : null;
}

/** How the promotion's own targets tell it. A target that Heroku does not list stays open. */
export function settleByTargets(attempt: Attempt, reports: readonly TargetReport[], now: number): Attempt {
  const targets = attempt.targets.map((target): AttemptTarget => {
    const report = reports.find((r) => r.appId === target.app.id);
    if (report === undefined) return target;
    const state: TargetState = report.status === 'pending' ? 'open' : report.status;
    return { ...target, state, releaseId: report.releaseId, error: report.errorMessage };
  });
  return conclude({ ...attempt, targets }, now);
}

/**
 * How the targets' releases tell it, for a promotion whose id was never learnt. A newer release with the pinned artifact
 * means that it happened (adopted); nothing of it on any target after the quiet time means that it was never sent.
 * `releases`: the newest releases of each target app, by app id.
 */
export function settleByReleases(
  attempt: Attempt,
  releases: Readonly<Record<string, readonly ReleaseFact[]>>,
  now: number,
): Attempt {
  const found = attempt.targets.map((target) => ({
    target,
    release: (releases[target.app.id] ?? []).find(
      (r) =>
        r.version > target.beforeVersion &&
        r.artifact !== null &&
        artifactKey(r.artifact) === attempt.artifact,
    ),
  }));
  const happened = found.some(({ release }) => release !== undefined);
  // A promotion whose id is known did reach Heroku, whatever Heroku knows of it by now.
  const isQuiet = attempt.promotionId === null && now >= (attempt.sentAt ?? attempt.claimedAt) + QUIET_MS;
  if (!happened && !isQuiet) return attempt;
  const targets = found.map(({ target, release }): AttemptTarget => {
    if (release === undefined) {
      // Once one target has it, Heroku has the request: the others follow, unless they are quiet for too long.
      return isQuiet
        ? { ...target, state: happened ? 'failed' : 'not-promoted', error: happened ? NEVER_CAME : null }
        : target;
    }
    const state: TargetState =
      release.status === 'pending' ? 'open' : release.status === 'failed' ? 'failed' : 'succeeded';
    return { ...target, state, releaseId: release.id, error: state === 'failed' ? RELEASE_FAILED : null };
  });
  return conclude({ ...attempt, targets }, now);
}

/** An attempt that was never marked as being sent, settled once its run has had the time to do so; else null. */
export function settleUnsent(attempt: Attempt, now: number): Attempt | null {
  if (attempt.sentAt !== null || now < attempt.claimedAt + SEND_WITHIN_MS) return null;
  const targets = attempt.targets.map((target): AttemptTarget => ({ ...target, state: 'not-promoted' }));
  return conclude({ ...attempt, targets }, now);
}

/** An attempt whose run found at the last moment that it must not be sent. `why`: a clause, for the record. */
export function unsent(attempt: Attempt, why: string, now: number): Attempt {
  const targets = attempt.targets.map((target): AttemptTarget => ({ ...target, state: 'not-promoted' }));
  return { ...attempt, targets, state: 'not-sent', settledAt: now, outcome: `It was not sent: ${why}.` };
}

/** An attempt that Heroku has been at work on for longer than any promotion takes: what is open has failed; else null. */
export function settleOverdue(attempt: Attempt, now: number): Attempt | null {
  if (now < attempt.claimedAt + PROMOTION_MS_MAX) return null;
  const targets = attempt.targets.map(
    (target): AttemptTarget =>
      target.state === 'open'
        ? { ...target, state: 'failed', error: 'Heroku has not ended it in two hours.' }
        : target,
  );
  return conclude({ ...attempt, targets }, now);
}

const NEVER_CAME = 'Heroku made no release for it.';
const RELEASE_FAILED = 'The release failed; what ran before still runs.';

/** The attempt as its targets leave it: settled when none is open. */
function conclude(attempt: Attempt, now: number): Attempt {
  const names = (state: TargetState) =>
    listOf(attempt.targets.filter((t) => t.state === state).map((t) => t.app.name));
  if (attempt.targets.some((target) => target.state === 'open')) {
    return { ...attempt, outcome: `Heroku is at work on ${names('open')}.` };
  }
  const adopted = attempt.promotionId === null ? ' (its answer was lost; the targets tell it)' : '';
  const failed = attempt.targets.filter((target) => target.state === 'failed');
  const done = attempt.targets.filter((target) => target.state === 'succeeded');
  const state: AttemptState =
    failed.length === 0
      ? done.length === 0
        ? 'not-sent'
        : 'succeeded'
      : done.length === 0
        ? 'failed'
        : 'partial';
  const outcomes: Record<'not-sent' | 'succeeded' | 'failed' | 'partial', string> = {
    'not-sent': `Nothing came of it: no app had a release from it by ${instant(now)}.`,
    succeeded: `${names('succeeded')} took it${adopted}.`,
    failed: `${names('failed')} did not take it: ${failed[0]?.error ?? 'Heroku gives no reason.'}`,
    partial: `${names('succeeded')} took it; ${names('failed')} did not: ${failed[0]?.error ?? 'Heroku gives no reason.'}`,
  };
  return { ...attempt, state, settledAt: now, outcome: outcomes[state as keyof typeof outcomes] };
}

/** The attempt after Heroku refused the request: nothing was promoted. */
export function refused(
  attempt: Attempt,
  { status, id, hint, message }: Refusal & { readonly message: string },
  now: number,
): Attempt {
  return {
    ...attempt,
    targets: attempt.targets.map((target) => ({ ...target, state: 'not-promoted' })),
    state: 'rejected',
    refusal: { status, id, ...(hint !== undefined && { hint }) },
    settledAt: now,
    outcome: `Heroku refused it (${status} ${id}): ${message}`,
  };
}
