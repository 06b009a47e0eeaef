// One promotion: claimed, marked, sent once, recorded. What is written, in which order, and what stops it.

import { describe, expect, it } from 'vitest';
import { emptyLedger, type Ledger, opened, POST_WITHIN_MS } from '../../../shared/domain/attempt.ts';
import type { Promotion } from '../../../shared/domain/decision.ts';
import type { Verdict } from '../../../shared/domain/verdict.ts';
import { act } from '../../../shared/promotion/act.ts';
import { AnotherRun } from '../../../shared/promotion/ledger.ts';
import { app, at, attemptOf, factsOf } from '../domain/fleet.ts';
import { type Desk, openDesk, pipeline, stored } from './desk.ts';

const pasts = { 'qa-1': 'A@0 B@10', 'va-1': 'A@1', 'ie-1': 'A@2 A@3', 'ie-2': '' };
const verdicts: readonly Verdict[] = [
  {
    check: 'soak',
    state: 'pass',
    about: 'source',
    reason: 'It has soaked.',
    until: null,
    since: null,
    unblock: null,
    onEvent: false,
    evidence: {},
  },
];
const promotion: Promotion = {
  step: 2,
  from: 'canary',
  to: 'world',
  artifact: 'slug:B',
  commit: 'b'.repeat(40),
  source: app('va-1'),
  sourceReleaseId: 'va-1 v2',
  targets: [app('ie-1'), app('ie-2')],
  verdicts,
};
const acting = (desk: Desk, ledger: Ledger = emptyLedger) =>
  act(pipeline, promotion, factsOf({ apps: pasts }), ledger, at(desk.now), desk.ports);

