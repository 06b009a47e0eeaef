// Pipelines and waves by the names people type, for the command and for the function `api`.

import { nearest } from '../config/problem.ts';
import type { Decision } from '../domain/decision.ts';
import type { Account } from '../explain/account.ts';
import { problemsAbout } from '../explain/told.ts';
import { ledgerOf, type Whose } from '../promotion/ledger.ts';
import type { NameRecord, PipelineRows, PipelineView, Table, TickRecord } from '../table/port.ts';
import { UnreadRecord } from '../table/shapes.ts';
import { OperationRefused } from './refused.ts';

/** What is known of one pipeline now. */
export async function readAccount(
  table: Table,
  view: Pick<PipelineView, 'pipelineId' | 'name' | 'predecessors'>,
  now: number,
): Promise<Account> {
  const { pipelineId, name, predecessors = [] } = view;
  const rows = await table.pipelineRows(pipelineId, predecessors);
  const open = await openOf(table, { id: pipelineId, predecessors }, rows);
  const { decision, holds, rejections, commits } = rows;
  const gone = heldBy(decision).filter((id) => holds.every((hold) => hold.id !== id));
  const ended = gone.length === 0 ? [] : (await table.ended(pipelineId, predecessors)).holds;
  const lifted = ended.filter(({ id }) => gone.includes(id));
  return { pipelineId, name, predecessors, decision, open, holds, lifted, rejections, commits, now };
}

/** With a record that cannot be read nothing is known to be open: the hold of that record says so. */
async function openOf(table: Table, whose: Whose, rows: PipelineRows): Promise<Account['open']> {
  try {
    return (await ledgerOf(table, whose, rows)).open;
  } catch (error) {
    if (error instanceof UnreadRecord) return [];
    throw error;
  }
}

/** The ids of the holds that the decision rests on. */
function heldBy(decision: Decision | null): readonly string[] {
  return (decision?.steps ?? []).flatMap(({ verdicts }) =>
    verdicts.flatMap(({ check, evidence }) =>
      check === 'hold' && Array.isArray(evidence['holds']) ? (evidence['holds'] as string[]) : [],
    ),
  );
}

/**
 * The pipelines in the order of their names, or the one that is asked for, by name or id.
 * @throws OperationRefused for an unknown one.
 */
export async function findPipelines(table: Table, asked?: string): Promise<readonly PipelineView[]> {
  if (asked !== undefined) return [await findPipeline(table, asked)];
  const { views } = await readFleet(table);
  return [...views].sort((a, b) => a.name.localeCompare(b.name));
}

/** The one that is asked for, by name or id. @throws OperationRefused for an unknown one. */
export async function findPipeline(table: Table, asked: string): Promise<PipelineView> {
  const fleet = await readFleet(table);
  return find(fleet.views, asked) ?? (await onRecord(table, asked)) ?? notThere(fleet, asked);
}

/**
 * One that no tick looks at, since another Heroku pipeline is behind its name, or that no run has finished with since the
 * caches were deleted: what its name means is on record.
 */
async function onRecord(table: Table, asked: string): Promise<PipelineView | undefined> {
  const isIt = ({ name, pipelineId }: NameRecord): boolean => name === asked || pipelineId === asked;
  const found = (await table.names()).find((one) => one.unread === undefined && isIt(one));
  if (found === undefined) return undefined;
  const { name, pipelineId, predecessors, stranger, since } = found;
  const seenAt = stranger === undefined ? 0 : since;
  return {
    ...{ pipelineId, name, predecessors, openAttempts: 0, seenAt, releasedAt: {}, concerns: [] },
    ...{ configDigest: '', wakeAt: null, wokenAt: null, behindSince: null, unknownSince: null },
  };
}

interface Fleet {
  readonly views: readonly PipelineView[];
  readonly tick: TickRecord | null;
}

/** Without the pipelines whose name means another one by now. */
async function readFleet(table: Table): Promise<Fleet> {
  const { views, tick } = await table.fleet();
  const gone = new Set(views.flatMap(({ predecessors }) => predecessors ?? []));
  return { views: views.filter(({ pipelineId }) => !gone.has(pipelineId)), tick };
}

function find(views: readonly PipelineView[], asked: string): PipelineView | undefined {
  return views.find((view) => view.name === asked) ?? views.find((view) => view.pipelineId === asked);
}

function notThere({ views, tick }: Fleet, asked: string): never {
  // It may be configured all the same, and no tick can make anything of it.
  const told = problemsAbout(tick, [asked]).filter((problem) => !/^\S*\bdefaults\S*: /.test(problem));
  if (told.length > 0) {
    throw new OperationRefused('not-found', `Pipeline ${asked} is skipped. ${told.join('\n')}`);
  }
  const names = views.map((view) => view.name).sort();
  throw new OperationRefused(
    'not-found',
    names.length === 0
      ? `Pipeline ${asked}: found no pipelines at all. No tick has looked at any yet; how the last one went: sluice status`
      : notFound('Pipeline', asked, names),
  );
}

/** The decision about the pipeline, in which the wave is known to be. @throws OperationRefused for an unknown wave. */
export function checkWave(account: Account, wave: string): Decision {
  const { decision, name } = account;
  if (decision === null) {
    throw new OperationRefused(
      'not-found',
      `Wave ${wave} of ${name}: no run has looked at ${name} yet, so its waves are not known. Leave out the wave, or wait a tick.`,
    );
  }
  const names = decision.waves.map((one) => one.name);
  if (!names.includes(wave)) {
    throw new OperationRefused('not-found', notFound(`Wave`, wave, names, ` of ${name}`));
  }
  return decision;
}

/** @throws OperationRefused for a wave that is unknown, or that a hold would not stop. */
export function checkHoldable(account: Account, wave: string): void {
  const [head, second] = checkWave(account, wave).waves;
  if (head?.name !== wave) return;
  const { name } = account;
  const next =
    second === undefined
      ? ''
      : ` To stop what leaves it: sluice hold ${name} --wave ${second.name} --reason "…"`;
  throw new OperationRefused(
    'senseless',
    `Wave ${wave} of ${name} is the first: Heroku deploys to it, and a hold would stop nothing.${next}`,
  );
}

function notFound(kind: string, asked: string, known: readonly string[], of = ''): string {
  const near = nearest(asked, known);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `${kind} ${JSON.stringify(asked)}${of}: not found, expected one of ${known.join(', ')}.${hint}`;
}
