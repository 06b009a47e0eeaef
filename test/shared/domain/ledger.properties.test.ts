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
import { app, attemptOf, T0, target } from './fleet.ts';

const SKEW_MS = 5_000;

/**
 * What happens, in its true order: promotions end, some of them a while before the ledger hears of it; somebody looks;
 * somebody answers. The clocks of runs differ; that of those who answer is one, and differs from theirs.
 */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom('brings', 'fails', 'is seen', 'resume', 'resume'),
    skewMs: fc.integer({ min: -SKEW_MS, max: SKEW_MS }),
    app: fc.constantFrom('va-1', 'va-2'),
    isAside: fc.boolean(),
    heardLateMs: fc.constantFrom(0, 0, 60_000),
  }),
  { maxLength: 25 },
);
const answeringSkewMs = fc.integer({ min: -SKEW_MS, max: SKEW_MS });

test.prop([happenings, answeringSkewMs])('a ledger told again is the one that was lost', (all, answering) => {
  const attempts: Attempt[] = [];
  const resumes: Resume[] = [];
  const heardAt: Record<string, number> = {};
  let [ledger, now, seenAt] = [emptyLedger, T0, T0];
  for (const [index, { what, skewMs, app: name, isAside, heardLateMs }] of all.entries()) {
    now += what === 'resume' ? 100 : 20_000;
    if (what === 'is seen') seenAt = now;
    if (what === 'brings' || what === 'fails') {
      const state = what === 'brings' ? 'succeeded' : 'failed';
      const targets = [target(name, { state, releaseId: `release-${index}` })];
      // An app has one open attempt: the next begins when the ledger has heard of its end.
      const settledAt = Math.max(now - heardLateMs, (heardAt[name] ?? 0) + 2 * SKEW_MS + 1) + skewMs;
      heardAt[name] = now;
      const artifact = `slug:${index}`;
      const attempt = attemptOf({ id: `attempt-${index}`, artifact, state, settledAt, targets });
      attempts.push(attempt);
      ledger = settled(ledger, attempt);
    }
    if (what === 'resume') {
      const failed = attempts.findLast(({ state }) => state === 'failed');
      const word: Resume = {
        id: `resume-${index}`,
        pipelineId: 'id-router',
        actor: 'ana',
        reason: 'ok',
        at: now + answering,
        seenAt,
        accepted: [{ app: app(name), artifact: `slug:by-hand-${index}`, ...(isAside && { isAside }) }],
        retried: failed === undefined ? [] : [{ app: app(name), attemptId: failed.id }],
      };
      resumes.push(word);
      ledger = resumed(ledger, word);
    }
  }
  expect(rebuiltLedger(attempts.toReversed(), resumes.toReversed())).toEqual(ledger);
});
