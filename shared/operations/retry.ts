// Lets apps be given again what they failed to take, and does nothing else.

import { type Retry, retried } from '../domain/said.ts';
import type { Account } from '../explain/account.ts';
import { amend } from '../promotion/ledger.ts';
import { checkWave } from './pipelines.ts';
import { OperationRefused } from './refused.ts';
import { type OperationPorts, type ScopedAsker, whoseIs } from './request.ts';

/** @throws OperationRefused for an unknown wave, and when nothing has failed. */
export function retrying(account: Account, wave: string | null): Retry['retried'] {
  const { name, decision } = account;
  if (wave !== null) checkWave(account, wave);
  const steps = (decision?.steps ?? []).filter((step) => wave === null || step.to === wave);
  const failures = steps.flatMap((step) => step.failures);
  if (failures.length > 0) return failures;
  throw new OperationRefused(
    'nothing',
    `Nothing to retry on ${wave === null ? name : `${name} ${wave}`}: no app has failed to take what it would be given. What it waits for: sluice why ${name}`,
  );
}

export async function retry(
  account: Account,
  { wave, reason, actor }: ScopedAsker,
  ports: OperationPorts,
): Promise<Retry> {
  const { table, clock } = ports;
  const { pipelineId } = account;
  const failures = retrying(account, wave);
  const at = clock.now();
  const word: Retry = {
    kind: 'retry',
    id: ports.newId(at),
    pipelineId,
    actor,
    reason,
    at,
    retried: failures,
  };
  await table.writeWord(word);
  const stored = await table.ledger(pipelineId);
  await amend(table, whoseIs(account), stored, (ledger) => retried(ledger, word), `retry ${word.id}`);
  await table.wake(pipelineId, at);
  return word;
}
