// What is known of one pipeline when it is explained: its newest decision, and what has happened since. Pure types and
// small readings of them.

import type { ArtifactKey } from '../domain/artifact.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Decision, StepDecision, WaveView } from '../domain/decision.ts';
import { nameOf } from '../domain/facts.ts';
import { type Hold, type HoldableWave, isActive } from '../domain/hold.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Word } from '../domain/said.ts';

export interface Account {
  readonly pipelineId: string;
  readonly name: string;
  /** Null: no run has looked at the pipeline yet. */
  readonly decision: Decision | null;
  /** The promotions under way. */
  readonly open: readonly Attempt[];
  /** Heroku's ids of the pipelines that had its name before. */
  readonly predecessors: readonly string[];
  /** The holds that nobody has lifted; some may be over. */
  readonly holds: readonly Hold[];
  /** Those that the newest decision still rests on, and that somebody has lifted since. */
  readonly lifted: readonly Hold[];
  /** Those that count, and lifted ones of rollbacks. */
  readonly rejections: readonly Rejection[];
  /** What people have said since the newest decision; only where `why` is asked. */
  readonly said?: readonly Word[];
  /** The commits of the artifacts in play, as far as they were read. */
  readonly commits: Readonly<Record<ArtifactKey, string | null>>;
  readonly now: number;
}

/** An artifact as people know it: its commit, shortened, or the start of its id. */
export function shortName(of: { readonly artifact: ArtifactKey; readonly commit: string | null }): string {
  return nameOf({ commits: { [of.artifact]: of.commit } }, of.artifact);
}

/** The promotion that is under way to a wave. */
export function openTo(account: Pick<Account, 'open'>, wave: string): Attempt | undefined {
  return account.open.find((attempt) => attempt.to === wave);
}

/** True when everything may be decided but nothing promoted. */
export function onlyObserves(decision: Pick<Decision, 'mode' | 'dryRun'>): boolean {
  return decision.dryRun || decision.mode === 'observe';
}

/** A wave that its next promotion would change, or is changing. */
export function isBehind(account: Account, step: StepDecision): boolean {
  return step.state !== 'same' || openTo(account, step.to) !== undefined;
}

export function activeHolds(account: Account): readonly Hold[] {
  return account.holds.filter((hold) => isActive(hold, account.now)).sort((a, b) => a.placedAt - b.placedAt);
}

/** What a wave runs: each artifact once, by name; and since when all of it has. */
export function runsIn(wave: WaveView): { readonly names: readonly string[]; readonly since: number | null } {
  const names = wave.apps.map(({ artifact, commit, codeless }) => {
    if (codeless !== undefined) return `v${codeless} (no slug)`;
    return artifact === null ? 'nothing' : shortName({ artifact, commit });
  });
  const since = wave.apps.flatMap((entry) => entry.since ?? []);
  return { names: [...new Set(names)], since: since.length === 0 ? null : Math.max(...since) };
}

/** The waves as holds look at them. */
export function holdableWaves(decision: Pick<Decision, 'waves'>): readonly HoldableWave[] {
  return decision.waves.map(({ name, apps }) => ({ name, apps: apps.map(({ app }) => app) }));
}
