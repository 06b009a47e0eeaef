// Settling open attempts: who is asked about which, what is recorded, and what another run at work means.

import { describe, expect, it } from 'vitest';
import { type Attempt, emptyLedger, type Ledger, QUIET_MS } from '../../../shared/domain/attempt.ts';
import { AnotherRun } from '../../../shared/promotion/ledger.ts';
import { settleOpen } from '../../../shared/promotion/settle-open.ts';
import { app, at, attemptOf, factsOf, MINUTE, target } from '../domain/fleet.ts';
import { type Desk, herokuError, openDesk, stored } from './desk.ts';

/** A desk whose stored ledger has these attempts open; it is two minutes after T0. */
function openWith(...open: readonly Attempt[]): { desk: Desk; ledger: Ledger } {
  const desk = openDesk({ 'va-1': 'A@-9' });
  desk.now = 2;
  const ledger = { ...emptyLedger, writer: 'another', revision: 5, open };
  desk.table.rows.ledger = ledger;
  desk.table.recorded.push(...open);
  return { desk, ledger };
}
const settle = ({ desk, ledger }: ReturnType<typeof openWith>, apps: Record<string, string> | null = null) =>
  settleOpen({ id: 'id-router' }, ledger, apps === null ? null : factsOf({ apps }).apps, desk.ports);

const report = (status: 'pending' | 'succeeded' | 'failed', name = 'va-1') => ({
  appId: app(name).id,
  status,
  releaseId: `${name} v2`,
  errorMessage: null,
});

describe('without open attempts', () => {
  it('nothing is asked, written or told', async () => {
    const opened = openWith();
    expect(await settle(opened)).toEqual({ ledger: opened.ledger, closed: [], isNews: false });
    expect([opened.desk.heroku.calls, opened.desk.table.writes, opened.desk.events]).toEqual([[], [], []]);
  });
});

