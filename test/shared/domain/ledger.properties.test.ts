// The ledger: told again from the records it says what it said, whatever the clocks of those who wrote them.

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { type Attempt, emptyLedger, settled } from '../../../shared/domain/attempt.ts';
import { heard, rebuiltLedger, type Word } from '../../../shared/domain/said.ts';
import { app, attemptOf, T0, target } from './fleet.ts';

const SKEW_MS = 5_000;

/**
 * What happens, in its true order: promotions end, some of them a while before the ledger hears of it; somebody looks;
 * somebody answers. The clocks of runs differ; that of those who answer is one, and differs from theirs.
 */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom('brings', 'fails', 'is turned away', 'is seen', 'word', 'word'),
    skewMs: fc.integer({ min: -SKEW_MS, max: SKEW_MS }),
    app: fc.constantFrom('va-1', 'va-2'),
    isAside: fc.boolean(),
    isAccept: fc.boolean(),
    heardLateMs: fc.constantFrom(0, 0, 60_000),
  }),
  { maxLength: 25 },
);
const answeringSkewMs = fc.integer({ min: -SKEW_MS, max: SKEW_MS });

test.prop([happenings, answeringSkewMs])('a ledger told again is the one that was lost', (all, answering) => {
  const attempts: Attempt[] = [];
  const words: Word[] = [];
  const heardAt: Record<string, number> = {};
  let [ledger, now, seenAt] = [emptyLedger, T0, T0];
  for (const [index, { what, skewMs, app: name, isAside, isAccept, heardLateMs }] of all.entries()) {
    now += what === 'word' ? 100 : 20_000;
    if (what === 'is seen') seenAt = now;
    if (what === 'brings' || what === 'fails' || what === 'is turned away') {
      const state = what === 'brings' ? 'succeeded' : what === 'fails' ? 'failed' : 'rejected';
      const refusal = what === 'is turned away' ? { status: 429, id: 'rate_limit' } : null;
      const came = state === 'rejected' ? 'not-promoted' : state;
      const targets = [target(name, { state: came, releaseId: `release-${index}` })];
      // An app has one open attempt: the next begins when the ledger has heard of its end.
      const settledAt = Math.max(now - heardLateMs, (heardAt[name] ?? 0) + 2 * SKEW_MS + 1) + skewMs;
      heardAt[name] = now;
      const artifact = `slug:${index}`;
      const attempt = attemptOf({ id: `attempt-${index}`, artifact, state, refusal, settledAt, targets });
      attempts.push(attempt);
      ledger = settled(ledger, attempt);
    }
    if (what === 'word') {
      const failed = attempts.findLast(({ state }) => state === 'failed');
      const said = { pipelineId: 'id-router', actor: 'ana', reason: 'ok', at: now + answering };
      const stand = { app: app(name), artifact: `slug:by-hand-${index}`, ...(isAside && { isAside }) };
      const word: Word =
        isAccept || failed === undefined
          ? { ...said, kind: 'accept', id: `accept-${index}`, seenAt, accepted: [stand] }
          : {
              ...said,
              kind: 'retry',
              id: `retry-${index}`,
              retried: [{ app: app(name), attemptId: failed.id }],
            };
      words.push(word);
      ledger = heard(ledger, word);
    }
  }
  expect(rebuiltLedger(attempts.toReversed(), words.toReversed())).toEqual(ledger);
});
