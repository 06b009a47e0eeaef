// The ledger's keeper: every write to the one contended item goes through here.

import { type Attempt, emptyLedger, type Ledger } from '../domain/attempt.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { rebuiltLedger } from '../domain/said.ts';
import type { PipelineRows, Table } from '../table/port.ts';

/** How often a write that only adds what is already true (a promotion's id, an outcome) is tried again. */
const TRIES_MAX = 5;

/** Another run wrote the ledger first: this one stops, without error. */
export class AnotherRun extends Error {
  override readonly name = 'AnotherRun';
}

/** What a ledger that is being told anew is until it is: of a run that is at it, or was cut off. */
const BLANK = 'blank ';

/** Whose ledger it is: records of the pipelines that had the name before tell it too. */
export type Whose = Pick<Pipeline, 'id' | 'predecessors'>;

const isGone = ({ writer, isUnread }: Ledger): boolean =>
  isUnread === true || writer?.startsWith(BLANK) === true;

/** The stored ledger, or, when it is gone, the one that attempts and words on record tell: to look at. */
export async function ledgerOf(
  table: Table,
  whose: Whose,
  { ledger }: Pick<PipelineRows, 'ledger'>,
): Promise<Ledger> {
  if (ledger !== null && !isGone(ledger)) return ledger;
  const { id, predecessors = [] } = whose;
  const attempts: Attempt[] = [];
  for (const one of [id, ...predecessors]) attempts.push(...(await table.attempts(one)));
  return rebuiltLedger(attempts, await table.words(id, predecessors));
}

/**
 * The stored ledger, to go on from. One that is gone is taken first, and told from the records only then: what others do
 * from there on is not lost on whoever stood still in between. `by`: of this run alone.
 * @throws AnotherRun when another run takes it.
 */
export async function takeLedger(
  table: Table,
  whose: Whose,
  { ledger }: Pick<PipelineRows, 'ledger'>,
  by: string,
): Promise<Ledger> {
  if (ledger !== null && !isGone(ledger)) return ledger;
  const before = { ...emptyLedger, revision: ledger?.revision ?? 0, writer: ledger?.writer ?? null };
  const blank = await writeNext(table, whose.id, before, `${BLANK}${by}`);
  const told = await ledgerOf(table, whose, { ledger: null });
  const { revision, writer } = blank;
  return writeNext(table, whose.id, { ...told, revision, writer }, `rebuild ${by}`);
}

/** True when this is still the stored ledger. */
export async function isStored(table: Table, pipelineId: string, ledger: Ledger): Promise<boolean> {
  return (await table.ledger(pipelineId))?.writer === ledger.writer;
}

/**
 * Writes the ledger as the successor of the one that was read.
 * @throws AnotherRun when that is no longer the stored one.
 */
export async function writeNext(
  table: Table,
  pipelineId: string,
  ledger: Ledger,
  writer: string,
): Promise<Ledger> {
  const next = { ...ledger, revision: ledger.revision + 1, writer };
  const won = await table.writeLedger(pipelineId, next, ledger.writer);
  if (won === 'lost') throw new AnotherRun(`Another run has written the ledger of ${pipelineId}.`);
  return next;
}

export interface Amended {
  readonly ledger: Ledger;
  /**
   * False when somebody else has written since what was read, a hold perhaps: that is old then, and nothing may be decided
   * on it any more.
   */
  readonly isAlone: boolean;
}

/**
 * Applies a change to whatever ledger is stored by now: for facts about the world that hold whoever writes them. `read`:
 * the one to begin with, null when none is stored.
 * @throws AnotherRun after TRIES_MAX lost writes.
 */
export async function amend(
  table: Table,
  whose: Whose,
  read: Ledger | null,
  change: (ledger: Ledger) => Ledger,
  writer: string,
): Promise<Amended> {
  let stored = read;
  for (let tries = 1; ; tries++) {
    try {
      const ledger = await takeLedger(table, whose, { ledger: stored }, `${writer} ${tries}`);
      const next = await writeNext(table, whose.id, change(ledger), writer);
      return { ledger: next, isAlone: ledger === read };
    } catch (error) {
      if (!(error instanceof AnotherRun) || tries === TRIES_MAX) throw error;
      stored = await table.ledger(whose.id);
    }
  }
}

/**
 * Writes the ledger anew, unchanged: whoever read it before loses the next write. One that is gone stays so, for the next
 * run to tell anew.
 * @throws AnotherRun after TRIES_MAX lost writes.
 */
export async function moveOn(table: Table, pipelineId: string, writer: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const stored = await table.ledger(pipelineId);
    const by = stored === null || isGone(stored) ? `${BLANK}${writer}` : writer;
    try {
      await writeNext(table, pipelineId, stored ?? emptyLedger, by);
      return;
    } catch (error) {
      if (!(error instanceof AnotherRun) || tries === TRIES_MAX) throw error;
    }
  }
}
