// What ran on an app and for how long, read from its releases. Pure.
//
// A stay is one uninterrupted time during which an artifact ran on an app. Releases of the same artifact (config
// changes) belong to one stay; failed and pending releases change nothing that runs. A release without a slug or an
// image (a Docker container) ends the stay before it: what runs then cannot be compared.

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
  /** The version that a rollback went back to, where Heroku says so (`Rollback to v46`). */
  readonly rollbackTo?: number | null;
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
  /** When its release was made, where a release phase ran before it did; absent: as it began. */
  readonly madeAt?: number;
  /** Null while the stay goes on. */
  readonly endAt: number | null;
  /** Who made the release, as Heroku tells it. */
  readonly userEmail: string | null;
  /** True when the pinned release is no longer kept by Heroku and cannot be promoted. */
  readonly expired: boolean;
  /** The version that it went back to; absent for what is no rollback. */
  readonly rollbackTo?: number;
  /** The release without a slug by which somebody went back from it: no later stay tells of that. */
  readonly backedOutBy?: Codeless;
}

/** A release without a slug or an image: of an app before its first deploy, or of code that Sluice cannot compare. */
export interface Codeless {
  readonly releaseId: string;
  readonly version: number;
  /** When it began to run, epoch ms. */
  readonly startAt: number;
  readonly userEmail: string | null;
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
  /** What runs now, when it is not the last stay. */
  readonly codeless: Codeless | null;
  /** True when it reaches back to the app's first release. */
  readonly complete: boolean;
}

/** How many stays a history keeps; older ones are forgotten and the history is no longer complete. */
export const STAYS_MAX = 60;

/**
 * When a release began to run: with a release phase, at the end of that phase, which can take an hour (Dev Center,
 * release-phase, read 2026-11: new dynos boot only after it succeeds). Without one, at its creation, unless it waited in
 * line behind others (heroku-apps issue 192); that an artifact expires later is no news of when it ran.
 */
function startOf({ hasReleasePhase, status, createdAt, updatedAt }: ReleaseFact): number {
  return hasReleasePhase || status === 'succeeded' ? Math.max(createdAt, updatedAt) : createdAt;
}

function append(history: History, release: ReleaseFact): History {
  const through = Math.max(history.through, release.version);
  // `expired` releases did run once: Heroku expires only releases that had succeeded (changelog 3395).
  const ran = release.status === 'succeeded' || release.status === 'expired';
  if (!ran) return { ...history, through };
  const startAt = startOf(release);
  const last = history.stays.at(-1);
  const ended = (): readonly Stay[] =>
    last === undefined || last.endAt !== null
      ? history.stays
      : [...history.stays.slice(0, -1), { ...last, endAt: startAt }];
  if (release.artifact === null) {
    const { id: releaseId, version, userEmail } = release;
    const to = release.rollbackTo ?? Number.POSITIVE_INFINITY;
    const codeless: Codeless = { releaseId, version, startAt, userEmail };
    const stays = ended().map((stay) => (stay.version > to ? { ...stay, backedOutBy: codeless } : stay));
    return { ...history, through, stays, codeless };
  }
  const key = artifactKey(release.artifact);
  if (last?.artifact === key && last.endAt === null) return { ...history, through };
  const stay: Stay = {
    artifact: key,
    releaseId: release.id,
    version: release.version,
    startAt,
    endAt: null,
    userEmail: release.userEmail,
    expired: release.status === 'expired',
    ...(release.hasReleasePhase && release.createdAt < startAt && { madeAt: release.createdAt }),
    ...(release.rollbackTo != null && { rollbackTo: release.rollbackTo }),
  };
  const stays = [...ended(), stay];
  const kept = stays.slice(-STAYS_MAX);
  const complete = history.complete && kept.length === stays.length;
  return { ...history, through, stays: kept, complete, codeless: null };
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
    codeless: null,
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
  // What an older version of this code wrote does not say whether it was settled, nor what has no code.
  if (history?.isSettled !== true || history.codeless === undefined) return read;
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

/** The stay that goes on, undefined for an app that runs nothing, or code that cannot be compared. */
export function currentStay({ stays }: History): Stay | undefined {
  const last = stays.at(-1);
  return last?.endAt === null ? last : undefined;
}

/** True when the history may have held what ran when the stay began, and no longer tells. */
export function mayHaveForgotten({ complete, stays }: History, stay: Pick<Stay, 'startAt'>): boolean {
  return !complete && stay.startAt <= (stays[0]?.startAt ?? Number.POSITIVE_INFINITY);
}

/** How long the stay lasted, or has lasted by `now`, ms; never negative. */
export function stayMs(stay: Stay, now: number): number {
  return Math.max(0, (stay.endAt ?? now) - stay.startAt);
}
