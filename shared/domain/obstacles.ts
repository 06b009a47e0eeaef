// What stands in the way of a candidate by the facts alone, before any check is asked. Pure.

import type { ArtifactKey } from './artifact.ts';
import { type Attempt, appLedger, failuresIn, isOf, ownBrought } from './attempt.ts';
import { type Candidate, isOfferable } from './candidate.ts';
import {
  codeOf,
  type Facts,
  factsOf,
  isRejected,
  isUnderWay,
  nameOf,
  openOn,
  pastOn,
  running,
  uncomparedOn,
} from './facts.ts';
import { orderOf } from './order.ts';
import { type Code, codeBy, fullCommit, hasTakenBack, isTakenBackTo } from './past.ts';
import type { AppRef, Pipeline, Step, Wave } from './pipeline.ts';
import { type Codeless, mayHaveForgotten, type Stay } from './stays.ts';
import { unknownsOf } from './unknowns.ts';
import { fail, type Verdict, wait } from './verdict.ts';
import { instant, listOf } from './words.ts';

export interface HumanAct {
  readonly app: AppRef;
  /** What it runs because of it. */
  readonly stay: Pick<Stay, 'artifact' | 'releaseId' | 'startAt'>;
  readonly what: string;
  /** They went back to what the pipeline had given the app: that is told of what was taken back, not of what comes later. */
  readonly isRollback?: true;
}

/** `at 2026-11-21 10:32Z by ops@example.com`. */
function whenAndWho(stay: Pick<Stay, 'startAt' | 'userEmail'>): string {
  return `at ${instant(stay.startAt)}${stay.userEmail === null ? '' : ` by ${stay.userEmail}`}`;
}

/** What people did on the step's target apps that a promotion would undo (S5). */
export function humanActs(pipeline: Pipeline, step: Step, facts: Facts): readonly HumanAct[] {
  return step.to.apps.flatMap((app) => {
    const codeless = uncomparedOn(facts, app);
    if (codeless !== null) return released(facts, app, codeless);
    const stay = running(facts, app);
    if (stay === undefined || isUnderWay(facts, app, stay.artifact)) return [];
    const { tried } = appLedger(facts.ledger, app.id);
    const brought = ownBrought(facts.ledger, app.id);
    const last = brought.at(-1);
    if (stay.artifact === last?.artifact || stay.artifact === tried) return [];
    // Something else may have settled since: this very stay was brought, or somebody has let it count.
    if (brought.some((one) => isOf(one, stay))) return [];
    const name = nameOf(facts, stay.artifact);
    const upstream = pipeline.waves.slice(0, step.index).flatMap((wave) => wave.apps);
    const code = codeOf(facts, stay.artifact);
    const isKnown = upstream.some((source) => pastOn(facts, source).rank.has(code));
    const { stays } = factsOf(facts, app).history;
    if (isTakenBackTo(pastOn(facts, app), stays)) {
      const what = `${app.name} was rolled back to ${name} ${whenAndWho(stay)}`;
      // What a person had put there, and nobody has let count since, stands again.
      const isOurs = brought.some(({ artifact }) => codeOf(facts, artifact) === code);
      const hasStood = hasStoodOn(facts, app, stay.artifact);
      const isBack = isOurs || (hasTakenBack(pastOn(facts, app), stays) && !hasStood);
      const isRollback = isBack && isOwn(facts, app, upstream, stay);
      return [{ app, stay, what, ...(isRollback && { isRollback }) }];
    }
    const straight = { app, stay, what: `${name} was released straight to ${app.name} ${whenAndWho(stay)}` };
    if (last !== undefined) {
      const byHand = { app, stay, what: `${name} was promoted by hand to ${app.name} ${whenAndWho(stay)}` };
      return [isKnown ? byHand : straight];
    }
    // Sluice never promoted to this app: what it found there is where it starts from, unless no wave before has run it
    // and would be known to have.
    return isKnown || isForgotten(facts, app, upstream, stay) ? [] : [straight];
  });
}

