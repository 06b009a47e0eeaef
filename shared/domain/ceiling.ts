// On what terms the ceiling holds that soaks put on how long a change is kept. Pure.

import { countingOf, type Pipeline, steps } from './pipeline.ts';

/** How many candidates of a step are asked about at a time, newest first, until one passes. */
export const ASKED_AT_A_TIME: readonly number[] = [1, 4, 5, 5, 5, 5];

/** So many candidates are asked about in a run, and a history tells of more deployments than these. */
const DEPLOYMENTS_MAX = ASKED_AT_A_TIME.reduce((sum, count) => sum + count, 0);

/** What the time that soaks alone can keep a change (`soakCeilingMs`) does not tell. */
export interface CeilingTerms {
  /** The names of the checks that add what they take, each once. */
  readonly plus: readonly string[];
  /** The ceiling is true while fewer deployments than these come to the head in that time; null: however many come. */
  readonly deploymentsBelow: number | null;
}

export function ceilingTermsOf(pipeline: Pipeline): CeilingTerms {
  const all = steps(pipeline);
  const plus = [...new Set(all.flatMap(({ to }) => to.checks.map(({ name }) => name)))];
  const countsInside = all.some((step) => step.to.soakMs > 0 && countingOf(step) === 'descendants');
  const isCounted = countsInside || plus.length > 0;
  return { plus, deploymentsBelow: isCounted ? DEPLOYMENTS_MAX : null };
}
