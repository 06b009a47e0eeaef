// Waits while somebody holds the wave or the whole pipeline.

import * as z from 'zod';
import { type Hold, holdsOn, isWaveThere, scopeOf, unholdCommand } from '../domain/hold.ts';
import type { Pipeline } from '../domain/pipeline.ts';
import { pass, wait } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';
import type { Check } from './check.ts';

export const hold: Check<Record<string, never>> = {
  name: 'hold',
  about: 'world',
  summary:
    'Waits while somebody holds the wave or the pipeline, until the hold ends or `sluice unhold` lifts it. A hold on a wave that is no longer there holds the whole pipeline.',
  always: true,
  schema: z.strictObject({}),
  ask: ({ pipeline, step, facts, now }) => {
    const holds = holdsOn(facts.holds, pipeline.waves, step.to, now);
    const parts = { check: 'hold', about: 'world' as const, evidence: { holds: holds.map((one) => one.id) } };
    if (holds.length === 0)
      return pass({ ...parts, reason: `Nobody holds ${pipeline.name} ${step.to.name}.` });
    const ends = holds.map((one) => one.expiresAt);
    return wait({
      ...parts,
      reason: holds.map((one) => sentence(one, pipeline)).join('; '),
      until: ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0)),
      since: Math.min(...holds.map((one) => one.placedAt)),
      unblock: unholdCommand(pipeline.name, holds),
      onEvent: true,
    });
  },
};

function sentence(hold: Hold, pipeline: Pipeline): string {
  const until = hold.expiresAt === null ? '' : ` until ${instant(hold.expiresAt)}`;
  const lost =
    hold.wave === null || isWaveThere(hold, pipeline.waves)
      ? ''
      : ` (no wave is called ${hold.wave} now, so it holds all of ${pipeline.name})`;
  return `${hold.owner} holds ${scopeOf(hold, pipeline)} since ${instant(hold.placedAt)}${until}${lost}: ${hold.reason}`;
}
