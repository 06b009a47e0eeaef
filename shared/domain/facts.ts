// Everything a run knows before it decides. Pure types and small readings of them.

import type { Ancestry } from './ancestry.ts';
import type { ArtifactKey } from './artifact.ts';
import type { Attempt, Ledger } from './attempt.ts';
import type { Hold } from './hold.ts';
import { type Code, codeBy, type Past, pastOf } from './past.ts';
import type { AppRef, Wave } from './pipeline.ts';
import { type Rejection, rejectionsOf } from './rejection.ts';
import type { Standing } from './standing.ts';
import { type Codeless, currentStay, type History, type ReleaseFact, type Stay } from './stays.ts';

export interface AppFacts {
  readonly app: AppRef;
  /** Null when it was not read this time. */
  readonly maintenance: boolean | null;
  readonly history: History;
  /** A newer release that has not ended: its release phase runs, or it waits behind another. */
  readonly pending: ReleaseFact | null;
  /** Why the app's releases could not be read this time; the history is then what was known before. */
  readonly unreadable: string | null;
  /** What it runs where that cannot be compared (a container image, code of a kind that is not known); else null. */
  readonly uncompared?: Codeless | null;
  /** Heroku's name of its stack; null or absent where it was not told. */
  readonly stack?: string | null;
  /** `cedar` or `fir`; null or absent where it was not told. */
  readonly generation?: string | null;
  /** Since when its dynos have run, epoch ms; null: none does; absent: nobody has seen them stopped. */
  readonly dynosSince?: number | null;
  /** Why it could not be read this time whether dynos run. */
  readonly dynosUnread?: string;
  /** The newest release, where that one failed: what ran before still runs. */
  readonly failed?: ReleaseFact | null;
}

export interface Facts {
  /** By app id; every app of every wave is there. */
  readonly apps: Readonly<Record<string, AppFacts>>;
  readonly ledger: Ledger;
  readonly holds: readonly Hold[];
  /** The commit of each artifact in play; null where Heroku has none, absent where it could not be read. */
  readonly commits: Readonly<Record<ArtifactKey, string | null>>;
  /** Which commit contains which, as GitHub has it; absent where it is not asked: no repository is configured. */
  readonly ancestry?: Ancestry;
  /** Artifacts that must go no further, and those of rollbacks that somebody has allowed again. */
  readonly rejections?: readonly Rejection[];
  /** What people put on apps, as runs have concluded it while the pasts still told. */
  readonly standings?: readonly Standing[];
  /** Apps whose past has a commit that could not be read this time: what was taken back there cannot be told. */
  readonly unreadPasts?: readonly AppRef[];
}

/** The facts of an app. Facts hold every app of every wave; a missing one is a mistake of ours. */
export function factsOf(facts: Facts, app: AppRef): AppFacts {
  const found = facts.apps[app.id];
  if (found === undefined)
    throw new Error(`No facts about ${app.name}: every app of every wave must have some.`);
  return found;
}

/** The stay that goes on, undefined when nothing runs. */
export function running(facts: Facts, app: AppRef): Stay | undefined {
  return currentStay(factsOf(facts, app).history);
}

/** True when the app runs the artifact's code, in this artifact or in another: Heroku builds a slug for every deploy. */
export function runsCode(facts: Facts, app: AppRef, artifact: ArtifactKey): boolean {
  const stay = running(facts, app);
  return stay !== undefined && codeOf(facts, stay.artifact) === codeOf(facts, artifact);
}

/** What an app runs that cannot be compared with anything, null for none. */
export function uncomparedOn(facts: Facts, app: AppRef): Codeless | null {
  return factsOf(facts, app).uncompared ?? null;
}

/** That a person put it there, as it was concluded before; undefined: nobody has concluded it. */
export function standingOf(
  { standings = [] }: Facts,
  app: AppRef,
  artifact: ArtifactKey,
): Standing | undefined {
  return standings.find((one) => one.appId === app.id && one.artifact === artifact);
}

/** True while a rejection counts for the artifact, by word or by a rollback. */
export function isRejected({ rejections = [], commits }: Facts, artifact: ArtifactKey): boolean {
  return rejectionsOf(rejections, { artifact, commit: commits[artifact] }).length > 0;
}

/** True when no dyno runs on an app of the wave, as it was last seen: nothing soaks there. */
export function isParked(facts: Facts, wave: Wave): boolean {
  return wave.apps.some((app) => factsOf(facts, app).dynosSince === null);
}

export function codeOf(facts: Pick<Facts, 'commits'>, artifact: ArtifactKey): Code {
  return codeBy(facts.commits, artifact);
}

const pasts = new WeakMap<History, { readonly commits: Facts['commits']; readonly past: Past }>();

/** The app's history read by code. Made once for each history: a run asks for it thousands of times. */
export function pastOn(facts: Facts, app: AppRef): Past {
  const { history } = factsOf(facts, app);
  const kept = pasts.get(history);
  if (kept !== undefined && kept.commits === facts.commits) return kept.past;
  const past = pastOf(history, (artifact) => codeOf(facts, artifact));
  pasts.set(history, { commits: facts.commits, past });
  return past;
}

/** The open attempt that has a target in the wave, if any. */
export function openOn(facts: Facts, wave: Wave): Attempt | undefined {
  return facts.ledger.open.find((attempt) =>
    attempt.targets.some((target) => wave.apps.some((app) => app.id === target.app.id)),
  );
}

/** True while an open attempt brings to the app what it runs: it is not settled yet, but it is nobody else's doing. */
export function isUnderWay(facts: Facts, app: AppRef, artifact: ArtifactKey): boolean {
  return facts.ledger.open.some(
    (attempt) => attempt.artifact === artifact && attempt.targets.some((t) => t.app.id === app.id),
  );
}

/**
 * An artifact as people know it: its commit, shortened, or the start of its id. Both where another artifact in play was
 * built from the same commit.
 */
export function nameOf(facts: Pick<Facts, 'commits'>, artifact: ArtifactKey): string {
  const commit = facts.commits[artifact];
  const id = artifact.replace(/^(slug|oci-image):(.{8}).*$/, '$1 $2');
  if (!commit) return id;
  const isShared = Object.entries(facts.commits).some(([other, one]) => other !== artifact && one === commit);
  return isShared ? `${commit.slice(0, 8)} (${id})` : commit.slice(0, 8);
}

const firsts = new WeakMap<Facts, ReadonlyMap<Code, number>>();

/** When the code first ran on any app, as far as it is known, epoch ms; infinite for code that is on none. */
export function firstRanAt(facts: Facts, code: Code): number {
  let known = firsts.get(facts);
  if (known === undefined) {
    const all = new Map<Code, number>();
    for (const { history } of Object.values(facts.apps)) {
      for (const { artifact, startAt } of history.stays) {
        const its = codeOf(facts, artifact);
        all.set(its, Math.min(all.get(its) ?? startAt, startAt));
      }
    }
    known = all;
    firsts.set(facts, known);
  }
  return known.get(code) ?? Number.POSITIVE_INFINITY;
}
