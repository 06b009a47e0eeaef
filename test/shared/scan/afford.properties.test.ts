// What ticks and deliveries may spend, whatever comes: never more than there is, and nobody waits for ever.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DueReason, PipelineDue } from '../../../shared/events.ts';
import { affordable, costOf } from '../../../shared/scan/afford.ts';
import { ALL_DELIVERIES, type Bucket, ONE_PIPELINE, take } from '../../../shared/scan/share.ts';

const T0 = Date.parse('2026-11-23T10:00:00Z');

function due(id: string, isSeen: boolean, reasons: readonly DueReason[], apps: number): PipelineDue {
  const view = {
    pipelineId: id,
    name: id,
    wakeAt: T0 - 60_000,
    openAttempts: 1,
    seenAt: T0 - 120_000,
    wokenAt: null,
    releasedAt: {},
    concerns: [],
    configDigest: 'd',
    behindSince: null,
    unknownSince: null,
  };
  return {
    type: 'PipelineDue',
    at: T0,
    pipeline: { id, name: id, mode: 'promote', waves: [] },
    apps: Object.fromEntries(
      Array.from({ length: apps }, (_, n) => [`${id}-${n}`, { maintenance: false, releasedAt: null }]),
    ),
    configDigest: 'd',
    reasons,
    view: isSeen ? view : null,
  };
}

const fleets = fc
  .array(
    fc.record({
      isSeen: fc.boolean(),
      reason: fc.constantFrom<DueReason>('attempt', 'time', 'release', 'asked', 'sweep'),
      apps: fc.integer({ min: 1, max: 12 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) => all.map((one, n) => due(`p${n}`, one.isSeen, [one.reason], one.apps)));

describe('What a tick wakes', () => {
  it('needs no more calls than are left, but for one that is dearer than any part', () => {
    fc.assert(
      fc.property(fleets, fc.integer({ min: 0, max: 400 }), fc.nat(1_000), (all, left, tick) => {
        const chosen = affordable(all, left, tick);
        const cost = chosen.reduce((sum, one) => sum + costOf(one), 0);
        expect(chosen.length <= 1 || cost <= left).toBe(true);
      }),
    );
  });

  it('is everything where the calls allow for it', () => {
    fc.assert(
      fc.property(fleets, (all) => {
        expect(affordable(all, 4_500, 1)).toEqual(all);
        expect(affordable(all, null, 1)).toEqual(all);
      }),
    );
  });

  it('leaves nobody out for ever, even if all stay due', () => {
    fc.assert(
      fc.property(fleets, fc.nat(100_000), (all, start) => {
        const woken = new Set<string>();
        for (let tick = start; tick < start + 500 && woken.size < all.length; tick++) {
          for (const one of affordable(all, 105, tick)) woken.add(one.pipeline.id);
        }
        expect(woken.size).toBe(all.length);
      }),
      { numRuns: 40 },
    );
  });

  it('begins with what people ask and open promotions need', () => {
    const many = Array.from({ length: 100 }, (_, n) => due(`p${n}`, true, ['time'], 2));
    const urgent = due('urgent', true, ['asked'], 2);
    for (let tick = 0; tick < 50; tick++) expect(affordable([...many, urgent], 60, tick)).toContain(urgent);
  });
});

describe('What deliveries may spend', () => {
  it.each<{ case: string; bucket: Bucket }>([
    { case: 'all', bucket: ALL_DELIVERIES },
    { case: 'one pipeline', bucket: ONE_PIPELINE },
  ])('is bounded over any time, of $case', ({ bucket }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 300 }), (gaps) => {
        let now = T0;
        let fullAt: number | undefined;
        let taken = 0;
        for (const gap of gaps) {
          now += gap;
          const next = take(bucket, fullAt, now);
          if (next === null) continue;
          fullAt = next;
          taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(bucket.size + Math.ceil((now - T0) / bucket.everyMs));
      }),
    );
  });
});
