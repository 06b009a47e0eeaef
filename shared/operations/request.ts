// What every change that a person makes has in common. Each change moves the ledger on, so that a run which read the table
// before it loses its claim: a hold stops even the promotion that is about to be made.

import type { Clock } from '../clock.ts';
import type { Account } from '../explain/account.ts';
import { moveOn, type Whose } from '../promotion/ledger.ts';
import type { Lift, Table } from '../table/port.ts';

export interface OperationPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly newId: (at: number) => string;
}

/** Who asks, and why. */
export interface Asker {
  readonly actor: string;
  readonly reason: string;
}

/** The same about all of a pipeline (null), or one wave of it. */
export interface ScopedAsker extends Asker {
  readonly wave: string | null;
}

export function liftBy({ actor, reason }: Asker, at: number): Lift {
  return { by: actor, reason, at };
}

/** Whoever read the table before this loses the next write; the next tick looks. */
export async function tellRuns(
  { pipelineId }: Pick<Account, 'pipelineId'>,
  what: string,
  { table, clock, newId }: OperationPorts,
): Promise<void> {
  const now = clock.now();
  await moveOn(table, pipelineId, `${what} ${newId(now)}`);
  await table.wake(pipelineId, now);
}

/** Whose ledger a word changes. */
export function whoseIs({ pipelineId: id, predecessors }: Account): Whose {
  return { id, predecessors };
}
