// Which of the pipelines that are due a tick wakes, when Heroku's calls do not allow for all of them. Pure.

import { createHash } from 'node:crypto';
import type { PipelineDue } from '../events.ts';
import { dueSince } from './due.ts';
import { CALLS_A_RUN } from './share.ts';

/** Left for what people and deliveries set off until the next tick. */
const CALLS_KEPT = 30;

/** The calls a run may need: one for each open promotion, each app's past at the first look. */
export function costOf({ view, reasons, apps }: PipelineDue): number {
  if (view === null) return 2 + Object.keys(apps).length;
  return reasons.every((reason) => reason === 'attempt') ? Math.max(1, view.openAttempts) : CALLS_A_RUN;
}

/**
 * Those to wake now, in the order given; the others stay due. Half of the calls are first for what people ask and open
 * promotions need, a quarter is drawn by lot at each tick so that nobody waits for ever behind pipelines that stay due,
 * the rest goes to who has been due longest.
 * `callsLeft`: of Heroku's rate limit; null: not known, and nobody is left out. `tick`: its number.
 */
export function affordable(
  due: readonly PipelineDue[],
  callsLeft: number | null,
  tick: number,
): readonly PipelineDue[] {
  if (callsLeft === null || sum(due) <= callsLeft - CALLS_KEPT) return due;
  const chosen = new Set<PipelineDue>();
  let spent = 0;
  const choose = (from: readonly PipelineDue[], upTo: number): void => {
    for (const one of from) {
      const cost = costOf(one);
      // The first look at a large pipeline may be dearer than any part.
      const isFirst = spent === 0 && callsLeft > CALLS_KEPT;
      if (chosen.has(one) || (spent + cost > upTo && !isFirst)) continue;
      chosen.add(one);
      spent += cost;
    }
  };
  const all = Math.max(0, callsLeft - CALLS_KEPT);
  const oldest = [...due].sort((a, b) => since(a) - since(b));
  const urgent = oldest.filter(isUrgent);
  const lots = new Map(due.map((one) => [one, lot(one.pipeline.id, tick)]));
  choose(urgent, all > 0 ? all / 2 : callsLeft / 2);
  choose(
    [...due].sort((a, b) => ((lots.get(a) ?? '') < (lots.get(b) ?? '') ? -1 : 1)),
    (all * 3) / 4,
  );
  choose(urgent, all);
  choose(oldest, all);
  return due.filter((one) => chosen.has(one));
}

function isUrgent({ reasons }: PipelineDue): boolean {
  return reasons.includes('attempt') || reasons.includes('asked');
}

/** One that was never looked at comes after those that were: it may never be readable. */
function since({ view, apps, at }: PipelineDue): number {
  return view === null ? at : (dueSince(view, apps, at) ?? view.seenAt);
}

function sum(due: readonly PipelineDue[]): number {
  return due.reduce((calls, one) => calls + costOf(one), 0);
}

function lot(id: string, tick: number): string {
  return createHash('sha256').update(`${tick} ${id}`).digest('hex');
}
