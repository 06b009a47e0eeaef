// What ran on an app and for how long, read from its releases. Pure.
//
// A stay is one uninterrupted time during which an artifact ran on an app. Releases of the same artifact (config
// changes) belong to one stay; failed and pending releases change nothing that runs.

import { type Artifact, type ArtifactKey, artifactKey } from './artifact.ts';

/** The parts of a Heroku release that stays are made of. Instants are epoch ms. */
export interface ReleaseFact {
  readonly id: string;
  readonly version: number;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'expired';
  /** True for the release that is live on the app. */
  readonly current: boolean;
  /** Null for a release without code (before the first deploy) or a Docker image on Cedar, which Heroku cannot promote. */
  readonly artifact: Artifact | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** True when the release has, or had, a release phase (Heroku gives it an output stream). */
  readonly hasReleasePhase: boolean;
  readonly userEmail: string | null;
}

export interface Stay {
  readonly artifact: ArtifactKey;
  /** The first release of the stay: the one a promotion pins. */
  readonly releaseId: string;
  readonly version: number;
  readonly startAt: number;
  /** Null while the stay goes on. */
  readonly endAt: number | null;
  /** Who made the release, as Heroku tells it. */
  readonly userEmail: string | null;
  /** True when the pinned release is no longer kept by Heroku and cannot be promoted. */
  readonly expired: boolean;
}

/** What is known of an app's past. `through` is the newest release version it takes account of. */
export interface History {
  readonly through: number;
  /**
   * False when a release before the newest had not ended when this was read, or was what ran: what ends out of turn is
   * not seen by looking at the newest.
   */
  readonly isSettled: boolean;
  /** Oldest first. */
  readonly stays: readonly Stay[];
  /** True when it reaches back to the app's first release. */
  readonly complete: boolean;
}

/** How many stays a history keeps; older ones are forgotten and the history is no longer complete. */
export const STAYS_MAX = 60;

/**
 * When a release began to run: its creation, or, with a release phase, the end of that phase, which can take an hour
 * (Dev Center, release-phase, read 2026-11: new dynos boot only after it succeeds).
 */
function startOf(release: ReleaseFact): number {
  return release.hasReleasePhase ? Math.max(release.createdAt, release.updatedAt) : release.createdAt;
}

function append(history: History, release: ReleaseFact): History {
  const through = Math.max(history.through, release.version);
  // `expired` releases did run once: Heroku expires only releases that had succeeded (changelog 3395).
  const ran = release.status === 'succeeded' || release.status === 'expired';
  if (!ran || release.artifact === null) return { ...history, through };
  const key = artifactKey(release.artifact);
  const last = history.stays.at(-1);
  if (last?.artifact === key) return { ...history, through };
  const startAt = startOf(release);
  const stay: Stay = {
    artifact: key,
    releaseId: release.id,
    version: release.version,
    startAt,
    endAt: null,
    userEmail: release.userEmail,
    expired: release.status === 'expired',
  };
  const before = last === undefined ? [] : [...history.stays.slice(0, -1), { ...last, endAt: startAt }];
  const stays = [...before, stay];
  const kept = stays.slice(-STAYS_MAX);
  return { ...history, through, stays: kept, complete: history.complete && kept.length === stays.length };
}

/** The history that a list of releases (any order, any kinds) tells, and the newest release that has not ended. */
export function historyOf(
  releases: readonly ReleaseFact[],
  complete: boolean,
): { readonly history: History; readonly pending: ReleaseFact | null } {
  const oldestFirst = [...releases].sort((a, b) => a.version - b.version);
  const pendingFrom = oldestFirst.find((r) => r.status === 'pending')?.version ?? Number.POSITIVE_INFINITY;
  const current = oldestFirst.findLast((r) => r.status === 'succeeded' && r.current);
  // Not either while something older than the newest runs: what it ran between them is not told.
  const newest = oldestFirst.findLast((r) => r.status === 'succeeded');
  const isSettled =
    pendingFrom >= (oldestFirst.at(-1)?.version ?? 0) && (current === undefined || current === newest);
  // A pending release may still become what runs, so nothing after it is settled but what is current. That comes last:
  // where release phases end out of turn, it is not the newest.
  const ended = oldestFirst.filter((r) => r.version < pendingFrom && r !== current);
  const history = [...ended, ...(current === undefined ? [] : [current])].reduce<History>(append, {
    through: 0,
    isSettled,
    stays: [],
    complete,
  });
  return { history, pending: oldestFirst.findLast((r) => r.status === 'pending') ?? null };
}

/** What the newest release of an app says about it, given what was known before. */
export type Observed =
  /** The history is up to date; `pending` is a release that has not ended. */
  | { readonly kind: 'known'; readonly history: History; readonly pending: ReleaseFact | null }
  /** Releases came in between: the list of releases has to be read. */
  | { readonly kind: 'read' };

/**
 * Brings a known history up to date with the app's newest release, of whatever kind, without another call where nothing
 * can have been missed: it is the one already known, or its version follows that one.
 */
export function observe(history: History | null, newest: ReleaseFact | null): Observed {
  const read: Observed = { kind: 'read' };
  // What an older version of this code wrote does not say whether it was settled.
  if (history?.isSettled !== true) return read;
  const known = (next: History, pending: ReleaseFact | null = null): Observed => ({
    kind: 'known',
    history: next,
    pending,
  });
  // Of an app that has left the pipeline nothing is told; of one without releases there is nothing to tell.
  if (newest === null) return history.through === 0 ? known(history) : read;
  if (newest.version === history.through) return known(history);
  if (newest.version !== history.through + 1) return read;
  if (newest.status === 'pending') return known(history, newest);
  // A config change during a release phase carries what ran before it, and takes the new code back when it ends.
  return newest.status === 'succeeded' && !newest.current ? read : known(append(history, newest));
}

/** The stay that goes on, undefined for an app that runs nothing. */
export function currentStay(history: History): Stay | undefined {
  return history.stays.at(-1);
}

/** Where the artifact first appeared in the history, -1 if it never did. Smaller is older. */
export function firstIndex(history: History, artifact: ArtifactKey): number {
  return history.stays.findIndex((stay) => stay.artifact === artifact);
}

/** True when the history may have held what ran when the stay began, and no longer tells. */
export function mayHaveForgotten({ complete, stays }: History, stay: Stay): boolean {
  return !complete && stay.startAt <= (stays[0]?.startAt ?? Number.POSITIVE_INFINITY);
}

/**
 * True when the app later went back to an artifact it had run before this one: somebody took this stay's artifact back.
 */
export function isWithdrawn(history: History, index: number): boolean {
  const stay = history.stays[index];
  if (stay === undefined) return false;
  const first = firstIndex(history, stay.artifact);
  return history.stays.slice(index + 1).some((later) => firstIndex(history, later.artifact) < first);
}

/** True when the app has run a newer artifact before what it runs now: a rollback, whoever made it. */
export function isRolledBack(history: History): boolean {
  const current = currentStay(history);
  if (current === undefined) return false;
  const first = firstIndex(history, current.artifact);
  return history.stays.some((stay) => firstIndex(history, stay.artifact) > first);
}

/** How long the stay lasted, or has lasted by `now`, ms; never negative. */
export function stayMs(stay: Stay, now: number): number {
  return Math.max(0, (stay.endAt ?? now) - stay.startAt);
}
