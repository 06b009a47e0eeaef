// A pipeline of three waves to decide about: qa, canary, and world, which asks for a soak of thirty minutes.

import { nextOpening } from '../../../shared/checks/opening.ts';
import type { Candidate } from '../../../shared/domain/candidate.ts';
import { type Deliberation, decide } from '../../../shared/domain/decide.ts';
import type { Decision, StepDecision } from '../../../shared/domain/decision.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import { type Pipeline, steps } from '../../../shared/domain/pipeline.ts';
import { type Verdict, wait } from '../../../shared/domain/verdict.ts';
import { at, factsOf, pipelineOf, type Telling, wave } from './fleet.ts';

export const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1'), wave('world', 'ie-1', 30));

export interface Deciding extends Telling {
  /** What the checks answered, by wave, besides `soak`. */
  readonly answers?: Readonly<Record<string, readonly Verdict[]>>;
  /** In minutes of the story. */
  readonly now?: number;
  readonly mode?: Pipeline['mode'];
  readonly dryRun?: boolean;
  readonly previous?: Decision;
}

/** Decides an hour into the story unless said otherwise. */
export function deciding(story: Deciding) {
  const { answers = {}, now = 60, mode = 'promote', dryRun = false, previous = null } = story;
  const facts = factsOf({ ...story, apps: { 'qa-1': '', 'va-1': '', 'ie-1': '', ...story.apps } });
  const deliberations = steps(pipeline).map((step): Deliberation => {
    const difference = differenceOf(pipeline, step, facts, at(now));
    return { difference, answers: [...soaks(difference.candidate), ...(answers[step.to.name] ?? [])] };
  });
  return decide({
    pipeline: { ...pipeline, mode },
    facts,
    deliberations,
    now: at(now),
    dryRun,
    previous,
    nextOpening,
  });
}

/** What the check `soak` answers as long as it does not pass. */
function soaks(candidate: Candidate | null): readonly Verdict[] {
  if (candidate === null || candidate.soaked) return [];
  return [wait({ check: 'soak', about: 'source', reason: 'It soaks.', until: candidate.soakedAt })];
}

export function stepOf(story: Deciding, to: string): StepDecision {
  const step = deciding(story).decision.steps.find((one) => one.to === to);
  if (step === undefined) throw new Error(`There is no step to ${to}.`);
  return step;
}
