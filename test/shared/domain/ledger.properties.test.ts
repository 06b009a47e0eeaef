// The ledger: told again from the records it says what it said, whatever the clocks of those who wrote them.

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  type Attempt,
  emptyLedger,
  type Resume,
  rebuiltLedger,
  resumed,
  settled,
} from '../../../shared/domain/attempt.ts';
import { app, attemptOf, MINUTE, T0, target } from './fleet.ts';

const SKEW_MS = 5_000;

/** In their true order. A run looks a minute after the one before; people may answer right after anything. */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom('brings', 'fails', 'is seen', 'resume', 'resume') satisfies fc.Arbitrary<string>,
    skewMs: fc.integer({ min: -SKEW_MS, max: SKEW_MS }),
    app: fc.constantFrom('va-1', 'va-2'),
    isAside: fc.boolean(),
  }),
  { maxLength: 25 },
);

test.prop([happenings])('a ledger told again is the one that was lost', (all) => {
  const attempts: Attempt[] = [];
  const resumes: Resume[] = [];
  let [ledger, now, seenAt] = [emptyLedger, T0, T0];
  for (const [index, { what, skewMs, app: name, isAside }] of all.entries()) {
    now += what === 'resume' ? 100 : MINUTE;
    const at = now + skewMs;
    if (what === 'is seen') seenAt = now;
    if (what === 'brings' || what === 'fails') {
      const state = what === 'brings' ? 'succeeded' : 'failed';
      const targets = [target(name, { state })];
      const attempt = attemptOf({
        id: `attempt-${index}`,
        artifact: `slug:${index}`,
        state,
        settledAt: at,
        targets,
      });
      attempts.push(attempt);
      ledger = settled(ledger, attempt);
    }
    if (what === 'resume') {
      const id = `resume-${index}`;
      const accepted = [
        { app: app(name), artifact: `slug:by-hand-${index}`, ...(isAside && ({ isAside } as const)) },
      ];
      const failed = attempts.findLast(({ state }) => state === 'failed');
      const retried = failed === undefined ? [] : [{ app: app(name), attemptId: failed.id }];
      const said = {
        id,
        pipelineId: 'id-router',
        actor: 'ana',
        reason: 'ok',
        at: now,
        seenAt,
        accepted,
        retried,
      };
      resumes.push(said);
      ledger = resumed(ledger, said);
    }
  }
  expect(rebuiltLedger(attempts.toReversed(), resumes.toReversed())).toEqual(ledger);
});