describe('a promotion', () => {
  it('is claimed with what it rests on, and what each target ran', async () => {
    const desk = openDesk(pasts);
    await acting(desk);
    expect(desk.events[0]).toEqual({
      type: 'AttemptOpened',
      attempt: {
        id: 'id-1@60',
        pipelineId: 'id-router',
        pipeline: 'router',
        from: 'canary',
        to: 'world',
        artifact: 'slug:B',
        commit: 'b'.repeat(40),
        source: app('va-1'),
        sourceReleaseId: 'va-1 v2',
        targets: [
          {
            app: app('ie-1'),
            before: { artifact: 'slug:A', releaseId: 'ie-1 v1' },
            beforeVersion: 2,
            state: 'open',
            releaseId: null,
            error: null,
          },
          { app: app('ie-2'), before: null, beforeVersion: 0, state: 'open', releaseId: null, error: null },
        ],
        verdicts,
        actor: 'sluice',
        claimedAt: at(60),
        sentAt: null,
        promotionId: null,
        state: 'open',
        refusal: null,
        settledAt: null,
        outcome: 'Asked of Heroku at 2026-11-23 11:00Z; no answer yet.',
      },
    });
  });

  it('is sent once, pinned, marked before and not later than it says', async () => {
    const desk = openDesk(pasts);
    desk.table.beforeWrite = (what) => {
      if (what === 'ledger 1 id-1@60') desk.now = 61;
    };
    let marked: number | null | undefined;
    desk.heroku.promote = () => {
      marked = stored(desk).open[0]?.sentAt;
      expect(desk.table.recorded).toMatchObject([{ state: 'open', sentAt: at(61) }]);
      return { kind: 'unknown', message: 'socket hang up' };
    };
    await acting(desk);
    expect(marked).toBe(at(61));
    expect(desk.heroku.requests).toEqual([
      {
        pipelineId: 'id-router',
        sourceAppId: 'id-va-1',
        sourceReleaseId: 'va-1 v2',
        targetAppIds: ['id-ie-1', 'id-ie-2'],
        attemptId: 'id-1@60',
        notAfter: at(61) + POST_WITHIN_MS,
      },
    ]);
  });

  it('that Heroku accepts is under way by its id', async () => {
    const desk = openDesk(pasts);
    const acted = await acting(desk, opened(emptyLedger, attemptOf()));
    expect(acted).toMatchObject({
      isAlone: true,
      mismatch: null,
      attempt: {
        state: 'open',
        promotionId: 'promotion of va-1 v2',
        outcome: 'Heroku is at work on promotion promotion of va-1 v2.',
      },
    });
    expect(stored(desk)).toEqual(acted.ledger);
    expect(acted.ledger.open).toEqual([attemptOf(), acted.attempt]);
    // Recorded with its id: the ledger alone could be lost.
    expect(desk.table.writes).toEqual([
      'ledger 1 id-1@60',
      'ledger 2 send id-1@60',
      'attempt open',
      'attempt open',
      'ledger 3 record id-1@60',
    ]);
    expect(desk.events.map((event) => event.type)).toEqual(['AttemptOpened']);
  });

  it('that Heroku refuses has ended, and everybody is told', async () => {
    const desk = openDesk(pasts);
    desk.heroku.promote = () => {
      desk.now = 62;
      return { kind: 'rejected', status: 422, id: 'invalid_params', message: 'No such source.' };
    };
    const acted = await acting(desk);
    expect(acted.attempt).toMatchObject({
      state: 'rejected',
      settledAt: at(62),
      outcome: 'Heroku refused it (422 invalid_params): No such source.',
    });
    expect(acted.mismatch).toBeNull();
    expect(desk.table.recorded).toEqual([acted.attempt]);
    expect(stored(desk).open).toEqual([]);
    expect(stored(desk).apps['id-ie-1']?.failed?.message).toBe(acted.attempt.outcome);
    expect(desk.events.at(-1)).toEqual({ type: 'AttemptSettled', attempt: acted.attempt });
  });

  it('whose answer was lost stays open, and says so', async () => {
    const desk = openDesk(pasts);
    desk.heroku.promote = () => ({ kind: 'unknown', message: 'socket hang up' });
    const { attempt, mismatch } = await acting(desk);
    expect(attempt).toMatchObject({
      state: 'open',
      promotionId: null,
      outcome: 'The answer was lost (socket hang up); the targets will tell whether it happened.',
    });
    expect(mismatch).toBeNull();
    expect(stored(desk).open).toEqual([attempt]);
  });

  it('of something else than was asked is told', async () => {
    const desk = openDesk(pasts);
    desk.heroku.promote = () => ({ kind: 'accepted', promotionId: 'p', sourceReleaseId: 'va-1 v3' });
    expect((await acting(desk)).mismatch).toBe(
      'Heroku promotes release va-1 v3 of va-1 to world, asked was va-1 v2.',
    );
    desk.heroku.promote = () => ({ kind: 'accepted', promotionId: 'p', sourceReleaseId: null });
    expect((await acting(desk, stored(desk))).mismatch).toBeNull();
  });
});

describe('another run', () => {
  const holdsAt = (desk: Desk, write: string) => {
    desk.table.beforeWrite = (what) => {
      if (what !== write) return;
      const { ledger } = desk.table.rows;
      desk.table.rows.ledger = {
        ...(ledger ?? emptyLedger),
        writer: 'another',
        revision: (ledger?.revision ?? 0) + 1,
      };
    };
  };

  it.each(['ledger 1 id-1@60', 'ledger 2 send id-1@60'])(
    'that was first at %s: nothing is sent',
    async (write) => {
      const desk = openDesk(pasts);
      holdsAt(desk, write);
      await expect(acting(desk)).rejects.toThrow(AnotherRun);
      expect(desk.heroku.requests).toEqual([]);
      expect(desk.table.recorded).toEqual([]);
    },
  );

  it('that has given the attempt up already: nothing is sent', async () => {
    const desk = openDesk(pasts);
    desk.table.recorded.push(attemptOf({ id: 'id-1@60', state: 'not-sent' }));
    await expect(acting(desk)).rejects.toThrow('Another run has settled attempt id-1@60 meanwhile.');
    expect(desk.heroku.requests).toEqual([]);
  });

  it('that wrote while the request was out changes nothing of the record, but is noticed', async () => {
    const desk = openDesk(pasts);
    holdsAt(desk, 'ledger 3 record id-1@60');
    const acted = await acting(desk);
    expect(acted.isAlone).toBe(false);
    expect(stored(desk)).toMatchObject({ revision: 4, open: [{ promotionId: 'promotion of va-1 v2' }] });
  });
});
