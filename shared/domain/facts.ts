// Everything a run knows before it decides. Pure types and small readings of them.

import type { ArtifactKey } from './artifact.ts';
import type { Attempt, Ledger } from './attempt.ts';
import type { Hold } from './hold.ts';
import type { AppRef, Wave } from './pipeline.ts';
import type { Rejection } from './rejection.ts';
import { currentStay, type History, type ReleaseFact, type Stay } from './stays.ts';

export interface AppFacts {
  readonly app: AppRef;
  /** Null when it was not read this time. */
  readonly maintenance: boolean | null;
  readonly history: History;
  /** A newer release that has not ended: its release phase runs, or it waits behind another. */
  readonly pending: ReleaseFact | null;
  /** Why the app's releases could not be read this time; the history is then what was known before. */
  readonly unreadable: string | null;
}

export interface Facts {
  /** By app id; every app of every wave is there. */
  readonly apps: Readonly<Record<string, AppFacts>>;
  readonly ledger: Ledger;
  readonly holds: readonly Hold[];
  /** The commit of each artifact in play; null where Heroku has none, absent where it could not be read. */
  readonly commits: Readonly<Record<ArtifactKey, string | null>>;
  /** Artifacts that must go no further, and those of rollbacks that somebody has allowed again. */
  readonly rejections?: readonly Rejection[];
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

/** An artifact as people know it: its commit, shortened, or the start of its id. */
export function nameOf(facts: Pick<Facts, 'commits'>, artifact: ArtifactKey): string {
  const commit = facts.commits[artifact];
  return commit ? commit.slice(0, 8) : artifact.replace(/^(slug|oci-image):(.{8}).*$/, '$1 $2');
}