describe('an open attempt', () => {
  it('is settled by what runs, where that tells it, without asking Heroku', async () => {
    const opened = openWith(attemptOf());
    const { closed, isNews, ledger } = await settle(opened, { 'va-1': 'A@-9 B@1' });
    const { desk } = opened;
    expect(desk.heroku.calls).toEqual([]);
    expect(closed).toMatchObject([{ state: 'succeeded', settledAt: at(2) }]);
    expect(isNews).toBe(false);
    expect(ledger).toMatchObject({
      revision: 6,
      open: [],
      apps: { 'id-va-1': { brought: [{ by: 'attempt-1' }] } },
    });
    expect(stored(desk)).toEqual(ledger);
    expect(desk.table.recorded).toEqual(closed);
    expect(desk.table.reads).toEqual([]);
    expect(desk.table.writes).toEqual(['attempt succeeded', 'ledger 6 settle attempt-1 id-1@2']);
    expect(desk.events).toEqual([{ type: 'AttemptSettled', attempt: closed[0] }]);
  });

  it('is asked of its promotion where that does not tell it, or nothing was observed', async () => {
    for (const apps of [{ 'va-1': 'A@-9' }, null]) {
      const opened = openWith(attemptOf());
      opened.desk.heroku.targets = [report('succeeded')];
      const { closed, isNews } = await settle(opened, apps);
      expect(opened.desk.heroku.calls).toEqual(['promotion promotion-1']);
      expect(closed).toMatchObject([{ state: 'succeeded', settledAt: at(2) }]);
      // What runs was looked at before: it has to be looked at again.
      expect(isNews).toBe(true);
    }
  });

  it('stays open, unwritten, while Heroku is at work on it', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('pending')];
    expect(await settle(opened)).toEqual({ ledger: opened.ledger, closed: [], isNews: false });
    expect([opened.desk.table.writes, opened.desk.events]).toEqual([[], []]);
  });

  it('stays open when its promotion cannot be read now', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.errors['promotion promotion-1'] = herokuError('unavailable');
    expect((await settle(opened)).closed).toEqual([]);
    expect(opened.desk.heroku.calls).toEqual(['promotion promotion-1']);
  });

  it('is told by releases when Heroku no longer knows its promotion', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.errors['promotion promotion-1'] = herokuError('not-found');
    opened.desk.heroku.pasts['va-1'] = 'A@-9 B@1';
    expect((await settle(opened)).closed).toMatchObject([{ state: 'succeeded' }]);
    expect(opened.desk.heroku.calls).toEqual(['promotion promotion-1', 'releases id-va-1']);
  });

  it('is told by releases when its answer was lost', async () => {
    const opened = openWith(attemptOf({ promotionId: null }));
    opened.desk.heroku.pasts['va-1'] = 'A@-9 B@1';
    const { closed } = await settle(opened);
    expect(opened.desk.heroku.calls).toEqual(['releases id-va-1']);
    expect(closed).toMatchObject([{ state: 'succeeded', promotionId: null, settledAt: at(2) }]);
  });

  it('was never sent when the releases stay quiet; that is no news of what runs', async () => {
    const opened = openWith(attemptOf({ promotionId: null }));
    opened.desk.now = (QUIET_MS + 1000) / MINUTE;
    const { closed, isNews } = await settle(opened);
    expect(closed).toMatchObject([{ state: 'not-sent' }]);
    expect(isNews).toBe(false);
  });

  it('stays open while one of its targets cannot be read: not even that nothing happened is known then', async () => {
    const targets = [target('va-1'), target('va-2')];
    const opened = openWith(attemptOf({ promotionId: null, targets }));
    opened.desk.now = 10;
    opened.desk.heroku.errors['releases id-va-2'] = herokuError('unavailable');
    expect((await settle(opened)).closed).toEqual([]);
  });

  it('that was never marked is asked about nowhere, and given up in time', async () => {
    const opened = openWith(attemptOf({ sentAt: null, promotionId: null }));
    opened.desk.table.recorded.length = 0;
    opened.desk.now = 0.1;
    expect((await settle(opened)).closed).toEqual([]);
    opened.desk.now = 1;
    expect((await settle(opened)).closed).toMatchObject([{ state: 'not-sent' }]);
    expect(opened.desk.heroku.calls).toEqual([]);
  });

  it('that another run has marked since it was read is left to that run', async () => {
    const opened = openWith(attemptOf({ sentAt: null, promotionId: null }));
    opened.desk.table.recorded.splice(0, 1, attemptOf({ promotionId: null }));
    opened.desk.now = 1;
    await expect(settle(opened)).rejects.toThrow(AnotherRun);
    expect(opened.desk.table.recorded).toMatchObject([{ state: 'open' }]);
    // As its record tells it: the next run looks for what became of it.
    expect(stored(opened.desk).open).toEqual(opened.desk.table.recorded);
    expect(opened.desk.events).toEqual([]);
  });

  it('that Heroku has been at work on for two hours has failed', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('pending')];
    opened.desk.now = 120;
    const { closed, isNews } = await settle(opened);
    expect(closed).toMatchObject([{ state: 'failed', settledAt: at(120) }]);
    expect(isNews).toBe(true);
    expect(opened.desk.table.recorded).toEqual(closed);
  });

  it.each(['unauthorized', 'rate-limited'] as const)(
    'waits for another tick when Heroku says %s',
    async (code) => {
      const opened = openWith(attemptOf());
      opened.desk.heroku.errors['promotion promotion-1'] = herokuError(code);
      await expect(settle(opened)).rejects.toThrow(`Heroku says ${code}.`);
    },
  );

  it('is no place to hide a mistake of ours', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.errors['promotion promotion-1'] = new TypeError('a mistake');
    await expect(settle(opened)).rejects.toThrow('a mistake');
  });
});

describe('several open attempts', () => {
  const other = attemptOf({ id: 'attempt-2', promotionId: 'promotion-2', targets: [target('ie-1')] });

  it('are settled one by one, each on what the one before left', async () => {
    const opened = openWith(attemptOf(), other);
    opened.desk.heroku.targets = [report('succeeded'), report('failed', 'ie-1')];
    const { closed, ledger } = await settle(opened);
    expect(closed.map(({ id, state }) => [id, state])).toEqual([
      ['attempt-1', 'succeeded'],
      ['attempt-2', 'failed'],
    ]);
    expect(ledger).toMatchObject({ revision: 7, open: [] });
    expect(opened.desk.events).toHaveLength(2);
  });

  it('do not wait for one that goes on', async () => {
    const opened = openWith(attemptOf(), other);
    opened.desk.heroku.targets = [report('pending'), report('failed', 'ie-1')];
    const { closed, ledger, isNews } = await settle(opened);
    expect(closed.map(({ id }) => id)).toEqual(['attempt-2']);
    expect(ledger.open.map(({ id }) => id)).toEqual(['attempt-1']);
    expect(isNews).toBe(true);
  });

  it('are news when one of them is, whichever', async () => {
    const opened = openWith(attemptOf(), other);
    opened.desk.heroku.targets = [report('succeeded')];
    expect((await settle(opened, { 'ie-1': 'A@-9 B@1' })).isNews).toBe(true);
  });
});