/** True when a person was seen to put the code there, by whichever build of it. */
function hasStoodOn(facts: Facts, { id }: AppRef, artifact: ArtifactKey): boolean {
  const code = codeOf(facts, artifact);
  return (facts.standings ?? []).some((one) => one.appId === id && codeOf(facts, one.artifact) === code);
}

/** True when a wave before may have run it and no longer tells; not of what was seen to be put there by a person. */
function isForgotten(facts: Facts, app: AppRef, upstream: readonly AppRef[], stay: Stay): boolean {
  if (hasStoodOn(facts, app, stay.artifact)) return false;
  return upstream.some((source) => mayHaveForgotten(factsOf(facts, source).history, stay));
}

/** True when the pipeline has given the app something, and what it went back to is no hotfix that had been put there. */
function isOwn(facts: Facts, app: AppRef, upstream: readonly AppRef[], stay: Stay): boolean {
  const code = codeOf(facts, stay.artifact);
  const { stays } = factsOf(facts, app).history;
  const first = stays.find(({ artifact }) => codeOf(facts, artifact) === code) ?? stay;
  const brought = ownBrought(facts.ledger, app.id);
  if (brought.length === 0) return false;
  return (
    brought.some(({ artifact }) => codeOf(facts, artifact) === code) ||
    upstream.some((source) => pastOn(facts, source).rank.has(code)) ||
    (first !== stay && isForgotten(facts, app, upstream, first))
  );
}

/**
 * True when the candidate was merged after the rollback: that says of what it took back that it goes no further, and
 * nothing of what comes later. What ran anywhere before it, or was in its release phase, the person may have meant as well.
 */
function isPassedBy(facts: Facts, { isRollback, stay }: HumanAct, { artifact }: Candidate): boolean {
  const isNamed = fullCommit(facts.commits[artifact]) !== null;
  return isRollback === true && isNamed && firstMadeAt(facts, codeOf(facts, artifact)) > stay.startAt;
}

/** When the first release of the code was made on any app, epoch ms. */
function firstMadeAt(facts: Facts, code: Code): number {
  const its = Object.values(facts.apps).flatMap(({ history }) =>
    history.stays.filter(({ artifact }) => codeOf(facts, artifact) === code),
  );
  return Math.min(...its.map(({ madeAt, startAt }) => madeAt ?? startAt));
}

/** Code that cannot be compared stands until a person lets it count: Sluice never brought it. */
function released(facts: Facts, app: AppRef, codeless: Codeless): readonly HumanAct[] {
  const { releaseId, version, startAt } = codeless;
  if (ownBrought(facts.ledger, app.id).some((one) => one.releaseId === releaseId)) return [];
  const what = `${app.name} was released v${version}, which has no slug to compare (a container image?), ${whenAndWho(codeless)}`;
  return [{ app, stay: { artifact: `codeless:${releaseId}`, releaseId, startAt }, what }];
}

/** Apps of a wave that run something the pipeline did not bring there: it goes no further by itself. */
export function strangersOn(wave: Wave, upstream: Wave | undefined, facts: Facts): readonly HumanAct[] {
  return wave.apps.flatMap((app) => {
    const stay = running(facts, app);
    if (stay === undefined || isOfferable(facts, upstream, app, stay)) return [];
    return [
      { app, stay, what: `${nameOf(facts, stay.artifact)} was put on ${app.name} ${whenAndWho(stay)}` },
    ];
  });
}

export function failuresOf(facts: Facts, targets: readonly AppRef[], candidate: Candidate) {
  return targets.flatMap((app) => {
    const failed = failuresIn(appLedger(facts.ledger, app.id)).find(({ artifact, commit }) => {
      const commits = commit === undefined ? facts.commits : { [artifact]: commit };
      return codeBy(commits, artifact) === codeOf(facts, candidate.artifact);
    });
    return failed === undefined ? [] : [{ app, ...failed }];
  });
}

