// What stands in the way of a candidate by the facts alone, before any check is asked. Pure.

import { type Attempt, appLedger, lastBrought } from './attempt.ts';
import { type Candidate, isOlder } from './candidate.ts';
import { type Facts, factsOf, isUnderWay, nameOf, openOn, running } from './facts.ts';
import type { AppRef, Pipeline, Step } from './pipeline.ts';
import { firstIndex, isRolledBack, type Stay } from './stays.ts';
import { fail, unknown, type Verdict, wait } from './verdict.ts';
import { instant, listOf } from './words.ts';

export interface HumanAct {
  readonly app: AppRef;
  readonly stay: Stay;
  readonly what: string;
}

/** What people did on the step's target apps that a promotion would undo (S5). */
export function humanActs(
  pipeline: Pipeline,
  step: Step,
  facts: Facts,
  candidate: Candidate,
): readonly HumanAct[] {
  return step.to.apps.flatMap((app) => {
    const stay = running(facts, app);
    if (stay === undefined || stay.artifact === candidate.artifact || isUnderWay(facts, app, stay.artifact))
      return [];
    const { history } = factsOf(facts, app);
    const last = lastBrought(facts.ledger, app.id);
    const name = nameOf(facts, stay.artifact);
    const who = stay.userEmail === null ? '' : ` by ${stay.userEmail}`;
    const when = `at ${instant(stay.startAt)}${who}`;
    const isKnown = pipeline.waves
      .slice(0, step.index)
      .some((wave) => wave.apps.some((a) => firstIndex(factsOf(facts, a).history, stay.artifact) >= 0));
    const rolledBack = isRolledBack(history) ? `${app.name} was rolled back to ${name} ${when}` : null;
    if (last !== undefined) {
      if (stay.artifact === last.artifact) return [];
      const moved = isKnown ? 'promoted by hand to' : 'released straight to';
      return [{ app, stay, what: rolledBack ?? `${name} was ${moved} ${app.name} ${when}` }];
    }
    if (rolledBack !== null) return [{ app, stay, what: rolledBack }];
    // Sluice never promoted to this app: what it found there is where it starts from, unless it is a hotfix that came
    // after the candidate did.
    const since = Math.min(...candidate.stays.map((entry) => entry.stay.startAt));
    const isHotfix = !isKnown && stay.startAt > since;
    return isHotfix ? [{ app, stay, what: `${name} was released straight to ${app.name} ${when}` }] : [];
  });
}

export function failuresOf(facts: Facts, targets: readonly AppRef[], candidate: Candidate) {
  return targets.flatMap((app) => {
    const { failed } = appLedger(facts.ledger, app.id);
    return failed?.artifact === candidate.artifact ? [{ app, ...failed }] : [];
  });
}

export function obstaclesOf(
  pipeline: Pipeline,
  step: Step,
  facts: Facts,
  candidate: Candidate,
  acts: readonly HumanAct[],
  failures: ReturnType<typeof failuresOf>,
): readonly Verdict[] {
  const obstacles: Verdict[] = [];
  const resume = `sluice resume ${pipeline.name} --wave ${step.to.name} --reason "…"`;
  const name = nameOf(facts, candidate.artifact);
  const waves = pipeline.waves.slice(0, step.index);

  const arriving = openOn(facts, step.from);
  if (arriving?.artifact === candidate.artifact) obstacles.push(underWay(facts, arriving));
  const open = openOn(facts, step.to);
  if (open !== undefined) obstacles.push(underWay(facts, open));

  if (acts.length > 0) {
    obstacles.push(
      wait({
        check: 'stands',
        about: 'target',
        reason: `${listOf(acts.map((act) => act.what))}; the pipeline did not bring it, so it stands until a person lets go.`,
        since: Math.min(...acts.map((act) => act.stay.startAt)),
        unblock: resume,
        onEvent: true,
        evidence: { apps: acts.map((act) => act.app.name) },
      }),
    );
  }

  if (failures.length > 0) {
    obstacles.push(
      fail({
        check: 'attempt',
        about: 'artifact',
        reason: `${listOf(failures.map((f) => f.app.name))} failed to take ${name} at ${instant(Math.max(...failures.map((f) => f.at)))}: ${failures[0]?.message ?? ''}`,
        since: Math.min(...failures.map((f) => f.at)),
        unblock: `${resume}   (tries ${name} again; a newer artifact goes ahead by itself)`,
        onEvent: true,
        evidence: { attempts: [...new Set(failures.map((f) => f.attemptId))] },
      }),
    );
  }

  const ahead = step.to.apps.filter((app) => {
    const runs = running(facts, app)?.artifact;
    return (
      runs !== undefined &&
      runs !== candidate.artifact &&
      isOlder(facts, waves, app, candidate.artifact, runs)
    );
  });
  if (ahead.length > 0) {
    obstacles.push(
      wait({
        check: 'order',
        about: 'target',
        reason: `${listOf(ahead.map((app) => app.name))} runs something newer than ${name}; no app is moved to an older artifact.`,
        unblock: `deploy something newer, or go back by hand: heroku rollback --app ${ahead[0]?.name}`,
        onEvent: true,
        evidence: { apps: ahead.map((app) => app.name) },
      }),
    );
  }

  const unreadable = [...step.from.apps, ...step.to.apps].filter(
    (app) => factsOf(facts, app).unreadable !== null,
  );
  if (unreadable.length > 0) {
    obstacles.push(
      unknown({
        check: 'facts',
        about: 'world',
        reason: `What ${listOf(unreadable.map((app) => app.name))} runs could not be read: ${factsOf(facts, unreadable[0] as AppRef).unreadable}`,
        evidence: { apps: unreadable.map((app) => app.name) },
      }),
    );
  }
  return obstacles;
}

function underWay(facts: Facts, attempt: Attempt): Verdict {
  return wait({
    check: 'attempt',
    about: 'target',
    reason: `${nameOf(facts, attempt.artifact)} has been on its way to ${attempt.to} since ${instant(attempt.claimedAt)}. ${attempt.outcome}`,
    since: attempt.claimedAt,
    evidence: { attempt: attempt.id, promotion: attempt.promotionId },
  });
}
