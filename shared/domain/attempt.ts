// One try to promote one artifact to one set of apps: lock and audit in one. Pure.
//
// A pipeline's ledger is the only contended thing there is. It holds the open attempts (the lock) and, for each app,
// what the pipeline brought it and what it failed to take. All of it can be told again from the attempts and what people
// said, so losing the ledger loses nothing.

import type { ArtifactKey } from './artifact.ts';
import type { AppRef } from './pipeline.ts';
import { isAboutArtifact } from './refusal.ts';
import type { Stay } from './stays.ts';
import type { Verdict } from './verdict.ts';

/**
 * An attempt that was claimed but not marked as being sent for this long is given up (ms): its run was cut off. That is
 * safe at any time, since a run must mark the attempt, while it is still open, before it sends the request.
 */
export const SEND_WITHIN_MS = 10_000;
/**
 * The request leaves within this long after its mark, or not at all (ms): a run that stood still in between must not
 * send what the others have long settled as never sent.
 */
export const POST_WITHIN_MS = 30_000;
/** The deadline of the one request, ms. */
export const REQUEST_DEADLINE_MS = 15_000;
/**
 * After this long without a trace of it, a request whose answer was lost was never carried out (ms, from the mark). The
 * request itself lives for its deadline and 30 s in Heroku's router (Dev Center, request-timeout); the rest is for
 * Heroku to begin: its releases, pending at first, appear within seconds as a rule.
 */
export const QUIET_MS = 5 * 60_000;
/**
 * No promotion takes longer, ms: a release phase is ended by Heroku after an hour (Dev Center, release-phase). What is
 * still open then has failed.
 */
export const PROMOTION_MS_MAX = 2 * 60 * 60_000;

export type TargetState =
  /** Not known yet. */
  | 'open'
  | 'succeeded'
  | 'failed'
  /** The promotion never reached Heroku, or Heroku refused it. */
  | 'not-promoted';

export interface AttemptTarget {
  readonly app: AppRef;
  /** What the app ran when the attempt was claimed; null for nothing. */
  readonly before: { readonly artifact: ArtifactKey; readonly releaseId: string } | null;
  /** The newest release version known of the app when the attempt was claimed. */
  readonly beforeVersion: number;
  readonly state: TargetState;
  /** The release the promotion made; null until Heroku has made one. */
  readonly releaseId: string | null;
  /** Heroku's words for a failed target. */
  readonly error: string | null;
}

export type AttemptState =
  | 'open'
  | 'succeeded'
  /** Some targets took it, some did not. */
  | 'partial'
  | 'failed'
  /** Heroku refused the request (4xx): nothing was promoted. */
  | 'rejected'
  /** The request was never carried out. */
  | 'not-sent';

export interface Refusal {
  readonly status: number;
  readonly id: string;
  /** What a person can do about it; absent in records of earlier versions. */
  readonly hint?: string;
}

export interface Attempt {
  /** A ULID: sortable by the time of the claim. */
  readonly id: string;
  readonly pipelineId: string;
  readonly pipeline: string;
  readonly from: string;
  readonly to: string;
  readonly artifact: ArtifactKey;
  readonly commit: string | null;
  readonly source: AppRef;
  readonly sourceReleaseId: string;
  readonly targets: readonly AttemptTarget[];
  /** Every check's answer, all of them passes. */
  readonly verdicts: readonly Verdict[];
  /** `sluice` for a tick, else the person who asked. */
  readonly actor: string;
  readonly claimedAt: number;
  /** Marked just before the request is sent; null: nothing was sent, and nothing will be without this mark. */
  readonly sentAt: number | null;
  /** Null until Heroku has answered with one, for ever when the answer was lost. */
  readonly promotionId: string | null;
  readonly state: AttemptState;
  /** Heroku's definite refusal of the request; null if it did not refuse. */
  readonly refusal: Refusal | null;
  readonly settledAt: number | null;
  /** How it ended, or what is known so far, in a sentence. */
  readonly outcome: string;
}

