// What a wave could be given by the wave before, and what stands in the way that no check has to be asked about. Pure.
//
// The candidate is the newest artifact that completed its soak on every app of the wave before, even if that wave runs
// something newer by now: Heroku promotes a pinned release. An artifact that somebody took back, or that the pipeline
// did not bring to the wave before, is never a candidate.

import type { Stand } from './attempt.ts';
import { type Candidate, candidatesOf, isOfferable, isOn, lacks } from './candidate.ts';
import { type Facts, running } from './facts.ts';
import {
  failuresOf,
  type HumanAct,
  humanActs,
  obstaclesOf,
  strangersOn,
  takenBack,
  unreadableOn,
} from './obstacles.ts';
import type { AppRef, Pipeline, Step } from './pipeline.ts';
import type { Verdict } from './verdict.ts';

export interface Difference {
  readonly step: Step;
  /** What would move: a soaked artifact if there is one the wave lacks, else the newest that is on its way to be one. */
  readonly candidate: Candidate | null;
  /** The artifact that soaks on the wave before for this one right now, if any. */
  readonly soaking: Candidate | null;
  /** Apps of the wave that do not run the candidate; at least one, where there is a candidate. */
  readonly targets: readonly AppRef[];
  /** Obstacles that follow from the facts alone. */
  readonly obstacles: readonly Verdict[];
  /** Apps whose artifact a person put there, for `accept`. */
  readonly stands: readonly Stand[];
  /** Failures that a `retry` would try again. */
  readonly failures: readonly { readonly app: AppRef; readonly attemptId: string }[];
}

export function differenceOf(pipeline: Pipeline, step: Step, facts: Facts, now: number): Difference {
  const upstream = pipeline.waves[step.index - 2];
  const waves = pipeline.waves.slice(0, step.index);
  const isWanted = ({ artifact }: Candidate) =>
    step.to.apps.some((app) => lacks(facts, waves, app, artifact));
  const isElsewhere = ({ artifact }: Candidate) =>
    step.to.apps.some((app) => running(facts, app)?.artifact !== artifact);

  const offered = candidatesOf(step, facts, now, (app, stay) => isOfferable(facts, upstream, app, stay));
  const wanted = offered.filter(isWanted);
  // With nothing newer to give, a wave that went back is still a difference, and so is one that was given something by
  // hand: they are shown, with what stands in the way.
  const wentBack = offered.find((c) => isOn(facts, step.from, c) && isElsewhere(c));
  const foreign = candidatesOf(
    step,
    facts,
    now,
    (app, stay) => stay === running(facts, app) && !isOfferable(facts, upstream, app, stay),
  ).find(isWanted);
  const candidate = wanted.find((c) => c.soaked) ?? wanted[0] ?? foreign ?? wentBack ?? null;
  const soaking = offered[0] && !offered[0].soaked && isOn(facts, step.from, offered[0]) ? offered[0] : null;

  const acts = humanActs(pipeline, step, facts);
  const strangers = strangersOn(step.to, step.from, facts);
  const none = { step, candidate, soaking, targets: [], failures: [] };
  if (candidate === null) {
    return {
      ...none,
      obstacles: unreadableOn([...waves, step.to], facts),
      stands: standing([...acts, ...strangers]),
    };
  }
  const targets = step.to.apps.filter((app) => running(facts, app)?.artifact !== candidate.artifact);
  const failures = failuresOf(facts, targets, candidate);
  const taken = takenBack(pipeline, step, facts, candidate);
  const given = candidate === foreign ? strangersOn(step.from, upstream, facts) : [];
  return {
    ...none,
    targets,
    obstacles: obstaclesOf({ pipeline, step, facts, candidate, acts, failures, taken, given }),
    stands: [...standing([...acts, ...strangers]), ...taken.map(aside)],
    failures: failures.map(({ app, attemptId }) => ({ app, attemptId })),
  };
}

function standing(acts: readonly HumanAct[]): Difference['stands'] {
  const stands = acts.map(
    ({ app, stay }): Stand => ({
      app,
      artifact: stay.artifact,
      releaseId: stay.releaseId,
    }),
  );
  return [...new Map(stands.map((stand) => [`${stand.app.id} ${stand.artifact}`, stand])).values()];
}

/** To let the rest of the pipeline go on is no word about the wave where it was taken back. */
function aside({ app, stay }: HumanAct): Stand {
  return { app, artifact: stay.artifact, releaseId: stay.releaseId, isAside: true };
}
