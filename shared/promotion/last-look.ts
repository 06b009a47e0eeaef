// The last look before a promotion request is sent, after the attempt was recorded.
//
// The ledger is the lock between runs, and a cache: anybody may delete it at any moment. So the run looks whether it is
// still its own, and at the records, which are never deleted: whoever rebuilds the ledger later finds the attempt there,
// and whoever rebuilt it before without knowing of the attempt finds it by a last look of his own.

import { type Attempt, closed, type Ledger, opened } from '../domain/attempt.ts';
import { type Hold, holdsOn } from '../domain/hold.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { type Rejection, rejectionsOf } from '../domain/rejection.ts';
import { unsent } from '../domain/settle.ts';
import { duration } from '../domain/words.ts';
import { UnreadRecord } from '../table/shapes.ts';
import { amend, isStored } from './ledger.ts';
import type { PromotionPorts } from './ports.ts';

/** The newest attempts: more than a pipeline can begin while one run is at work. */
const RECORDS_READ = 25;

/** Nothing is sent on facts that are older than this, ms: a run can stand still, and Heroku can be slow. */
const FACTS_MS_MAX = 60_000;

/** What a run finds on record that it did not know of; nothing may be sent when there is any. */
interface News {
  /** False when the ledger was written by another run, or was deleted. */
  readonly isLedgerMine: boolean;
  /** Open attempts of runs whose ledger was deleted. */
  readonly attempts: readonly Attempt[];
  readonly holds: readonly Hold[];
  /** Of what is to be sent. */
  readonly rejections: readonly Rejection[];
}

/**
 * Null when the attempt may be sent; else the attempt, closed as not sent, and the open ones of others are in the ledger
 * again. `sending`: as recorded; `ledger`: what this run has just written; `seenAt`: when it looked, epoch ms.
 * @throws UnreadRecord, once the attempt is closed, for a record that may tell of another run.
 */
export async function lastLook(
  pipeline: Pipeline,
  sending: Attempt,
  ledger: Ledger,
  seenAt: number,
  ports: PromotionPorts,
): Promise<Attempt | null> {
  const { table, bus, clock } = ports;
  const news = await newsFor(pipeline, sending, ledger, ports);
  const why =
    news instanceof UnreadRecord
      ? `a record cannot be read: ${news.row}`
      : whyNot(news, clock.now() > seenAt + FACTS_MS_MAX);
  if (why === null) return null;
  const attempt = unsent(sending, why, clock.now());
  if ((await table.writeAttempt(attempt)) === 'lost') return attempt;
  const change = (stored: Ledger): Ledger => {
    const attempts = news instanceof UnreadRecord ? [] : news.attempts;
    const missing = attempts.filter(({ id }) => stored.open.every((open) => open.id !== id));
    return missing.reduce(opened, closed(stored, attempt));
  };
  await amend(table, pipeline, ledger, change, `stop ${sending.id}`);
  await bus.publish([{ type: 'AttemptSettled', attempt }]);
  if (news instanceof UnreadRecord) throw news;
  return attempt;
}

function whyNot(
  { attempts, holds: [hold], rejections: [rejection], isLedgerMine }: News,
  isOld: boolean,
): string | null {
  if (hold !== undefined) return `${hold.owner} placed a hold meanwhile: ${hold.reason}`;
  if (rejection !== undefined) return `${rejection.actor} rejected it meanwhile: ${rejection.reason}`;
  if (attempts.length > 0)
    return `attempt ${attempts.map(({ id }) => id).join(', ')} of another run was under way`;
  if (!isLedgerMine) return 'the ledger was written by somebody else meanwhile, or deleted';
  return isOld ? `what it rests on was older than ${duration(FACTS_MS_MAX)}` : null;
}

function unreadOnly(error: unknown): UnreadRecord {
  if (error instanceof UnreadRecord) return error;
  throw error;
}

async function newsFor(
  pipeline: Pipeline,
  sending: Attempt,
  ledger: Ledger,
  { table, clock }: PromotionPorts,
): Promise<News | UnreadRecord> {
  const attempts = await table.attempts(sending.pipelineId, { limit: RECORDS_READ }).catch(unreadOnly);
  if (attempts instanceof UnreadRecord) return attempts;
  const { holds, rejections } = await table.stops(pipeline.id, pipeline.predecessors);
  const wave = pipeline.waves.find(({ name }) => name === sending.to) ?? { name: sending.to, apps: [] };
  const known = new Set(ledger.open.map(({ id }) => id));
  return {
    isLedgerMine: await isStored(table, sending.pipelineId, ledger),
    attempts: attempts.filter(({ id, state }) => state === 'open' && !known.has(id)),
    holds: holdsOn(holds, pipeline.waves, wave, clock.now()),
    rejections: rejectionsOf(rejections, sending),
  };
}
