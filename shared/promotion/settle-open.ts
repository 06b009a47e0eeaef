// Settling the open attempts of a pipeline: what became of each, from what runs where that tells it and from Heroku's
// own account where it does not; then its record is completed and it is closed in the ledger.

import { type Attempt, type Ledger, settled } from '../domain/attempt.ts';
import type { AppFacts } from '../domain/facts.ts';
import {
  settleByReleases,
  settleByTargets,
  settleByWhatRuns,
  settleOverdue,
  settleUnsent,
} from '../domain/settle.ts';
import { HerokuError } from '../heroku/port.ts';
import { AnotherRun, amend, type Whose } from './ledger.ts';
import { readReleases, stopsTheTick } from './observe.ts';
import type { PromotionPorts } from './ports.ts';

export interface Settling {
  readonly ledger: Ledger;
  /** The attempts that ended. */
  readonly closed: readonly Attempt[];
  /** True when what runs has to be looked at again: Heroku told of an end that what was observed did not show. */
  readonly isNews: boolean;
}

/** `apps`: what was observed in this run, null when nothing was. */
export async function settleOpen(
  pipeline: Whose,
  ledger: Ledger,
  apps: Readonly<Record<string, AppFacts>> | null,
  ports: PromotionPorts,
): Promise<Settling> {
  let current = ledger;
  const closed: Attempt[] = [];
  let isNews = false;
  let isAlone = true;
  for (const open of ledger.open) {
    const attempt = await asRecorded(open, ports);
    const told =
      apps === null || attempt.state !== 'open' ? null : settleByWhatRuns(attempt, apps, ports.clock.now());
    const seen = told ?? settleUnsent(attempt, ports.clock.now()) ?? (await lookAt(attempt, ports));
    const ended = seen.state === 'open' ? settleOverdue(seen, ports.clock.now()) : seen;
    // What the record alone knew is put into the ledger.
    const now = ended ?? (attempt.outcome === open.outcome ? null : attempt);
    if (now === null) continue;
    isNews ||= told === null && now.state !== 'not-sent' && now.state !== 'open';
    const recorded = now.state === 'open' ? now : await complete(now, ports);
    // Whoever takes it out of the ledger tells the world; another run may be settling it at the same time.
    let wasOpen = false;
    const close = (ledger: Ledger): Ledger => {
      wasOpen = ledger.open.some((attempt) => attempt.id === open.id);
      return wasOpen ? settled(ledger, recorded) : ledger;
    };
    const writer = `settle ${open.id} ${ports.newId(ports.clock.now())}`;
    const amended = await amend(ports.table, pipeline, current, close, writer);
    current = amended.ledger;
    if (wasOpen && recorded.state !== 'open') closed.push(recorded);
    // One that is open after all another run has begun to send.
    isAlone &&= amended.isAlone && (recorded.state !== 'open' || now.state === 'open');
  }
  if (closed.length > 0) {
    await ports.bus.publish(closed.map((attempt) => ({ type: 'AttemptSettled', attempt })));
  }
  if (!isAlone) throw new AnotherRun(`Another run has written the ledger of ${pipeline.id} meanwhile.`);
  return { ledger: current, closed, isNews };
}

/**
 * The record is written before the ledger: of a run that was cut off between the two, it alone has Heroku's answer, or
 * that the attempt has ended.
 */
async function asRecorded(open: Attempt, ports: PromotionPorts): Promise<Attempt> {
  const mayKnowMore = open.sentAt !== null && open.promotionId === null;
  return mayKnowMore ? ((await ports.table.attempt(open.pipelineId, open.id)) ?? open) : open;
}

/** The attempt as Heroku tells it now; unchanged when Heroku cannot tell, or when it has ended. */
async function lookAt(attempt: Attempt, ports: PromotionPorts): Promise<Attempt> {
  const { heroku, clock } = ports;
  if (attempt.sentAt === null || attempt.state !== 'open') return attempt;
  // From before the reads: what comes later than that they do not tell.
  const now = clock.now();
  if (attempt.promotionId !== null) {
    try {
      return settleByTargets(attempt, await heroku.promotionTargets(attempt.promotionId), now);
    } catch (error) {
      if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
      // A promotion that Heroku no longer knows is told by its targets' releases.
      if (error.code !== 'not-found') return attempt;
    }
  }
  const apps = attempt.targets.map((target) => target.app);
  const releases = await readReleases(apps, heroku);
  // An app that could not be read tells nothing, not even that nothing happened.
  if (apps.some((app) => releases[app.id] === undefined)) return attempt;
  return settleByReleases(attempt, releases, now);
}

/** Completes the audit record. Where another run already did, or has marked it as being sent, the record stands. */
async function complete(attempt: Attempt, ports: PromotionPorts): Promise<Attempt> {
  if ((await ports.table.writeAttempt(attempt)) === 'won') return attempt;
  return (await ports.table.attempt(attempt.pipelineId, attempt.id)) ?? attempt;
}
