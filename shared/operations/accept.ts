// Lets what people put on apps count, as the latest decision saw it, and does nothing else. What happened since is not
// accepted unseen: it stops the wave again. What was taken back stays rejected.
//
// Where another Heroku pipeline waits behind the name, the word is about that, and about nothing else.

import type { Stand } from '../domain/attempt.ts';
import { type Accept, accepted } from '../domain/said.ts';
import type { Account } from '../explain/account.ts';
import { amend } from '../promotion/ledger.ts';
import type { Table } from '../table/port.ts';
import { acceptStranger, type Waiting, waitingBehind } from './identity.ts';
import { checkWave } from './pipelines.ts';
import { OperationRefused } from './refused.ts';
import { type OperationPorts, type ScopedAsker, whoseIs } from './request.ts';

export interface Accepting {
  readonly stands: readonly Stand[];
  /** When what counts was seen, epoch ms. */
  readonly seenAt: number;
  /** Another Heroku pipeline that waits behind the name; the word is about that one then. */
  readonly waiting: Waiting | null;
}

/**
 * @throws OperationRefused for an unknown wave, when nobody's change stands in the way, and when another Heroku
 * pipeline waits behind a name that was not named by itself.
 */
export async function planAccept(
  account: Account,
  { wave, isNamed }: { readonly wave: string | null; readonly isNamed: boolean },
  table: Pick<Table, 'names'>,
): Promise<Accepting> {
  const waiting = await waitingBehind(table, account.name);
  if (waiting === null) return { ...accepting(account, wave), waiting };
  if (isNamed && wave === null) return { stands: [], seenAt: account.now, waiting };
  const { pipelineId, herokuName } = waiting.stranger;
  throw new OperationRefused(
    isNamed ? 'senseless' : 'others',
    `Behind ${account.name} there is another Heroku pipeline, ${pipelineId} (${herokuName}): that is accepted by its name, of the whole pipeline. If it is meant: sluice accept ${account.name} --reason "…"`,
  );
}

/** @throws OperationRefused for an unknown wave, and when nobody's change stands in the way. */
function accepting(account: Account, wave: string | null): Omit<Accepting, 'waiting'> {
  const { name, decision } = account;
  if (wave !== null) checkWave(account, wave);
  const steps = (decision?.steps ?? []).filter((step) => wave === null || step.to === wave);
  const stands = steps.flatMap((step) => step.stands);
  if (decision === null || stands.length === 0) {
    throw new OperationRefused(
      'nothing',
      `Nothing to accept on ${wave === null ? name : `${name} ${wave}`}: no app runs anything that a person put there. What it waits for: sluice why ${name}`,
    );
  }
  return { stands, seenAt: decision.at };
}

export interface AcceptAsked extends ScopedAsker {
  /** Of the decision that the person had before them; refused when there is a newer one. */
  readonly seenAt?: number;
  /** The id of the Heroku pipeline that waits behind the name, as the person was shown it. */
  readonly means?: string;
}

export async function accept(
  account: Account,
  { wave, reason, actor, seenAt, means }: AcceptAsked,
  ports: OperationPorts,
): Promise<Accept> {
  const { table, clock } = ports;
  const { pipelineId, name } = account;
  const what = await planAccept(account, { wave, isNamed: true }, table);
  if (what.waiting !== null)
    return acceptStranger(what.waiting, { means: means ?? null, actor, reason }, ports);
  if (means !== undefined) {
    throw new OperationRefused(
      'nothing',
      `Nothing to accept: no other Heroku pipeline waits behind ${name}.`,
    );
  }
  if (seenAt !== undefined && seenAt !== what.seenAt) {
    throw new OperationRefused(
      'senseless',
      `${name} has been decided about anew since you looked, and nothing is accepted unseen. Look again: sluice why ${name}`,
    );
  }
  const at = clock.now();
  const word: Accept = {
    kind: 'accept',
    id: ports.newId(at),
    pipelineId,
    actor,
    reason,
    at,
    seenAt: what.seenAt,
    accepted: what.stands,
  };
  await table.writeWord(word);
  const stored = await table.ledger(pipelineId);
  await amend(table, whoseIs(account), stored, (ledger) => accepted(ledger, word), `accept ${word.id}`);
  await table.wake(pipelineId, at);
  return word;
}