describe('another run', () => {
  const succeeded = attemptOf({ state: 'succeeded', settledAt: at(1), outcome: 'As recorded before.' });

  it('that was cut short after it had completed the record: that record stands', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('succeeded')];
    opened.desk.table.recorded.splice(0, 1, attemptOf({ id: 'earlier' }), succeeded);
    const { closed } = await settle(opened);
    expect(closed).toEqual([succeeded]);
    expect(opened.desk.events).toEqual([{ type: 'AttemptSettled', attempt: succeeded }]);
  });

  describe('that was cut off between the record and the ledger', () => {
    const unanswered = attemptOf({ promotionId: null, outcome: 'no answer yet' });
    const recordedAs = (record: Partial<Attempt>): ReturnType<typeof openWith> => {
      const opened = openWith(unanswered);
      opened.desk.table.recorded.splice(0, 1, { ...unanswered, ...record });
      return opened;
    };

    it('left the id of the promotion on record: that one is asked, and stands in the ledger from then on', async () => {
      const opened = recordedAs({ promotionId: 'promotion-1', outcome: 'Heroku is at work.' });
      opened.desk.heroku.targets = [report('pending')];
      const { ledger, closed, isNews } = await settle(opened);
      expect(opened.desk.heroku.calls).toEqual(['promotion promotion-1']);
      expect(ledger.open).toEqual(opened.desk.table.recorded);
      expect([closed, isNews, opened.desk.events]).toEqual([[], false, []]);
      expect(stored(opened.desk).open).toEqual(ledger.open);
      // Once it is there, nothing is written about it any more.
      opened.desk.table.writes.length = 0;
      await settle({ desk: opened.desk, ledger });
      expect(opened.desk.table.writes).toEqual([]);
    });

    it('left on record that the answer was lost: the ledger says so too', async () => {
      const opened = recordedAs({ outcome: 'The answer was lost.' });
      expect((await settle(opened)).ledger.open).toMatchObject([{ outcome: 'The answer was lost.' }]);
    });

    it('left on record that it has ended: it is closed, and nobody is asked', async () => {
      const opened = recordedAs({ state: 'not-sent', settledAt: at(1), outcome: 'It was not sent.' });
      const { ledger, closed, isNews } = await settle(opened, { 'va-1': 'A@-9 B@1' });
      expect(closed).toEqual(opened.desk.table.recorded);
      expect(ledger.open).toEqual([]);
      expect([isNews, opened.desk.heroku.calls]).toEqual([false, []]);
    });

    it('has failed by its record: that is news of what runs', async () => {
      const opened = recordedAs({ state: 'failed', settledAt: at(1), outcome: 'It failed.' });
      expect(await settle(opened)).toMatchObject({ closed: [{ state: 'failed' }], isNews: true });
    });
  });

  it('that completed the record of one with many newer ones: it stands all the same', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('succeeded')];
    const newer = Array.from({ length: 50 }, (_, n) => attemptOf({ id: `newer-${n}` }));
    opened.desk.table.recorded.splice(0, 1, succeeded, ...newer);
    expect((await settle(opened)).closed).toEqual([succeeded]);
  });

  it('that closed it first tells the world; this one stops', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('succeeded')];
    const other = attemptOf({ id: 'attempt-2', targets: [target('ie-1')] });
    opened.desk.table.rows.ledger = { ...emptyLedger, writer: 'third', revision: 6, open: [other] };
    const settling = settle(opened);
    await expect(settling).rejects.toThrow(AnotherRun);
    await expect(settling).rejects.toThrow('Another run has written the ledger of id-router meanwhile.');
    expect(opened.desk.events).toEqual([]);
    expect(stored(opened.desk)).toMatchObject({ open: [other], apps: {} });
  });

  it('that wrote something else in between is noticed, but the end is told', async () => {
    const opened = openWith(attemptOf());
    opened.desk.heroku.targets = [report('succeeded')];
    opened.desk.table.rows.ledger = { ...opened.ledger, writer: 'third', revision: 6 };
    await expect(settle(opened)).rejects.toThrow(AnotherRun);
    expect(opened.desk.events).toMatchObject([{ type: 'AttemptSettled', attempt: { id: 'attempt-1' } }]);
    expect(stored(opened.desk).open).toEqual([]);
  });

  it('that wrote before the first of two is not forgotten over the second', async () => {
    const second = attemptOf({ id: 'attempt-2', promotionId: 'promotion-2', targets: [target('ie-1')] });
    const opened = openWith(attemptOf(), second);
    opened.desk.heroku.targets = [report('succeeded'), report('succeeded', 'ie-1')];
    opened.desk.table.rows.ledger = { ...opened.ledger, writer: 'third', revision: 6 };
    await expect(settle(opened)).rejects.toThrow(AnotherRun);
    expect(opened.desk.events).toHaveLength(2);
  });
});
