// One run of `promote`: observe -> settle -> evaluate -> decide -> claim -> act -> record.
//
// Stateless: everything is read anew, everything it leaves is a record. A run that is cut off anywhere is continued by
// the next one.

import { askAll } from '../checks/ask.ts';
import { nextOpening } from '../checks/opening.ts';
import type { Attempt, Ledger } from '../domain/attempt.ts';
import type { Candidate } from '../domain/candidate.ts';
import { type Deliberation, decide, outcomeOf, wordingOf } from '../domain/decide.ts';
import type { Decision } from '../domain/decision.ts';
import { type Choice, choiceOf, withCandidate } from '../domain/difference.ts';
import type { Facts } from '../domain/facts.ts';
import { type AppRef, type Pipeline, steps } from '../domain/pipeline.ts';
import { rollbacksSeen, rollbacksUndone } from '../domain/rollbacks.ts';
import { standingsOver, standingsSeen } from '../domain/standings.ts';
import type { PipelineDue } from '../events.ts';
import type { HerokuStatus, HerokuStatusReport } from '../heroku/port.ts';
import { UnreadRecord } from '../table/shapes.ts';
import { act } from './act.ts';
import { withAncestry } from './ancestry.ts';
import { choose } from './choose.ts';
import { withCommits } from './commits.ts';
import { lookAtDynos, parkedSources, readySources } from './dynos.ts';
import { leaveOpen, leaveView } from './leave-view.ts';
import { AnotherRun, isStored, takeLedger } from './ledger.ts';
import { observeApps } from './observe.ts';
import type { PromotionPorts } from './ports.ts';
import { settleOpen } from './settle-open.ts';
import { holdFor, stopTheLine } from './stop-the-line.ts';

export interface RunReport {
  readonly pipeline: string;
  /** `stopped`: another run was at work; `waiting`: nothing but an open promotion to look at, and it goes on. */
  readonly result: 'decided' | 'waiting' | 'stopped';
  readonly promoted: readonly Attempt[];
  readonly settled: readonly Attempt[];
  readonly decision: Decision | null;
}

/** @throws HerokuError when Heroku cannot be read: the next tick tries again. */
export async function runPromotion(due: PipelineDue, ports: PromotionPorts): Promise<RunReport> {
  try {
    return await run(due, ports);
  } catch (error) {
    if (error instanceof UnreadRecord) await holdFor(error, due.pipeline, ports);
    else if (!(error instanceof AnotherRun)) throw error;
    ports.log('info', `${due.pipeline.name}: this run stops. ${error.message}`);
    return { pipeline: due.pipeline.name, result: 'stopped', promoted: [], settled: [], decision: null };
  }
}

async function run(due: PipelineDue, ports: PromotionPorts): Promise<RunReport> {
  const { pipeline } = due;
  const { table, clock } = ports;
  const startedAt = clock.now();
  const rows = await table.pipelineRows(pipeline.id, pipeline.predecessors);
  // Stored before anything is looked at: nobody can then claim on what was seen before.
  const stored = await takeLedger(table, pipeline, rows, ports.newId(startedAt));

  // A run that has only a promotion to wait for asks that one first, and looks at the pipeline when it has ended.
  const onlyWaits = stored.open.length > 0 && due.reasons.every((reason) => reason === 'attempt');
  let now = startedAt;
  const observe = () => {
    now = clock.now();
    return observeApps(pipeline, due.apps, rows.histories, ports.heroku);
  };
  const before = onlyWaits ? null : await observe();
  const settling = await settleOpen(pipeline, stored, before?.apps ?? null, ports);
  if (onlyWaits && settling.closed.length === 0) {
    await leaveOpen(due, settling.ledger, table);
    return { pipeline: pipeline.name, result: 'waiting', promoted: [], settled: [], decision: null };
  }
  const { apps, changed } = before === null || settling.isNews ? await observe() : before;
  if (Object.keys(changed).length > 0) await table.writeHistories(pipeline.id, changed);
  const named = await withCommits(pipeline, apps, rows, settling.ledger, now, ports);
  const read = await withAncestry(pipeline, named, rows.ancestry, now, ports);
  const told = await withRollbacks(pipeline, read, now, ports);
  await recordStandings(pipeline, told, ports);
  const stray = settling.closed.flatMap((attempt) => strayOf(attempt, told));
  if (stray.length > 0) await stopTheLine(pipeline, stray.join(' '), ports);

  const { facts, deliberations, input, first } = await decideOn(pipeline, told, rows.decision, now, ports);

  let ledger = settling.ledger;
  const promoted: Attempt[] = [];
  for (const promotion of stray.length > 0 ? [] : first.promotions) {
    const acted = await act(pipeline, promotion, facts, ledger, now, ports);
    ledger = acted.ledger;
    promoted.push(acted.attempt);
    if (acted.mismatch !== null) await stopTheLine(pipeline, acted.mismatch, ports);
    if (acted.mismatch !== null || !acted.isAlone) break;
  }

  // What is recorded is how things stand now: a wave that was just given its artifact is no longer ready for it.
  const after = { ...facts, ledger };
  const left = refusedAfresh(pipeline, deliberations, promoted, after, now);
  const decision =
    promoted.length === 0 ? first.decision : decide({ ...input, deliberations: left, facts: after }).decision;
  await record(decision, rows.decision, ledger, ports);
  const differences = left.map(({ difference }) => difference);
  const lacking = left.flatMap((one) => one.lacking ?? []);
  await leaveView({ due, decision, differences, lacking, facts: after, startedAt }, table);
  return { pipeline: pipeline.name, result: 'decided', promoted, settled: settling.closed, decision };
}

