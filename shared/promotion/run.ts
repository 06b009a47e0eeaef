// One run of `promote`: observe -> settle -> evaluate -> decide -> claim -> act -> record.
//
// Stateless: everything is read anew, everything it leaves is a record. A run that is cut off anywhere is continued by
// the next one.

import { askAll } from '../checks/ask.ts';
import type { ArtifactKey } from '../domain/artifact.ts';
import type { Attempt, Ledger } from '../domain/attempt.ts';
import { type Deliberation, decide, outcomeOf } from '../domain/decide.ts';
import type { Decision } from '../domain/decision.ts';
import { type Difference, differenceOf } from '../domain/difference.ts';
import { type Facts, running } from '../domain/facts.ts';
import { type AppRef, type Pipeline, steps } from '../domain/pipeline.ts';
import type { PipelineDue } from '../events.ts';
import type { HerokuStatus, HerokuStatusReport } from '../heroku/port.ts';
import type { PipelineRows } from '../table/port.ts';
import { act } from './act.ts';
import { leaveOpen, leaveView } from './leave-view.ts';
import { AnotherRun, isStored, takeLedger } from './ledger.ts';
import { observeApps, readCommits } from './observe.ts';
import type { PromotionPorts } from './ports.ts';
import { withPredecessors } from './predecessors.ts';
import { settleOpen } from './settle-open.ts';

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
    if (!(error instanceof AnotherRun)) throw error;
    ports.log('info', `${due.pipeline.name}: this run stops. ${error.message}`);
    return { pipeline: due.pipeline.name, result: 'stopped', promoted: [], settled: [], decision: null };
  }
}

async function run(due: PipelineDue, ports: PromotionPorts): Promise<RunReport> {
  const { pipeline } = due;
  const { table, clock } = ports;
  const startedAt = clock.now();
  const rows = await withPredecessors(await table.pipelineRows(pipeline.id), due, table);
  // Stored before anything is looked at: nobody can then claim on what was seen before.
  const stored = await takeLedger(table, pipeline.id, rows, ports.newId(startedAt));

  // A run that has only a promotion to wait for asks that one first, and looks at the pipeline when it has ended.
  const onlyWaits = stored.open.length > 0 && due.reasons.every((reason) => reason === 'attempt');
  let now = startedAt;
  const observe = () => {
    now = clock.now();
    return observeApps(pipeline, due.apps, rows.histories, ports.heroku);
  };
  const before = onlyWaits ? null : await observe();
  const settling = await settleOpen(pipeline.id, stored, before?.apps ?? null, ports);
  if (onlyWaits && settling.closed.length === 0) {
    await leaveOpen(due, settling.ledger, table);
    return { pipeline: pipeline.name, result: 'waiting', promoted: [], settled: [], decision: null };
  }
  const { apps, changed } = before === null || settling.isNews ? await observe() : before;
  if (Object.keys(changed).length > 0) await table.writeHistories(pipeline.id, changed);
  const facts = await withCommits(pipeline, apps, rows, settling.ledger, ports);
  if (JSON.stringify(facts.commits) !== JSON.stringify(rows.commits)) {
    await table.writeCommits(pipeline.id, facts.commits);
  }
  const stray = settling.closed.flatMap((attempt) => strayOf(attempt, facts));
  if (stray.length > 0) await stopTheLine(pipeline, stray.join(' '), ports);

  const deliberations = await deliberate(pipeline, facts, now, ports);
  const input = { pipeline, facts, deliberations, dryRun: ports.dryRun, previous: rows.decision };
  // By the time of the look: how long something stayed after that, the facts do not tell.
  const first = decide({ ...input, now });

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
  const decision =
    promoted.length === 0 ? first.decision : decide({ ...input, facts: { ...facts, ledger }, now }).decision;
  await record(decision, rows.decision, ledger, ports);
  const differences = deliberations.map(({ difference }) => difference);
  await leaveView({ due, decision, differences, facts: { ...facts, ledger }, startedAt }, table);
  return { pipeline: pipeline.name, result: 'decided', promoted, settled: settling.closed, decision };
}

async function withCommits(
  pipeline: Pipeline,
  apps: Facts['apps'],
  rows: PipelineRows,
  ledger: Ledger,
  ports: PromotionPorts,
): Promise<Facts> {
  const facts: Facts = { apps, ledger, holds: rows.holds, commits: {} };
  const wanted = artifactsInPlay(pipeline, facts, ports.clock.now());
  return { ...facts, commits: await readCommits(wanted, rows.commits, ports.heroku) };
}

/** What runs anywhere and what could move, each with an app that runs or ran it. */
function artifactsInPlay(pipeline: Pipeline, facts: Facts, now: number): ReadonlyMap<ArtifactKey, AppRef> {
  const found = new Map<ArtifactKey, AppRef>();
  for (const app of pipeline.waves.flatMap((wave) => wave.apps)) {
    const stay = running(facts, app);
    if (stay !== undefined && !found.has(stay.artifact)) found.set(stay.artifact, app);
  }
  for (const { candidate } of differencesOf(pipeline, facts, now)) {
    if (candidate !== null && !found.has(candidate.artifact)) found.set(candidate.artifact, candidate.source);
  }
  return found;
}

function differencesOf(pipeline: Pipeline, facts: Facts, now: number): readonly Difference[] {
  return steps(pipeline).map((step) => differenceOf(pipeline, step, facts, now));
}

/** Evaluates: every check of every step that differs, on the same facts. */
async function deliberate(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
  ports: PromotionPorts,
): Promise<readonly Deliberation[]> {
  const checkPorts = { ...ports.checks, status: readOnce(ports.checks.status) };
  return Promise.all(
    differencesOf(pipeline, facts, now).map(async (difference): Promise<Deliberation> => {
      const { step, candidate, targets } = difference;
      if (candidate === null) return { difference, answers: [] };
      const answers = await askAll({
        question: { pipeline, step, candidate, targets, facts, now },
        configured: step.to.checks,
        ports: checkPorts,
        clock: ports.clock,
      });
      return { difference, answers };
    }),
  );
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

/** Something that must never happen did: the whole pipeline is held until a person has looked. */
async function stopTheLine(pipeline: Pipeline, message: string, ports: PromotionPorts): Promise<void> {
  const now = ports.clock.now();
  ports.log('error', `${pipeline.name}: ${message}`);
  await ports.table.writeHold({
    id: ports.newId(now),
    pipelineId: pipeline.id,
    wave: null,
    reason: message,
    owner: 'sluice',
    placedAt: now,
    expiresAt: null,
    liftedAt: null,
    liftedBy: null,
  });
  await ports.bus.publish([{ type: 'SafetyAlarm', pipeline: pipeline.name, message }]);
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
  if (previous !== null && outcomeOf(previous) === outcomeOf(decision)) return;
  if (!(await isStored(ports.table, decision.pipelineId, ledger))) {
    throw new AnotherRun(`Another run has written the ledger of ${decision.pipelineId} meanwhile.`);
  }
  await ports.table.writeDecision(decision);
  await ports.bus.publish([{ type: 'DecisionChanged', decision }]);
}
