// What a run decided and why: the whole account, as it is stored and as `why`, `status` and the audit read it. Pure types.

import type { ArtifactKey } from './artifact.ts';
import type { Stand } from './attempt.ts';
import type { CeilingTerms } from './ceiling.ts';
import type { AppRef, Mode } from './pipeline.ts';
import type { Verdict } from './verdict.ts';

export type StepState =
  /** The wave runs what the wave before could give it. */
  | 'same'
  /** A promotion to the wave is under way. */
  | 'promoting'
  /** Every check passed: promoted in this run, or it would have been, were the pipeline not observed only. */
  | 'ready'
  /** At least one check did not pass. */
  | 'blocked';

export interface StepDecision {
  readonly from: string;
  readonly to: string;
  readonly state: StepState;
  /** What would move. Null when there is no difference. */
  readonly candidate: {
    readonly artifact: ArtifactKey;
    readonly commit: string | null;
    readonly source: AppRef;
    readonly sourceReleaseId: string;
  } | null;
  readonly targets: readonly AppRef[];
  /** Every check's answer, in the order asked. Empty when there is no difference. */
  readonly verdicts: readonly Verdict[];
  /** The check that blocks first; null when none does. */
  readonly blocker: string | null;
  /** The earliest epoch ms at which every check can pass at once, as far as known. A lower bound. */
  readonly earliestAt: number | null;
  /** Newer candidates that did not pass what is asked about an artifact, newest first; absent when there are none. */
  readonly passedOver?: readonly PassedOver[];
  /** What `accept` would let count. */
  readonly stands: readonly Stand[];
  /** What `retry` would try again. */
  readonly failures: readonly { readonly app: AppRef; readonly attemptId: string }[];
}

export interface PassedOver {
  readonly artifact: ArtifactKey;
  readonly commit: string | null;
  /** The first check about it that did not pass. */
  readonly check: string;
  readonly state: Verdict['state'];
  readonly reason: string;
}

export interface WaveView {
  readonly name: string;
  readonly apps: readonly {
    readonly app: AppRef;
    readonly artifact: ArtifactKey | null;
    readonly commit: string | null;
    readonly since: number | null;
    /** The version of a release without a slug that it runs: code that cannot be compared. Absent where it runs none. */
    readonly codeless?: number;
  }[];
}

export interface Promotion {
  readonly step: number;
  readonly from: string;
  readonly to: string;
  readonly artifact: ArtifactKey;
  readonly commit: string | null;
  readonly source: AppRef;
  readonly sourceReleaseId: string;
  readonly targets: readonly AppRef[];
  readonly verdicts: readonly Verdict[];
}

export interface Decision {
  readonly pipelineId: string;
  readonly pipeline: string;
  readonly mode: Mode;
  /** True when nothing may be promoted whatever the mode: a local run without `--live`. */
  readonly dryRun: boolean;
  readonly at: number;
  readonly waves: readonly WaveView[];
  readonly steps: readonly StepDecision[];
  /** What people would want to be told besides; absent when there is nothing. */
  readonly notes?: readonly string[];
  /** When the pipeline has to be looked at again even if nothing is heard of it; null: nothing to wait for. */
  readonly wakeAt: number | null;
  /** Soaks alone keep a change no longer than this, ms; null: nothing bounds it. */
  readonly soakCeilingMs: number | null;
  /** What that ceiling leaves out; absent in older rows. */
  readonly ceilingTerms?: CeilingTerms;
}
