// No app is moved to an older artifact. Pure.

import { type Candidate, isOlder, lacks } from './candidate.ts';
import { type Facts, nameOf, running, runsCode } from './facts.ts';
import type { Step, Wave } from './pipeline.ts';
import { type Verdict, wait } from './verdict.ts';
import { listOf } from './words.ts';

/** Null where no app would be. `waves`: those before. */
export function orderOf(
  step: Step,
  facts: Facts,
  candidate: Candidate,
  waves: readonly Wave[],
): Verdict | null {
  const name = nameOf(facts, candidate.artifact);
  // What it runs is not enough to ask: something older may lie on top of something newer.
  const ahead = step.to.apps.filter(
    (app) => !runsCode(facts, app, candidate.artifact) && !lacks(facts, waves, app, candidate.artifact),
  );
  const [first] = ahead;
  if (first === undefined) return null;
  const doRun = ahead.every((app) => {
    const runs = running(facts, app)?.artifact;
    return runs !== undefined && isOlder(facts, waves, app, candidate.artifact, runs);
  });
  const [one, many] = doRun ? ['runs', 'run'] : ['has had', 'have had'];
  return wait({
    check: 'order',
    about: 'target',
    reason: `${listOf(ahead.map((app) => app.name))} ${ahead.length === 1 ? one : many} something newer than ${name}; no app is moved to an older artifact.`,
    unblock: `deploy something newer, or go back by hand: heroku rollback --app ${first.name}`,
    onEvent: true,
    evidence: { apps: ahead.map((app) => app.name) },
  });
}
