// Waits while somebody holds the wave or the whole pipeline.

import * as z from 'zod';
import { holdsOn, scopeOf } from '../domain/hold.ts';
import { pass, wait } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';
import type { Check } from './check.ts';

export const hold: Check<Record<string, never>> = {
  name: 'hold',
  about: 'world',
  summary:
    'Waits while somebody holds the wave or the pipeline, until the hold ends or `sluice resume` lifts it.',
  always: true,
  schema: z.strictObject({}),
  ask: ({ pipeline, step, facts, now }) => {
    const holds = holdsOn(facts.holds, step.to.name, now);
    const parts = { check: 'hold', about: 'world' as const, evidence: { holds: holds.map((one) => one.id) } };
    if (holds.length === 0)
      return pass({ ...parts, reason: `Nobody holds ${pipeline.name} ${step.to.name}.` });
    const words = holds.map((one) => {
      const until = one.expiresAt === null ? '' : ` until ${instant(one.expiresAt)}`;
      return `${one.owner} holds ${scopeOf(one, pipeline)} since ${instant(one.placedAt)}${until}: ${one.reason}`;
    });
    const ends = holds.map((one) => one.expiresAt);
    const isOfWaveOnly = holds.every((one) => one.wave !== null);
    const wave = isOfWaveOnly ? ` --wave ${step.to.name}` : '';
    return wait({
      ...parts,
      reason: words.join('; '),
      until: ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0)),
      since: Math.min(...holds.map((one) => one.placedAt)),
      unblock: `sluice resume ${pipeline.name}${wave} --reason "…"`,
      onEvent: true,
    });
  },
};
