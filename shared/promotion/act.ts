// Claim, act, record: one conditional write, one request, one account of it.

import { type Attempt, closed, type Ledger, opened, POST_WITHIN_MS, settled } from '../domain/attempt.ts';
import type { Promotion } from '../domain/decision.ts';
import { type Facts, factsOf, running } from '../domain/facts.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { refused } from '../domain/settle.ts';
import { instant } from '../domain/words.ts';
import { lastLook } from './last-look.ts';
import { AnotherRun, amend, writeNext } from './ledger.ts';
import type { PromotionPorts } from './ports.ts';

export interface Acted {
  readonly ledger: Ledger;
  /** False when somebody else has written since: a hold, perhaps. Nothing more may be claimed on what was read before. */
  readonly isAlone: boolean;
  readonly attempt: Attempt;
  /** Heroku says that it promotes another release than the one asked for. */
  readonly mismatch: string | null;
}

/**
 * Makes one promotion. `ledger` must be the one that was read before the facts: a claim on any other is refused. `seenAt`:
 * when the facts were looked at, epoch ms.
 * @throws AnotherRun when the claim is lost, or somebody else is found to be at work; nothing was sent then.
 */
export async function act(
  pipeline: Pipeline,
  promotion: Promotion,
  facts: Facts,
  ledger: Ledger,
  seenAt: number,
  ports: PromotionPorts,
): Promise<Acted> {
  const { table, clock, bus } = ports;
  const claimed = claimOf(pipeline, promotion, facts, ports);
  const claim = await writeNext(table, pipeline.id, opened(ledger, claimed), claimed.id);
  await bus.publish([{ type: 'AttemptOpened', attempt: claimed }]);

  // Marked while it is still open, or not sent at all: a run that was cut off or frozen before this point has sent
  // nothing, and the next one may say so at once.
  const sentAt = clock.now();
  const sending = { ...claimed, sentAt };
  const marked = await writeNext(table, pipeline.id, settled(claim, sending), `send ${claimed.id}`);
  // The audit record exists before the request does, and says that there may be one. One that has ended says that there
  // is none: another run has given this attempt up, and was cut off before it could close it in the ledger.
  if ((await table.writeAttempt(sending)) === 'lost') {
    throw new AnotherRun(`Another run has settled attempt ${claimed.id} meanwhile.`);
  }
  const stopped = await lastLook(pipeline, sending, marked, seenAt, ports);
  if (stopped !== null) throw new AnotherRun(`${claimed.id}: ${stopped.outcome}`);
  const outcome = await ports.promote({
    pipelineId: pipeline.id,
    sourceAppId: promotion.source.id,
    sourceReleaseId: promotion.sourceReleaseId,
    targetAppIds: promotion.targets.map((app) => app.id),
    attemptId: claimed.id,
    notAfter: sentAt + POST_WITHIN_MS,
  });

  const attempt = recordOf(sending, outcome, clock.now());
  await table.writeAttempt(attempt);
  const recorded = await amend(table, pipeline, marked, (l) => closed(l, attempt), `record ${claimed.id}`);
  if (attempt.state !== 'open') await bus.publish([{ type: 'AttemptSettled', attempt }]);
  const promoted = outcome.kind === 'accepted' ? outcome.sourceReleaseId : null;
  const mismatch =
    promoted === null || promoted === promotion.sourceReleaseId
      ? null
      : `Heroku promotes release ${promoted} of ${promotion.source.name} to ${promotion.to}, asked was ${promotion.sourceReleaseId}.`;
  return { ...recorded, attempt, mismatch };
}

function claimOf(pipeline: Pipeline, promotion: Promotion, facts: Facts, ports: PromotionPorts): Attempt {
  const now = ports.clock.now();
  return {
    id: ports.newId(now),
    pipelineId: pipeline.id,
    pipeline: pipeline.name,
    from: promotion.from,
    to: promotion.to,
    artifact: promotion.artifact,
    commit: promotion.commit,
    source: promotion.source,
    sourceReleaseId: promotion.sourceReleaseId,
    targets: promotion.targets.map((app) => {
      const stay = running(facts, app);
      return {
        app,
        before: stay === undefined ? null : { artifact: stay.artifact, releaseId: stay.releaseId },
        beforeVersion: factsOf(facts, app).history.through,
        state: 'open',
        releaseId: null,
        error: null,
      };
    }),
    verdicts: promotion.verdicts,
    actor: 'sluice',
    claimedAt: now,
    sentAt: null,
    promotionId: null,
    state: 'open',
    refusal: null,
    settledAt: null,
    outcome: `Asked of Heroku at ${instant(now)}; no answer yet.`,
  };
}

function recordOf(
  attempt: Attempt,
  outcome: Awaited<ReturnType<PromotionPorts['promote']>>,
  now: number,
): Attempt {
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...attempt,
        promotionId: outcome.promotionId,
        outcome: `Heroku is at work on promotion ${outcome.promotionId}.`,
      };
    case 'rejected':
      return refused(attempt, outcome, now);
    case 'unknown':
      return {
        ...attempt,
        outcome: `The answer was lost (${outcome.message}); the targets will tell whether it happened.`,
      };
  }
}
