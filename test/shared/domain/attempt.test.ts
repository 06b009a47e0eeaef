// The ledger: what attempts and words leave in it, and that it can be told again from them.

import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  appLedger,
  closed,
  emptyLedger,
  failuresIn,
  type Ledger,
  opened,
  ownBrought,
  POST_WITHIN_MS,
  PROMOTION_MS_MAX,
  QUIET_MS,
  REQUEST_DEADLINE_MS,
  SEND_WITHIN_MS,
  settled,
} from '../../../shared/domain/attempt.ts';
import { askedAgainAt } from '../../../shared/domain/refusal.ts';
import { type Accept, accepted, type Retry, rebuiltLedger, retried } from '../../../shared/domain/said.ts';
import { app, at, attemptOf, HOUR, target } from './fleet.ts';

const said = { pipelineId: 'id-router', actor: 'oncall@example.com', reason: 'looked at it', at: at(20) };
const accept = (stands: Accept['accepted'], more: Partial<Accept> = {}): Accept => ({
  ...said,
  kind: 'accept',
  id: 'accept-1',
  seenAt: at(20),
  accepted: stands,
  ...more,
});
const retry = (name: string, attemptId: string): Retry => ({
  ...said,
  kind: 'retry',
  id: 'retry-1',
  retried: [{ app: app(name), attemptId }],
});

const ended = (state: Attempt['state'], more: Partial<Attempt> = {}): Attempt =>
  attemptOf({ state, settledAt: at(5), outcome: 'As it ended.', ...more });
const succeeded = (more: Partial<Attempt> = {}): Attempt =>
  ended('succeeded', { targets: [target('va-1', { state: 'succeeded' })], ...more });
const failed = (more: Partial<Attempt> = {}): Attempt =>
  ended('failed', { targets: [target('va-1', { state: 'failed', error: 'No dyno booted.' })], ...more });
const refused = (status: number): Attempt =>
  ended('rejected', {
    targets: [target('va-1', { state: 'not-promoted' })],
    refusal: { status, id: 'an_id' },
  });

const of = (ledger: Ledger, name = 'va-1') => appLedger(ledger, app(name).id);

describe('the times of an attempt', () => {
  it('leave the request no room to be carried out after it was settled as not sent', () => {
    const longestLife = POST_WITHIN_MS + REQUEST_DEADLINE_MS + 30_000;
    expect(QUIET_MS).toBeGreaterThan(longestLife * 2);
    expect(QUIET_MS).toBeLessThan(HOUR / 6);
  });

  it('let a run that was cut off be told from one at work, and a release phase of an hour end', () => {
    expect(SEND_WITHIN_MS).toBeLessThan(POST_WITHIN_MS);
    expect(PROMOTION_MS_MAX).toBe(2 * HOUR);
  });
});

describe('a ledger', () => {
  it('holds an attempt open beside the others', () => {
    const one = opened(emptyLedger, attemptOf());
    const both = opened(one, attemptOf({ id: 'attempt-2' }));
    expect(both.open.map((attempt) => attempt.id)).toEqual(['attempt-1', 'attempt-2']);
  });

  it('knows nothing of an app that nothing was brought to', () => {
    expect(of(emptyLedger)).toEqual({ brought: [], failed: null, tried: null });
  });

  it('keeps the newest account of an attempt that goes on, in its place', () => {
    const both = opened(opened(emptyLedger, attemptOf()), attemptOf({ id: 'attempt-2' }));
    const told = settled(both, attemptOf({ outcome: 'Heroku is at work.' }));
    expect(told.open.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['attempt-1', 'Heroku is at work.'],
      ['attempt-2', 'Asked of Heroku; no answer yet.'],
    ]);
    expect(told.apps).toEqual({});
  });

  it('closes an attempt that has ended, and no other', () => {
    const both = opened(opened(emptyLedger, attemptOf()), attemptOf({ id: 'attempt-2' }));
    expect(settled(both, succeeded()).open.map((attempt) => attempt.id)).toEqual(['attempt-2']);
  });
});

