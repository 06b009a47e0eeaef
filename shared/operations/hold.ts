// Places a hold, and does nothing else.

import type { Hold } from '../domain/hold.ts';
import type { Account } from '../explain/account.ts';
import { type OperationPorts, type ScopedAsker, tellRuns } from './request.ts';

/** `expiresAt`: epoch ms, null for never. */
export async function placeHold(
  account: Pick<Account, 'pipelineId' | 'decision'>,
  { wave, reason, actor, expiresAt }: ScopedAsker & { readonly expiresAt: number | null },
  ports: OperationPorts,
): Promise<Hold> {
  const { pipelineId, decision } = account;
  const now = ports.clock.now();
  const held = decision?.waves.find(({ name }) => name === wave);
  const hold: Hold = {
    id: ports.newId(now),
    pipelineId,
    wave,
    ...(held !== undefined && { apps: held.apps.map(({ app }) => app) }),
    reason,
    owner: actor,
    placedAt: now,
    expiresAt,
    liftedAt: null,
    liftedBy: null,
  };
  await ports.table.writeHold(hold);
  await tellRuns(account, 'hold', ports);
  await ports.table.retireHolds(pipelineId, now);
  return hold;
}
