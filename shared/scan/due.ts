// Which pipelines a tick wakes, and why. Pure.

import type { Pipeline } from '../domain/pipeline.ts';
import type { DueReason, PipelineDue } from '../events.ts';
import type { PipelineView } from '../table/port.ts';

export interface DueInput {
  readonly pipeline: Pipeline;
  readonly view: PipelineView | null;
  readonly configDigest: string;
  readonly apps: PipelineDue['apps'];
  readonly now: number;
  /** Its turn in the rolling sweep. */
  readonly isTurn: boolean;
}

/** Every reason to wake the pipeline; none: it may rest. */
export function reasonsFor(input: DueInput): readonly DueReason[] {
  const { view, now } = input;
  if (view === null || view.configDigest !== input.configDigest) return ['configuration'];
  const moved = input.pipeline.waves
    .flatMap((wave) => wave.apps)
    .some((app) => (input.apps[app.id]?.releasedAt ?? null) !== (view.releasedAt[app.id] ?? null));
  const asked = view.wokenAt !== null && view.wokenAt >= view.seenAt;
  const reasons: readonly [DueReason, boolean][] = [
    ['attempt', view.openAttempts > 0],
    ['time', view.wakeAt !== null && view.wakeAt <= now],
    ['release', moved],
    ['asked', asked],
    ['sweep', input.isTurn],
  ];
  return reasons.flatMap(([reason, holds]) => (holds ? [reason] : []));
}