describe('an attempt that has ended', () => {
  it('notes what it brought, as of its claim', () => {
    expect(of(settled(emptyLedger, succeeded()))).toEqual({
      brought: [{ artifact: 'slug:B', at: at(0), knownAt: at(5), by: 'attempt-1' }],
      failed: null,
      tried: null,
    });
  });

  it('notes what failed, in the words of the target, and what it was to bring', () => {
    expect(of(settled(emptyLedger, failed()))).toEqual({
      brought: [],
      failed: {
        artifact: 'slug:B',
        commit: 'b'.repeat(40),
        at: at(5),
        attemptId: 'attempt-1',
        message: 'No dyno booted.',
      },
      tried: 'slug:B',
    });
  });

  it('that Heroku refused has failed on every target, in the words of its outcome', () => {
    expect(of(settled(emptyLedger, refused(422)))).toEqual({
      brought: [],
      failed: {
        artifact: 'slug:B',
        commit: 'b'.repeat(40),
        at: at(5),
        attemptId: 'attempt-1',
        message: 'As it ended.',
      },
      tried: 'slug:B',
    });
  });

  it.each([400, 401, 402, 403, 404, 409, 423, 429])(
    'with a %i says nothing about the artifact: it leaves that it was turned away',
    (status) => {
      expect(of(settled(emptyLedger, refused(status)))).toEqual({
        brought: [],
        failed: null,
        tried: null,
        turnedAway: {
          status,
          id: 'an_id',
          at: at(5),
          since: at(5),
          attemptId: 'attempt-1',
          times: 1,
          message: 'As it ended.',
        },
      });
    },
  );

  it('with a 422 about the account leaves the same', () => {
    const attempt = { ...refused(422), refusal: { status: 422, id: 'verification_needed' } };
    expect(of(settled(emptyLedger, attempt))).toMatchObject({ failed: null, turnedAway: { times: 1 } });
  });

  it('after it was turned away counts how often in a row, until Heroku takes a request', () => {
    const twice = settled(settled(emptyLedger, refused(429)), refused(403));
    expect(of(twice).turnedAway).toMatchObject({ times: 2, status: 403 });
    expect(of(settled(twice, succeeded())).turnedAway).toBeUndefined();
    expect(of(settled(twice, failed())).turnedAway).toBeUndefined();
  });

  it('turned away is asked for again later each time, and within ten minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 500].map(
      (times) => (askedAgainAt({ at: at(0), times }) - at(0)) / 60_000,
    );
    expect(waits).toEqual([1, 2, 4, 8, 10, 10, 10]);
  });

  it('without having been sent leaves only what it was to bring', () => {
    const notSent = ended('not-sent', { targets: [target('va-1', { state: 'not-promoted' })] });
    expect(of(settled(emptyLedger, notSent))).toEqual({ brought: [], failed: null, tried: 'slug:B' });
  });

  it('in part notes each target by itself', () => {
    const targets = [
      target('va-1', { state: 'succeeded' }),
      target('va-2', { state: 'failed', error: null }),
    ];
    const ledger = settled(emptyLedger, ended('partial', { targets }));
    expect(of(ledger).brought).toHaveLength(1);
    expect(of(ledger).failed).toBeNull();
    expect(of(ledger, 'va-2').brought).toEqual([]);
    expect(of(ledger, 'va-2').failed?.message).toBe('As it ended.');
  });

  it('well makes an earlier failure of the app a thing of the past', () => {
    const ledger = settled(settled(emptyLedger, failed()), succeeded({ id: 'attempt-2' }));
    expect(of(ledger)).toMatchObject({ failed: null, tried: null });
  });

  it('badly leaves what was brought before', () => {
    const ledger = settled(
      settled(emptyLedger, succeeded()),
      failed({ id: 'attempt-2', artifact: 'slug:C' }),
    );
    expect(of(ledger).brought.map((entry) => entry.artifact)).toEqual(['slug:B']);
    expect(of(ledger).failed?.artifact).toBe('slug:C');
    const notSent = ended('not-sent', { artifact: 'slug:D' });
    expect(of(settled(ledger, notSent))).toMatchObject({ failed: { artifact: 'slug:C' }, tried: 'slug:D' });
  });

  it('is remembered among the last ten that an app was brought', () => {
    let ledger = emptyLedger;
    for (let n = 1; n <= 12; n++) ledger = settled(ledger, succeeded({ id: `attempt-${n}` }));
    expect(of(ledger).brought.map((entry) => entry.by)).toEqual(
      Array.from({ length: 10 }, (_, n) => `attempt-${n + 3}`),
    );
  });
});

