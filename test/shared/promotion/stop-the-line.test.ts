// What must never happen, and what happens if it does: the whole pipeline is held until a person has looked.

import { describe, expect, it } from 'vitest';
import { runPromotion } from '../../../shared/promotion/run.ts';
import { at, broughtTo } from '../domain/fleet.ts';
import { type Desk, due, four, openDesk, openOn, reported, twice } from './desk.ts';

const run = (desk: Desk, more: Parameters<typeof due>[0] = {}) => runPromotion(due(more, four), desk.ports);

describe('the line is stopped when', () => {
  it('Heroku promotes something else than was asked, by its own answer', async () => {
    const desk = openDesk(twice);
    desk.heroku.promote = () => ({ kind: 'accepted', promotionId: 'p', sourceReleaseId: 'ie-1 v9' });
    const { promoted } = await run(desk);
    expect(promoted.map(({ to }) => to)).toEqual(['moon']);
    const message = 'Heroku promotes release ie-1 v9 of ie-1 to moon, asked was ie-1 v2.';
    expect(desk.table.rows.holds).toEqual([
      {
        id: 'id-3@60',
        pipelineId: 'id-router',
        wave: null,
        reason: message,
        owner: 'sluice',
        placedAt: at(60),
        expiresAt: null,
        liftedAt: null,
        liftedBy: null,
      },
    ]);
    expect(desk.events).toContainEqual({ type: 'SafetyAlarm', pipeline: 'router', message });
    expect(desk.logs).toEqual([`error: router: ${message}`]);
  });
});

describe('a target runs something else than its attempt promoted', () => {
  const strayed = async (past: string, more = {}) => {
    const desk = openDesk({ ...twice, 'va-1': past });
    desk.table.rows.ledger = broughtTo({ 'ie-1': 'A@2 B@7', 'jp-1': 'A@3' });
    openOn(desk, 'va-1');
    desk.heroku.targets = [{ ...reported('va-1', 'succeeded'), ...more }];
    return { desk, report: await run(desk, { reasons: ['attempt'] }) };
  };

  it('stops the line: the pipeline is held, an alarm is raised, nothing is promoted', async () => {
    const { desk, report } = await strayed('A@1 X@59');
    const message = 'va-1 runs slug:X from attempt attempt-1, which promoted slug:B.';
    expect(desk.table.rows.holds).toMatchObject([
      { wave: null, owner: 'sluice', reason: message, expiresAt: null },
    ]);
    expect(desk.events).toContainEqual({ type: 'SafetyAlarm', pipeline: 'router', message });
    expect(report.promoted).toEqual([]);
    expect(report.decision?.steps[2]?.state).toBe('ready');
  });

  it('is not that something else came after it, nor that nothing came of it', async () => {
    for (const [past, more] of [
      ['A@1 B@58', {}],
      ['A@1 B@58 X@59', {}],
      ['A@1 X@59', { releaseId: null }],
      ['', {}],
      // A config change while it was under way made a release after it.
      ['A@1 B@58 B@59', {}],
    ] as const) {
      const { desk } = await strayed(past, more);
      expect([past, desk.table.rows.holds]).toEqual([past, []]);
    }
  });

  it('is told by what runs now, however much ran before', async () => {
    const { desk } = await strayed('A@1 C@5 D@6 X@59', { releaseId: 'va-1 v4' });
    expect(desk.table.rows.holds).toHaveLength(1);
  });

  it('is not told of an app that was taken out of the pipeline meanwhile', async () => {
    const desk = openDesk(twice);
    openOn(desk, 'va-9');
    desk.heroku.targets = [reported('va-9', 'succeeded')];
    const { settled } = await run(desk, { reasons: ['attempt'] });
    expect(settled).toMatchObject([{ state: 'succeeded' }]);
    expect(desk.table.rows.holds).toEqual([]);
  });

  it('is told of every app that it is true of, in one hold', async () => {
    const desk = openDesk({ ...twice, 'va-1': 'A@1 X@59', 'ie-1': 'A@2 X@59' });
    openOn(desk, 'va-1', 'ie-1');
    desk.heroku.targets = [reported('va-1', 'succeeded'), reported('ie-1', 'succeeded')];
    await run(desk, { reasons: ['attempt'] });
    expect(desk.table.rows.holds.map((hold) => hold.reason)).toEqual([
      'va-1 runs slug:X from attempt attempt-1, which promoted slug:B. ie-1 runs slug:X from attempt attempt-1, which promoted slug:B.',
    ]);
  });
});
