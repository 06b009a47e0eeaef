// One promotion that merges come to all the time, some of them red: whatever was merged is in production within the ceiling
// that `sluice plan` prints. Three days here, one with CI and a suite; `npm run month` lives a month of both.

import { describe, expect, it } from 'vitest';
import { live, type Merge, type Told } from './month.ts';

const asked = Number(process.env['DAYS'] ?? 0);
const days = asked || 3;
const daysWithChecks = asked || 1;
const limit = days * 60_000;

/** Merges that took longer, with how long; one that the days were too short for does not count. */
function late({ merges, end }: Told, allowed: (merge: Merge, index: number) => number): readonly string[] {
  return merges.flatMap((merge, index) => {
    const until = merge.at + allowed(merge, index);
    return until < end && (merge.arrivedAt ?? end) > until
      ? [`merge ${index + 1} took ${(merge.arrivedAt ?? end) - merge.at} minutes of ${until - merge.at}`]
      : [];
  });
}

describe.each([{ every: 10 }, { every: 20 }, { every: 29 }])('Merges every $every minutes', ({ every }) => {
  it(
    'are in production within the ceiling',
    async () => {
      const told = await live({ days, every, evidence: null });
      expect(told.ceiling).not.toBeNull();
      expect(told.merges.length).toBeGreaterThanOrEqual(Math.floor((days * 24 * 60) / every) - 1);
      expect(late(told, () => told.ceiling ?? 0)).toEqual([]);
    },
    limit,
  );

  it(
    'are there with a CI of 15 minutes and a suite of 40 as well, and nothing red ever is',
    async () => {
      const isRed = (merge: number) => merge % 7 === 3 || merge % 31 < 3;
      const suite = 40;
      const told = await live({ days: daysWithChecks, every, evidence: { ci: 15, suite }, isRed });
      const { merges, given, ceiling, plus } = told;
      expect([ceiling, plus]).toEqual([33, ['ci', 'signal']]);
      expect(merges.filter((one) => one.isRed && given.has(one.commit))).toEqual([]);
      // What is red arrives inside the next that is not.
      const next = (index: number) =>
        merges.slice(index).find((one) => !one.isRed)?.at ?? Number.POSITIVE_INFINITY;
      expect(late(told, ({ at }, index) => (ceiling ?? 0) + suite + next(index) - at)).toEqual([]);
      expect(merges.filter(({ arrivedAt }) => arrivedAt !== null).length).toBeGreaterThan(
        merges.length * 0.9,
      );
    },
    limit,
  );
});

describe('Merges every 20 minutes where the artifact itself has to soak on the head', () => {
  it('never complete their soak of 30, and the plan says that there is no ceiling', async () => {
    const told = await live({ days: 1, every: 20, counting: 'occupancy', evidence: null });
    expect(told.ceiling).toBeNull();
    expect(told.merges.filter(({ arrivedAt }) => arrivedAt !== null)).toEqual([]);
  });
});