describe('an accept', () => {
  it('counts what an app runs as brought, from then on', () => {
    const stands = [{ app: app('va-1'), artifact: 'slug:H' }];
    const ledger = accepted(settled(emptyLedger, failed()), accept(stands));
    expect(of(ledger).brought).toEqual([{ artifact: 'slug:H', at: at(20), knownAt: at(20), by: 'accept-1' }]);
    expect(of(ledger)).toMatchObject({ failed: { attemptId: 'attempt-1' }, tried: 'slug:B' });
  });

  it('takes its place before what an app was given after the person had looked', () => {
    const stands = [{ app: app('va-1'), artifact: 'slug:H' }];
    const given = settled(emptyLedger, succeeded({ claimedAt: at(10), settledAt: at(18) }));
    const names = (seenAt: number) =>
      of(accepted(given, accept(stands, { seenAt }))).brought.map(({ by }) => by);
    expect(names(at(17))).toEqual(['accept-1', 'attempt-1']);
    expect(names(at(18))).toEqual(['attempt-1', 'accept-1']);
  });

  it('about what came through an app is remembered, and the app goes on from what it was brought', () => {
    const stands = [{ app: app('va-1'), artifact: 'slug:H', isAside: true } as const];
    const ledger = accepted(settled(emptyLedger, succeeded()), accept(stands));
    expect(of(ledger).brought.map(({ artifact }) => artifact)).toEqual(['slug:B', 'slug:H']);
    const own = ownBrought(ledger, app('va-1').id);
    expect(own.map(({ artifact }) => artifact)).toEqual(['slug:B']);
    expect(ownBrought(accepted(emptyLedger, accept(stands)), app('va-1').id)).toEqual([]);
  });

  it('is heard once: what has been said already changes nothing', () => {
    const stands = [
      { app: app('va-1'), artifact: 'slug:H' },
      { app: app('va-1'), artifact: 'slug:G', isAside: true } as const,
    ];
    const once = accepted(settled(emptyLedger, succeeded()), accept(stands));
    expect(of(once).brought.map(({ artifact }) => artifact)).toEqual(['slug:B', 'slug:H', 'slug:G']);
    expect(accepted(once, accept(stands, { seenAt: at(21) }))).toEqual(once);
  });

  it('is remembered among the last ten things brought', () => {
    let ledger = emptyLedger;
    for (let n = 1; n <= 12; n++) {
      const stands = [{ app: app('va-1'), artifact: `slug:${n}` }];
      ledger = accepted(ledger, accept(stands));
    }
    expect(of(ledger).brought.map((entry) => entry.artifact)).toEqual(
      Array.from({ length: 10 }, (_, n) => `slug:${n + 3}`),
    );
  });
});

describe('a retry', () => {
  it('lets the failure be tried again that it names, and no newer one', () => {
    const ledger = settled(emptyLedger, failed());
    expect(of(retried(ledger, retry('va-1', 'attempt-1')))).toMatchObject({ failed: null, tried: 'slug:B' });
    const newer = settled(ledger, failed({ id: 'attempt-2' }));
    expect(of(retried(newer, retry('va-1', 'attempt-1'))).failed?.attemptId).toBe('attempt-2');
  });

  it('lets an earlier failure be tried again and leaves the newest, which is all that an app then failed to take', () => {
    const two = settled(settled(emptyLedger, failed()), failed({ id: 'attempt-2', artifact: 'slug:C' }));
    const names = (ledger: typeof two) => failuresIn(of(ledger)).map(({ attemptId }) => attemptId);
    expect(names(two)).toEqual(['attempt-2', 'attempt-1']);
    expect(names(retried(two, retry('va-1', 'attempt-1')))).toEqual(['attempt-2']);
    expect(names(retried(two, retry('va-1', 'attempt-2')))).toEqual(['attempt-1']);
    expect(names(settled(two, succeeded({ id: 'attempt-3', artifact: 'slug:D' })))).toEqual([]);
  });

  it('of an app that has not failed changes nothing', () => {
    const ledger = settled(emptyLedger, succeeded());
    expect(retried(ledger, retry('va-1', 'attempt-1'))).toEqual(ledger);
  });
});

describe('an attempt that another run has closed', () => {
  it('stays as it is', () => {
    const noted = retried(settled(emptyLedger, failed()), retry('va-1', 'attempt-1'));
    expect(closed(noted, failed())).toBe(noted);
    expect(closed(opened(emptyLedger, attemptOf()), failed())).toEqual(settled(emptyLedger, failed()));
  });
});

describe('a ledger that is gone', () => {
  it('is told again by what is on record, in the order in which it happened', () => {
    const one = failed({ settledAt: at(5) });
    const again = retry('va-1', 'attempt-1');
    const two = succeeded({ id: 'attempt-2', claimedAt: at(21), settledAt: at(23) });
    const three = attemptOf({ id: 'attempt-3', artifact: 'slug:C', claimedAt: at(30) });
    const lived = opened(settled(retried(settled(emptyLedger, one), again), two), three);
    expect(rebuiltLedger([three, two, one], [again])).toEqual(lived);
  });

  it('takes an attempt for as old as its settling, one that is open for as old as its claim', () => {
    const late = succeeded({ id: 'late', claimedAt: at(1), settledAt: at(60) });
    const early = succeeded({ id: 'early', claimedAt: at(2), settledAt: at(50) });
    expect(of(rebuiltLedger([late, early], [])).brought.map(({ by }) => by)).toEqual(['early', 'late']);
    const open = [attemptOf({ id: 'b', claimedAt: at(9) }), attemptOf({ id: 'a', claimedAt: at(8) })];
    expect(rebuiltLedger(open, []).open.map((attempt) => attempt.id)).toEqual(['a', 'b']);
  });

  it('is empty when nothing is on record', () => {
    expect(rebuiltLedger([], [])).toEqual({ revision: 0, writer: null, open: [], apps: {} });
  });
});
