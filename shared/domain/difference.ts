// What a wave could be given by the wave before, and what stands in the way that no check has to be asked about. Pure.
//
// Candidates are the artifacts that ran on the wave before, newest first, even if that wave runs something newer by now:
// Heroku promotes a pinned release. The one that moves is the newest that completed its soak, that nobody rejected or
// took back, that every target lacks, and that passes every check about the artifact. Those checks have to be asked: what
// is pure gives the order of asking, and tells the rest of the chosen one.

import type { Pair } from './ancestry.ts';
import type { ArtifactKey } from './artifact.ts';
import type { Stand } from './attempt.ts';
import {
  type Candidate,
  candidatesOf,
  hangsOnGitHub,
  isOfferable,
  isOn,
  isThere,
  lacks,
} from './candidate.ts';
import { type Facts, isParked, isRejected, openOn, running, runsCode } from './facts.ts';
import { failuresOf, type HumanAct, humanActs, obstaclesOf, strangersOn } from './obstacles.ts';
import type { AppRef, Pipeline, Step } from './pipeline.ts';
import type { Stay } from './stays.ts';
import { turnedAwayFrom } from './turned-away.ts';
import { unknownsOf } from './unknowns.ts';
import type { Verdict } from './verdict.ts';

export interface Difference {
  readonly step: Step;
  /** What would move, or, where nothing qualifies, what is shown with what stands in its way. */
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

/** What a wave could be given, before any check is asked. */
export interface Choice {
  readonly pipeline: Pipeline;
  readonly step: Step;
  /**
   * In the order of asking: those that completed their soak, newest first; then those that may have, had GitHub said what
   * it has not, newest first; then those that soak, the next to complete it first. Nobody rejected them, and every target
   * lacks them.
   */
  readonly eligible: readonly Candidate[];
  /** The newest that may have completed its soak, where none that has is newer; null: there is none. */
  readonly hanging: Candidate | null;
  /** What is shown where none of them passes what is asked about the artifact. */
  readonly shown: Candidate | null;
  /** Somebody put it there by hand: it is no candidate, but it is shown. */
  readonly foreign: Candidate | null;
  readonly soaking: Candidate | null;
  /** What the soaks of all that nobody rejected rest on and GitHub has not said, those of the newest first. */
  readonly untold: readonly Pair[];
  /** The instant that all of it is of, epoch ms. */
  readonly now: number;
}

const choices = new WeakMap<Facts, readonly Choice[]>();

/** Made once for each facts, step and instant: a run asks for it before it looks at dynos, and when it decides. */
export function choiceOf(pipeline: Pipeline, step: Step, facts: Facts, now: number): Choice {
  const kept = choices.get(facts) ?? [];
  const known = kept.find(
    (one) => one.pipeline === pipeline && one.step.index === step.index && one.now === now,
  );
  if (known !== undefined) return known;
  const made = choiceAt(pipeline, step, facts, now);
  choices.set(facts, [...kept, made]);
  return made;
}

function choiceAt(pipeline: Pipeline, step: Step, facts: Facts, now: number): Choice {
  const upstream = pipeline.waves[step.index - 2];
  const waves = pipeline.waves.slice(0, step.index);
  const lacked = new Map<ArtifactKey, boolean>();
  const isLacked = (artifact: ArtifactKey): boolean => {
    const is = lacked.get(artifact) ?? step.to.apps.some((app) => lacks(facts, waves, app, artifact));
    lacked.set(artifact, is);
    return is;
  };
  const isWanted = ({ artifact }: Candidate) => isLacked(artifact);
  const isElsewhere = ({ artifact }: Candidate) =>
    step.to.apps.some((app) => !runsCode(facts, app, artifact));
  const isAhead = ({ artifact }: Candidate) =>
    step.to.apps.some((app) => !runsCode(facts, app, artifact) && !lacks(facts, waves, app, artifact));

  const admits = (app: AppRef, stay: Stay) => isOfferable(facts, upstream, app, stay);
  const offered = candidatesOf(step, facts, now, admits, isLacked);
  const wanted = offered.filter(isWanted);
  const free = wanted.filter((one) => !isRejected(facts, one.artifact) && !isAhead(one));
  const soaked = free.filter((one) => one.soaked);
  const mayHaveSoaked = (one: Candidate) => !one.soaked && hangsOnGitHub(one) && (one.supposedAt ?? 0) <= now;
  const hanging = free.filter(mayHaveSoaked);
  const toCome = free
    .filter((one) => !one.soaked && one.supposedAt !== null && !mayHaveSoaked(one))
    .sort((a, b) => (a.supposedAt ?? 0) - (b.supposedAt ?? 0));
  // With nothing newer to give, a wave that went back is still a difference, and so is one that was given something by
  // hand: they are shown, with what stands in the way.
  const wentBack = offered.find((c) => isOn(facts, step.from, c) && isElsewhere(c));
  const foreign = candidatesOf(
    step,
    facts,
    now,
    (app, stay) => stay === running(facts, app) && !admits(app, stay),
    isLacked,
  ).find(isWanted);
  const shown =
    soaked[0] ?? free[0] ?? wanted.find((c) => c.soaked) ?? wanted[0] ?? foreign ?? wentBack ?? null;
  const newest = offered.find((one) => isThere(facts, step.from, one));
  const soaks = newest !== undefined && !newest.soaked && isOn(facts, step.from, newest);
  // Where no dyno runs, nothing soaks, and nothing is kept for it.
  const soaking = soaks && !isParked(facts, step.from) ? newest : null;
  const untold = free.flatMap((one) => one.untold);
  const eligible = [...soaked, ...hanging, ...toCome];
  const first = free.find((one) => one.soaked || mayHaveSoaked(one));
  return {
    pipeline,
    step,
    eligible,
    hanging: first === undefined || first.soaked ? null : first,
    shown,
    foreign: foreign ?? null,
    soaking,
    untold,
    now,
  };
}

/** Everything about the step with this candidate; by itself with the one that is shown while nothing is asked. */
export function differenceOf(pipeline: Pipeline, step: Step, facts: Facts, now: number): Difference {
  const choice = choiceOf(pipeline, step, facts, now);
  return withCandidate(choice, choice.eligible[0] ?? choice.shown, facts);
}

export function withCandidate(choice: Choice, candidate: Candidate | null, facts: Facts): Difference {
  const { pipeline, step, soaking, foreign, now } = choice;
  const upstream = pipeline.waves[step.index - 2];
  const acts = humanActs(pipeline, step, facts);
  const strangers = strangersOn(step.to, step.from, facts);
  const none = {
    step,
    candidate,
    soaking,
    targets: [],
    failures: [],
    stands: standing([...acts, ...strangers]),
  };
  if (candidate === null) return { ...none, obstacles: unknownsOf(pipeline, step, facts) };
  const targets = step.to.apps.filter((app) => !runsCode(facts, app, candidate.artifact));
  const failures = failuresOf(facts, targets, candidate);
  const given = candidate === foreign ? strangersOn(step.from, upstream, facts) : [];
  return {
    ...none,
    targets,
    obstacles: [
      ...(openOn(facts, step.to) === undefined ? turnedAwayFrom(targets, facts.ledger, now) : []),
      ...obstaclesOf({ pipeline, step, facts, candidate, acts, failures, given }),
    ],
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
