// The last look before a promotion request is sent: at what is on record, and not at the ledger, which is a cache.
//
// The ledger is the lock between runs, and anybody may delete it at any moment: then two runs may each have claimed what
// the other one has. Records are never deleted. Each run has written its own before it looks for those of others, so of
// two that claimed the same, at least one finds the other's, and stops.

import { type Attempt, type Ledger, opened, settled } from '../domain/attempt.ts';
import { type Hold, holdsOn } from '../domain/hold.ts';
import { unsent } from '../domain/settle.ts';
import { amend } from './ledger.ts';
import type { PromotionPorts } from './ports.ts';

/** The newest attempts: more than a pipeline can begin while one run is at work. */
const RECORDS_READ = 25;

/** What a run finds on record that it did not know of; nothing may be sent when there is any. */
interface News {
  /** Open attempts of runs whose ledger was deleted. */
  readonly attempts: readonly Attempt[];
  readonly holds: readonly Hold[];
}

/**
 * Null when the attempt may be sent; else the attempt, closed as not sent, and the open ones of others are in the ledger
 * again. `sending`: as recorded; `ledger`: what this run has just written.
 */
export async function lastLook(
  sending: Attempt,
  ledger: Ledger,
  ports: PromotionPorts,
): Promise<Attempt | null> {
  const { table, bus, clock } = ports;
  const news = await newsFor(sending, ledger, ports);
  const [hold] = news.holds;
  if (news.attempts.length === 0 && hold === undefined) return null;
  const why =
    hold === undefined
      ? `attempt ${news.attempts.map(({ id }) => id).join(', ')} of another run was under way`
      : `${hold.owner} placed a hold meanwhile: ${hold.reason}`;
  const attempt = unsent(sending, why, clock.now());
  await table.writeAttempt(attempt);
  const change = (stored: Ledger): Ledger => {
    const missing = news.attempts.filter(({ id }) => stored.open.every((open) => open.id !== id));
    return missing.reduce(opened, settled(stored, attempt));
  };
  await amend(table, sending.pipelineId, ledger, change, `stop ${sending.id}`);
  await bus.publish([{ type: 'AttemptSettled', attempt }]);
  return attempt;
}

async function newsFor(sending: Attempt, ledger: Ledger, { table, clock }: PromotionPorts): Promise<News> {
  const attempts = await table.attempts(sending.pipelineId, { limit: RECORDS_READ });
  const holds = await table.holds(sending.pipelineId);
  const known = new Set(ledger.open.map(({ id }) => id));
  return {
    attempts: attempts.filter(({ id, state }) => state === 'open' && !known.has(id)),
    holds: holdsOn(holds, sending.to, clock.now()),
  };
}
