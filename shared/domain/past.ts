// An app's history read by code: what first ran when, and what was taken back. Pure.
//
// Heroku builds a new slug for every deploy, of the same commit too. People take a commit back by `heroku rollback`, or
// by deploying the older commit again: so what is asked of a past is asked of code, never of slugs.

import type { ArtifactKey } from './artifact.ts';
import type { Codeless, History, Stay } from './stays.ts';

/** What two artifacts have in common when they are the same code: `commit:<sha>`, else the artifact's own key. */
export type Code = string;

export interface Past {
  /** The code of each stay, oldest first. */
  readonly codes: readonly Code[];
  /** Where each code first appeared. Smaller is older; what a rollback brought back lies between two stays. */
  readonly rank: ReadonlyMap<Code, number>;
  /** Of each stay: the app later went back to something older, so somebody took its code back. */
  readonly withdrawn: readonly boolean[];
  /** Of each stay: it took something back. */
  readonly takesBack: readonly boolean[];
}

/** SHA-1 or SHA-256. */
const FULL_COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A commit as code is told by: a full one in lower case. `v1.2.3` or a short one names no single commit: null. */
export function fullCommit(commit: string | null | undefined): string | null {
  const lower = commit?.toLowerCase();
  return lower !== undefined && FULL_COMMIT.test(lower) ? lower : null;
}

type Commits = Readonly<Record<ArtifactKey, string | null>>;

const told = new WeakMap<Commits, Map<ArtifactKey, Code>>();

/**
 * Two artifacts of one full commit are the same code; one without is the same as itself only. Made once for each of the
 * commits, which do not change: a run asks for it thousands of times.
 */
export function codeBy(commits: Commits, artifact: ArtifactKey): Code {
  const kept = told.get(commits) ?? new Map<ArtifactKey, Code>();
  const known = kept.get(artifact);
  if (known !== undefined) return known;
  const commit = fullCommit(commits[artifact]);
  const code = commit === null ? artifact : `commit:${commit}`;
  told.set(commits, kept.set(artifact, code));
  return code;
}

export function pastOf({ stays }: Pick<History, 'stays'>, codeOf: (artifact: ArtifactKey) => Code): Past {
  const codes = stays.map(({ artifact }) => codeOf(artifact));
  const rank = new Map<Code, number>();
  const own = codes.map((code, index) => {
    const at = Math.min(rank.get(code) ?? index, beforeRolledBack(stays, index));
    if (!rank.has(code)) rank.set(code, at);
    return at;
  });
  const withdrawn: boolean[] = [];
  let oldestLater = Number.POSITIVE_INFINITY;
  for (let index = codes.length - 1; index >= 0; index--) {
    const isBackedOut = stays[index]?.backedOutBy !== undefined;
    withdrawn[index] = isBackedOut || oldestLater < (rank.get(codes[index] ?? '') ?? index);
    oldestLater = Math.min(oldestLater, own[index] ?? index);
  }
  let newest = -1;
  const takesBack = codes.map((code, index) => {
    const takes = (own[index] ?? index) < newest;
    newest = Math.max(newest, rank.get(code) ?? index);
    return takes;
  });
  return { codes, rank, withdrawn, takesBack };
}

/**
 * Where a rollback went to when its release is no longer among the stays that are kept: just before the first of those
 * that came after it. Infinite for anything else.
 */
function beforeRolledBack(stays: readonly Stay[], index: number): number {
  const to = stays[index]?.rollbackTo;
  if (to === undefined) return Number.POSITIVE_INFINITY;
  const after = stays.findIndex(({ version }) => version > to);
  return after >= 0 && after < index ? after - 0.5 : Number.POSITIVE_INFINITY;
}

/** True when code `a` first ran before code `b` did, as this past tells it. */
export function ranBefore({ rank }: Past, a: Code, b: Code): boolean {
  const [first, second] = [rank.get(a), rank.get(b)];
  return first !== undefined && second !== undefined && first < second;
}

/**
 * What took the code back: the first stay after its last that went to something older, or the release without a slug that
 * somebody went back to. Undefined: nobody did.
 */
export function takenBackBy(past: Past, stays: readonly Stay[], code: Code): Stay | Codeless | undefined {
  const last = past.codes.lastIndexOf(code);
  const rank = past.rank.get(code);
  if (last < 0 || rank === undefined || past.withdrawn[last] !== true) return undefined;
  if (stays[last]?.backedOutBy !== undefined) return stays[last].backedOutBy;
  return stays.find((_, index) => index > last && (past.rank.get(past.codes[index] ?? '') ?? index) < rank);
}

/**
 * True when somebody went back to what ran last: something newer has run before, or the very artifact has, with
 * something else since, be it another build of the same commit or code that cannot be compared.
 */
export function isTakenBackTo(past: Past, stays: History['stays']): boolean {
  return hasTakenBack(past, stays) || isAgain(stays, () => true);
}

/** True when that took something back: who goes from older code forth to what ran before takes nothing back. */
export function hasTakenBack({ codes, rank }: Past, stays: History['stays']): boolean {
  const last = codes.at(-1);
  if (last === undefined) return false;
  const ranked = rank.get(last) ?? 0;
  const isTwice = stays.length > 1 && stays.at(-1)?.artifact === stays.at(-2)?.artifact;
  const isOlder = (index: number): boolean => (rank.get(codes[index] ?? '') ?? index) < ranked;
  return isTwice || Math.max(...rank.values()) > ranked || isAgain(stays, (index) => !isOlder(index));
}

/** True when the last artifact has run before, and others, first given after it, which count. */
function isAgain(stays: History['stays'], counts: (index: number) => boolean): boolean {
  const artifacts = stays.map(({ artifact }) => artifact);
  const first = artifacts.indexOf(artifacts.at(-1) ?? '');
  return artifacts.some((artifact, index) => artifacts.indexOf(artifact) > first && counts(index));
}