export interface Situation {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly facts: Facts;
  readonly candidate: Candidate;
  readonly acts: readonly HumanAct[];
  readonly failures: ReturnType<typeof failuresOf>;
  /** Where somebody put the candidate by hand. */
  readonly given: readonly HumanAct[];
}

export function obstaclesOf(situation: Situation): readonly Verdict[] {
  const { pipeline, step, facts, candidate, acts, failures, given } = situation;
  const obstacles: Verdict[] = [];
  const verb = (name: string, wave: string) => `sluice ${name} ${pipeline.name} --wave ${wave} --reason "…"`;
  const accept = verb('accept', step.to.name);
  const name = nameOf(facts, candidate.artifact);
  const waves = pipeline.waves.slice(0, step.index);

  const arriving = openOn(facts, step.from);
  if (arriving?.artifact === candidate.artifact) obstacles.push(underWay(facts, arriving));
  const open = openOn(facts, step.to);
  if (open !== undefined) obstacles.push(underWay(facts, open));

  const undone = acts.filter(
    (act) => act.stay.artifact !== candidate.artifact && !isPassedBy(facts, act, candidate),
  );
  const older = orderOf(step, facts, candidate, waves);
  const forbidden = older === null ? rejectedWords(facts, candidate) : `${name} is still too old to go there`;
  const then =
    forbidden === null
      ? `${name} goes there next then${alsoGoesOn(pipeline, step, 'what was there ')}`
      : `it counts then${alsoGoesOn(pipeline, step)}; ${forbidden}`;
  if (undone.length > 0) obstacles.push(stands(undone, accept, then));
  if (given.length > 0) {
    const onwards =
      forbidden === null ? `, and goes on to ${wavesFrom(pipeline, step.index)}` : `; ${forbidden}`;
    obstacles.push(
      stands(
        given,
        verb('accept', step.from.name),
        `${name} counts as brought by the pipeline then${onwards}`,
      ),
    );
  }

  const [failed] = failures;
  if (failed !== undefined) {
    obstacles.push(
      fail({
        check: 'attempt',
        about: 'artifact',
        reason: `${listOf(failures.map((f) => f.app.name))} failed to take ${name} at ${instant(Math.max(...failures.map((f) => f.at)))}: ${failed.message}`,
        since: Math.min(...failures.map((f) => f.at)),
        unblock: `${verb('retry', step.to.name)}   (${forbidden ?? `tries ${name} again`}; a newer artifact goes ahead by itself)`,
        onEvent: true,
        evidence: { attempts: [...new Set(failures.map((f) => f.attemptId))] },
      }),
    );
  }

  if (older !== null) obstacles.push(older);
  return [...obstacles, ...unknownsOf(pipeline, step, facts)];
}

/** What a promise must not pass over: who lets go of one thing has not let go of a rejection. */
function rejectedWords(facts: Facts, { artifact }: Candidate): string | null {
  return isRejected(facts, artifact)
    ? `${nameOf(facts, artifact)} stays rejected and does not go there`
    : null;
}

/** What is accepted on a wave counts as brought there: the waves after it may be given that. */
function alsoGoesOn(pipeline: Pipeline, { index }: Step, what = ''): string {
  return pipeline.waves.length === index + 1
    ? ''
    : `, and ${what}may go on to ${wavesFrom(pipeline, index + 1)}`;
}

function wavesFrom({ waves }: Pipeline, index: number): string {
  return listOf(waves.slice(index).map(({ name }) => name));
}

function stands(acts: readonly HumanAct[], command: string, then: string): Verdict {
  const orMerged = acts.every(({ isRollback }) => isRollback) ? ', or something newer is merged' : '';
  return wait({
    check: 'stands',
    about: 'target',
    reason: `${listOf(acts.map((act) => act.what))}; what a person did stands until somebody lets go${orMerged}.`,
    since: Math.min(...acts.map((act) => act.stay.startAt)),
    unblock: `${command}   (${then})`,
    onEvent: true,
    evidence: { apps: acts.map((act) => act.app.name) },
  });
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