/** What the pipeline brought to an app, or a person said to go on from. */
export interface Brought {
  readonly artifact: ArtifactKey;
  /** The release that began the stay, where it is known. */
  readonly releaseId?: string;
  /** When it was claimed, or said. */
  readonly at: number;
  /** When that it came was recorded, or what was said was seen, epoch ms: the order among them. */
  readonly knownAt: number;
  /** The attempt's or the word's id. */
  readonly by: string;
  /** Said of what came through the app and goes on: the app itself goes on from what it was brought before. */
  readonly isAside?: true;
}

export interface Failure {
  readonly artifact: ArtifactKey;
  /** The app that tells it may have left the pipeline since. Rows of earlier versions lack it. */
  readonly commit?: string;
  readonly at: number;
  readonly attemptId: string;
  readonly message: string;
}

/** What Heroku refused for reasons of account, access or rate: it says nothing about any artifact. */
export interface TurnedAway extends Refusal {
  readonly at: number;
  /** When the first in a row was. */
  readonly since: number;
  readonly attemptId: string;
  /** How often in a row. */
  readonly times: number;
  readonly message: string;
}

export interface AppLedger {
  /** Newest last; at most BROUGHT_MAX. */
  readonly brought: readonly Brought[];
  /** What the app last failed to take, until it takes something or a person says to try again. */
  readonly failed: Failure | null;
  /** What it failed to take before that, meanwhile; oldest first, at most FAILED_MAX. */
  readonly failedBefore?: readonly Failure[];
  /** What an attempt was last to bring and did not, as far as was known: should it run after all, it was meant to. */
  readonly tried: ArtifactKey | null;
  /** The newest refusal that was not about the artifact; absent once Heroku has taken a request since. */
  readonly turnedAway?: TurnedAway;
}

export interface Ledger {
  /** Grows by one with every write. 0: not stored. */
  readonly revision: number;
  /** The write that stored it, unlike any other: the next one names it. Null: not stored. */
  readonly writer: string | null;
  readonly open: readonly Attempt[];
  readonly apps: Readonly<Record<string, AppLedger>>;
  /** The stored one cannot be read: it says nothing, and the records tell it anew. */
  readonly isUnread?: true;
}

const BROUGHT_MAX = 10;
const FAILED_MAX = 10;
const EMPTY: AppLedger = { brought: [], failed: null, tried: null };

export const emptyLedger: Ledger = { revision: 0, writer: null, open: [], apps: {} };

export function appLedger(ledger: Ledger, appId: string): AppLedger {
  return ledger.apps[appId] ?? EMPTY;
}

/** What the app itself goes on from: what it was brought, or let count; oldest first. */
export function ownBrought(ledger: Ledger, appId: string): readonly Brought[] {
  return appLedger(ledger, appId).brought.filter(({ isAside }) => !isAside);
}

/** True when it is this very stay that was brought, or let count, and not one that went back to its artifact later. */
export function isOf({ artifact, releaseId, at }: Brought, stay: Stay): boolean {
  return releaseId === undefined
    ? artifact === stay.artifact && at >= stay.startAt
    : releaseId === stay.releaseId;
}

/** In the order of what was known, whichever is written first: the clocks of those who write differ. */
export function inOrder(brought: readonly Brought[], one: Brought): readonly Brought[] {
  const index = brought.findIndex(({ knownAt }) => knownAt > one.knownAt);
  const at = index < 0 ? brought.length : index;
  return [...brought.slice(0, at), one, ...brought.slice(at)].slice(-BROUGHT_MAX);
}

export function withApp(ledger: Ledger, appId: string, change: (app: AppLedger) => AppLedger): Ledger {
  return { ...ledger, apps: { ...ledger.apps, [appId]: change(appLedger(ledger, appId)) } };
}

/** The ledger with one more open attempt. */
export function opened(ledger: Ledger, attempt: Attempt): Ledger {
  return { ...ledger, open: [...ledger.open, attempt] };
}

