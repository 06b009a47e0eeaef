// What a person does to a pipeline: place a hold, lift holds, let a wave go on. Each change moves the ledger on, so that
// a run which read the table before it loses its claim: a hold stops even the promotion that is about to be made.

import type { Clock } from '../clock.ts';
import type { Ledger } from '../domain/attempt.ts';
import type { Decision } from '../domain/decision.ts';
import { type Hold, isActive } from '../domain/hold.ts';
import { type Accept, heard, type Retry, type Word } from '../domain/said.ts';
import { amend, moveOn } from '../promotion/ledger.ts';
import type { Table } from '../table/port.ts';

export interface OperationPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly newId: (at: number) => string;
}

/** Who asks, and why. */
export interface Request {
  readonly pipelineId: string;
  /** Null: every wave. */
  readonly wave: string | null;
  readonly actor: string;
  readonly reason: string;
}

/** Places a hold. `expiresAt`: epoch ms, null for never. */
export async function placeHold(
  request: Request & { readonly expiresAt: number | null },
  ports: OperationPorts,
): Promise<Hold> {
  const now = ports.clock.now();
  const hold: Hold = {
    id: ports.newId(now),
    pipelineId: request.pipelineId,
    wave: request.wave,
    reason: request.reason,
    owner: request.actor,
    placedAt: now,
    expiresAt: request.expiresAt,
    liftedAt: null,
    liftedBy: null,
  };
  await ports.table.writeHold(hold);
  await moveOn(ports.table, request.pipelineId, `hold ${hold.id}`);
  await ports.table.wake(request.pipelineId, ports.clock.now());
  return hold;
}

export interface Resumed {
  readonly lifted: readonly Hold[];
  readonly accept: Accept | null;
  readonly retry: Retry | null;
}

/**
 * Lets a pipeline, or one wave of it, go on: lifts the holds on exactly that, accepts what people put on its apps as the
 * latest decision saw it, and lets failed artifacts be tried again. Something that happened since that decision is not
 * accepted unseen: it stops the wave again.
 */
export async function resume(request: Request, ports: OperationPorts): Promise<Resumed> {
  const { table, clock } = ports;
  const now = clock.now();
  const rows = await table.pipelineRows(request.pipelineId);
  const lifted: Hold[] = [];
  for (const hold of rows.holds) {
    if (!isActive(hold, now) || (request.wave !== null && hold.wave !== request.wave)) continue;
    const won = await table.liftHold(request.pipelineId, hold.id, request.actor, now);
    if (won === 'won') lifted.push({ ...hold, liftedAt: now, liftedBy: request.actor });
  }
  const { accept, retry } = wordsOf(request, rows.decision, now, ports);
  const words: readonly Word[] = [accept, retry].flatMap((word) => word ?? []);
  for (const word of words) await table.writeWord(word);
  if (words.length > 0) {
    const hear = (ledger: Ledger) => words.reduce(heard, ledger);
    await amend(table, request.pipelineId, rows.ledger, hear, `word ${words[0]?.id}`);
  } else if (lifted.length > 0) {
    await moveOn(table, request.pipelineId, `lift ${lifted[0]?.id} ${ports.newId(now)}`);
  }
  if (words.length > 0 || lifted.length > 0) await table.wake(request.pipelineId, now);
  return { lifted, accept, retry };
}

function wordsOf(
  request: Request,
  decision: Decision | null,
  now: number,
  ports: OperationPorts,
): Pick<Resumed, 'accept' | 'retry'> {
  const steps = (decision?.steps ?? []).filter((step) => request.wave === null || step.to === request.wave);
  const accepted = steps.flatMap((step) => step.stands);
  const retried = steps.flatMap((step) => step.failures);
  const { pipelineId, actor, reason } = request;
  const said = () => ({ id: ports.newId(now), pipelineId, actor, reason, at: now });
  return {
    accept:
      accepted.length === 0 ? null : { ...said(), kind: 'accept', seenAt: decision?.at ?? now, accepted },
    retry: retried.length === 0 ? null : { ...said(), kind: 'retry', retried },
  };
}