/** Decides, and looks at the dynos of what a wave would be given from: what they tell is decided on again. */
async function decideOn(
  pipeline: Pipeline,
  told: Facts,
  previous: Decision | null,
  now: number,
  ports: PromotionPorts,
) {
  const { dryRun } = ports;
  const looked = new Set<string>();
  const look = (facts: Facts, apps: readonly AppRef[]): Promise<Facts> => {
    for (const { id } of apps) looked.add(id);
    return lookAtDynos(pipeline, apps, facts, now, ports);
  };
  let facts = await look(told, parkedSources(pipeline, told, now));
  for (;;) {
    const deliberations = await deliberate(pipeline, facts, now, ports);
    // By the time of the look: how long something stayed after that, the facts do not tell.
    const input = { pipeline, facts, deliberations, dryRun, previous, nextOpening, now };
    const first = decide(input);
    const sources = readySources(pipeline, first.decision).filter(({ id }) => !looked.has(id));
    const seen = await look(facts, sources);
    if (seen === facts) return { facts, deliberations, input, first };
    facts = seen;
  }
}

/** What people took back is recorded when it is first seen, and lifted when the same app was given it again. */
async function withRollbacks(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
  { table }: PromotionPorts,
): Promise<Facts> {
  const undone = rollbacksUndone(pipeline, facts);
  for (const rejection of undone) {
    const reason = `${rejection.app?.name ?? 'the app'} was given it again`;
    await table.liftRejection(rejection, { by: 'sluice', reason, at: now });
  }
  const seen = rollbacksSeen(pipeline, facts);
  for (const rejection of seen) await table.writeRejection(rejection);
  if (undone.length === 0 && seen.length === 0) return facts;
  const kept = (facts.rejections ?? []).filter((one) => !undone.includes(one));
  return { ...facts, rejections: [...kept, ...seen] };
}

/**
 * What people put on apps is recorded while the pasts tell it. Not by a run that another has overtaken: it may take for
 * somebody's doing what that one promoted.
 */
async function recordStandings(pipeline: Pipeline, facts: Facts, ports: PromotionPorts): Promise<void> {
  const { table, clock } = ports;
  const [seen, over] = [standingsSeen(pipeline, facts), standingsOver(pipeline, facts)];
  if (seen.length + over.length === 0 || !(await isStored(table, pipeline.id, facts.ledger))) return;
  for (const one of seen) await table.writeStanding(one, clock.now());
  for (const one of over) await table.retireStanding(one, clock.now());
}

/** Evaluates: of every step the candidate that moves, and every check about it, on the same facts. */
async function deliberate(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
  ports: PromotionPorts,
): Promise<readonly Deliberation[]> {
  const checkPorts = { ...ports.checks, status: readOnce(ports.checks.status) };
  const ask = async (choice: Choice, candidate: Candidate): Promise<Deliberation> => {
    const difference = withCandidate(choice, candidate, facts);
    const { step } = choice;
    const { targets } = difference;
    const answers = await askAll({
      question: { pipeline, step, candidate, targets, facts, now },
      configured: step.to.checks,
      ports: checkPorts,
      clock: ports.clock,
    });
    return { difference, answers };
  };
  return Promise.all(steps(pipeline).map((step) => choose(choiceOf(pipeline, step, facts, now), facts, ask)));
}

/** What Heroku has just refused stands in the way of its step from now on. */
function refusedAfresh(
  pipeline: Pipeline,
  deliberations: readonly Deliberation[],
  promoted: readonly Attempt[],
  facts: Facts,
  now: number,
): readonly Deliberation[] {
  return deliberations.map((one) => {
    const { step, candidate } = one.difference;
    const isRefused = promoted.some(({ to, state }) => to === step.to.name && state === 'rejected');
    if (!isRefused) return one;
    return { ...one, difference: withCandidate(choiceOf(pipeline, step, facts, now), candidate, facts) };
  });
}

/** The status page, read once for all the steps of a run. */
function readOnce(status: HerokuStatus): HerokuStatus {
  let report: Promise<HerokuStatusReport> | undefined;
  return {
    current: () => {
      report ??= status.current();
      return report;
    },
  };
}

/** Targets whose release from this attempt carries another artifact than the one that was checked (S3). */
function strayOf(attempt: Attempt, facts: Facts): readonly string[] {
  return attempt.targets.flatMap((target) => {
    const stay = facts.apps[target.app.id]?.history.stays.at(-1);
    const isStray =
      stay !== undefined && stay.releaseId === target.releaseId && stay.artifact !== attempt.artifact;
    return isStray
      ? [
          `${target.app.name} runs ${stay.artifact} from attempt ${attempt.id}, which promoted ${attempt.artifact}.`,
        ]
      : [];
  });
}

/**
 * Records a decision that says something new.
 * @throws AnotherRun when it was decided by a ledger that is no longer the stored one: of a run that stood still, say,
 * and took for somebody's doing what another run did meanwhile.
 */
async function record(
  decision: Decision,
  previous: Decision | null,
  ledger: Ledger,
  ports: PromotionPorts,
): Promise<void> {
  if (previous !== null && outcomeOf(previous) === outcomeOf(decision)) {
    // No news: people are shown why it is so by now, and that it was decided then.
    if (
      wordingOf(previous) !== wordingOf(decision) &&
      (await isStored(ports.table, decision.pipelineId, ledger))
    )
      await ports.table.rewordDecision({ ...decision, at: previous.at });
    return;
  }
  if (!(await isStored(ports.table, decision.pipelineId, ledger))) {
    throw new AnotherRun(`Another run has written the ledger of ${decision.pipelineId} meanwhile.`);
  }
  await ports.table.writeDecision(decision);
  await ports.bus.publish([{ type: 'DecisionChanged', decision }]);
}