/** The ledger with an open attempt replaced by a newer account of itself; closed and noted per app if it has settled. */
export function settled(ledger: Ledger, attempt: Attempt): Ledger {
  const others = ledger.open.filter((open) => open.id !== attempt.id);
  if (attempt.state === 'open') {
    return { ...ledger, open: ledger.open.map((open) => (open.id === attempt.id ? attempt : open)) };
  }
  return noted({ ...ledger, open: others }, attempt);
}

/** The same for an attempt that somebody else may have closed meanwhile: that stays as it is. */
export function closed(ledger: Ledger, attempt: Attempt): Ledger {
  return ledger.open.some(({ id }) => id === attempt.id) ? settled(ledger, attempt) : ledger;
}

/** What a settled attempt leaves in the ledger. */
export function noted(ledger: Ledger, attempt: Attempt): Ledger {
  return attempt.targets.reduce((sofar, target) => {
    if (target.state === 'succeeded') {
      const brought: Brought = {
        artifact: attempt.artifact,
        ...(target.releaseId !== null && { releaseId: target.releaseId }),
        at: attempt.claimedAt,
        knownAt: attempt.settledAt ?? attempt.claimedAt,
        by: attempt.id,
      };
      return withApp(sofar, target.app.id, (app) => ({
        brought: inOrder(app.brought, brought),
        failed: null,
        tried: null,
      }));
    }
    if (target.state === 'failed' || attempt.state === 'rejected') {
      const { refusal } = attempt;
      if (refusal !== null && !isAboutArtifact(refusal))
        return withApp(sofar, target.app.id, (app) => turnedAway(app, attempt, refusal));
      const failed: Failure = {
        artifact: attempt.artifact,
        ...(attempt.commit !== null && { commit: attempt.commit }),
        at: attempt.settledAt ?? attempt.claimedAt,
        attemptId: attempt.id,
        message: target.error ?? attempt.outcome,
      };
      return withApp(sofar, target.app.id, (app) => ({
        brought: app.brought,
        failed,
        ...before(failuresIn(app).filter(({ artifact }) => artifact !== failed.artifact)),
        tried: attempt.artifact,
      }));
    }
    return withApp(sofar, target.app.id, (app) => ({ ...app, tried: attempt.artifact }));
  }, ledger);
}

/** Everything that the app failed to take since it last took something, newest first. */
export function failuresIn({ failed, failedBefore = [] }: AppLedger): readonly Failure[] {
  return failed === null ? [] : [failed, ...[...failedBefore].reverse()];
}

/** As a ledger keeps them: newest first. */
function before(failures: readonly Failure[]): Pick<AppLedger, 'failedBefore'> {
  return failures.length === 0 ? {} : { failedBefore: failures.slice(0, FAILED_MAX).reverse() };
}

/** Without that failure, which a person wants to be tried again. */
export function withoutFailure(app: AppLedger, attemptId: string): AppLedger {
  const { failedBefore: _, ...others } = app;
  const [newest = null, ...rest] = failuresIn(app).filter((one) => one.attemptId !== attemptId);
  return { ...others, failed: newest, ...before(rest) };
}

function turnedAway(app: AppLedger, attempt: Attempt, refusal: Refusal): AppLedger {
  const { id: attemptId, settledAt, claimedAt, outcome: message } = attempt;
  const last = app.turnedAway;
  const at = settledAt ?? claimedAt;
  const [since, times] = [last?.since ?? at, (last?.times ?? 0) + 1];
  return { ...app, turnedAway: { ...refusal, at, since, attemptId, times, message } };
}

/** What a person put on an app. */
export interface Stand {
  readonly app: AppRef;
  readonly artifact: ArtifactKey;
  /** The release that began the stay; words of older versions do not say. */
  readonly releaseId?: string;
  /** It is on a wave before: what it stopped goes on, and the app's own wave stays as it is. */
  readonly isAside?: true;
}
