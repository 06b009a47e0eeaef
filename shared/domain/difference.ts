// What a wave could be given by the wave before, and what stands in the way that no check has to be asked about. Pure.
//
// The candidate is the newest artifact that completed its soak on every app of the wave before, even if that wave runs
// something newer by now: Heroku promotes a pinned release. An artifact that somebody took back, or that the pipeline
// did not bring to the wave before, is never a candidate.

import type { ArtifactKey } from './artifact.ts';
import { type Candidate, candidatesOf, isOn, lacks } from './candidate.ts';
import { type Facts, running } from './facts.ts';
import { failuresOf, humanActs, obstaclesOf } from './obstacles.ts';
import type { AppRef, Pipeline, Step } from './pipeline.ts';
import type { Verdict } from './verdict.ts';

export interface Difference {
  readonly step: Step;
  /** What would move: a soaked artifact if there is one the wave lacks, else the newest that is on its way to be one. */
  readonly candidate: Candidate | null;
  /** The artifact that soaks on the wave before for this one right now, if any. */
  readonly soaking: Candidate | null;
  /** Apps of the wave that do not run the candidate. Empty: no difference. */
  readonly targets: readonly AppRef[];
  /** Obstacles that follow from the facts alone. */
  readonly obstacles: readonly Verdict[];
  /** Apps whose artifact a person put there, for `resume`. */
  readonly stands: readonly { readonly app: AppRef; readonly artifact: ArtifactKey }[];
  /** Failures that a `resume` would try again. */
  readonly failures: readonly { readonly app: AppRef; readonly attemptId: string }[];
}

/** The difference of one step. `upstream` is the wave before the step's source, undefined when the source is the head. */
export function differenceOf(pipeline: Pipeline, step: Step, facts: Facts, now: number): Difference {
  const upstream = pipeline.waves[step.index - 2];
  const offered = candidatesOf(step, upstream, facts, now);
  const waves = pipeline.waves.slice(0, step.index);
  const wanted = offered.filter((c) => step.to.apps.some((app) => lacks(facts, waves, app, c.artifact)));
  // With nothing newer to give, a wave that went back is still a difference: it is shown, with what stands in the way.
  const wentBack = offered.find(
    (c) =>
      isOn(facts, step.from, c) && step.to.apps.some((app) => running(facts, app)?.artifact !== c.artifact),
  );
  const candidate = wanted.find((c) => c.soaked) ?? wanted[0] ?? wentBack ?? null;
  const soaking = offered[0] && !offered[0].soaked && isOn(facts, step.from, offered[0]) ? offered[0] : null;
  const targets =
    candidate === null
      ? []
      : step.to.apps.filter((app) => running(facts, app)?.artifact !== candidate.artifact);
  const acts = candidate === null ? [] : humanActs(pipeline, step, facts, candidate);
  const failures = candidate === null ? [] : failuresOf(facts, targets, candidate);
  const obstacles = candidate === null ? [] : obstaclesOf(pipeline, step, facts, candidate, acts, failures);
  return {
    step,
    candidate,
    soaking,
    targets,
    obstacles,
    stands: acts.map(({ app, stay }) => ({ app, artifact: stay.artifact })),
    failures: failures.map(({ app, attemptId }) => ({ app, attemptId })),
  };
}
