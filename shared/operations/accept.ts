// Lets what people put on apps count, as the latest decision saw it, and does nothing else. What happened since is not
// accepted unseen: it stops the wave again. What was taken back stays rejected.

import type { Stand } from '../domain/attempt.ts';
import { type Accept, accepted } from '../domain/said.ts';
import type { Account } from '../explain/account.ts';
import { amend } from '../promotion/ledger.ts';
import { checkWave } from './pipelines.ts';
import { OperationRefused } from './refused.ts';
import { type OperationPorts, type ScopedAsker, whoseIs } from './request.ts';

export interface Accepting {
  readonly stands: readonly Stand[];
  /** When what counts was seen, epoch ms. */
  readonly seenAt: number;
}

/** @throws OperationRefused for an unknown wave, and when nobody's change stands in the way. */
export function accepting(account: Account, wave: string | null): Accepting {
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

/** `seenAt`: of the decision that the person had before them; refused when there is a newer one. */
export async function accept(
  account: Account,
  { wave, reason, actor, seenAt }: ScopedAsker & { readonly seenAt?: number },
  ports: OperationPorts,
): Promise<Accept> {
  const { table, clock } = ports;
  const { pipelineId, name } = account;
  const what = accepting(account, wave);
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
