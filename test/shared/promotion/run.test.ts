// One run of `promote`, on ports in memory: what it asks, what it leaves, and when it stops.

import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import type { Pipeline } from '../../../shared/domain/pipeline.ts';
import { HerokuError } from '../../../shared/heroku/port.ts';
import type { PromotionPorts } from '../../../shared/promotion/ports.ts';
import { runPromotion } from '../../../shared/promotion/run.ts';
import { app, at, broughtTo, pipelineOf, wave } from '../domain/fleet.ts';
import { type Desk, due, four, herokuError, openDesk, pipeline, stored, twice } from './desk.ts';

const same = { 'qa-1': 'A@0', 'va-1': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' };
const behind = { ...same, 'qa-1': 'A@0 B@10' };
const run = (desk: Desk, more: Parameters<typeof due>[0] = {}, of: Pipeline = pipeline) =>
  runPromotion(due(more, of), desk.ports);
const typesOf = (desk: Desk) => desk.events.map((event) => event.type);

describe('a run', () => {
  it('promotes what is behind, and leaves how things stand then', async () => {
    const desk = openDesk(behind);
    const report = await run(desk);
    expect(report).toMatchObject({
      pipeline: 'router',
      result: 'decided',
      promoted: [{ to: 'canary', artifact: 'slug:B', promotionId: 'promotion of qa-1 v2' }],
      settled: [],
      decision: { steps: [{ to: 'canary', state: 'promoting' }, { state: 'same' }] },
    });
    expect(desk.heroku.requests).toHaveLength(1);
    expect(desk.table.rows.decision).toEqual(report.decision);
    expect(typesOf(desk)).toEqual(['AttemptOpened', 'DecisionChanged']);
    expect(desk.events[1]).toEqual({ type: 'DecisionChanged', decision: report.decision });
    expect(desk.table.views).toMatchObject([{ openAttempts: 1, seenAt: at(60), behindSince: at(10) }]);
    expect(stored(desk).open).toEqual(report.promoted);
  });

  it('that stood still while another run was at work records no decision', async () => {
    const desk = openDesk(same);
    desk.table.beforeWrite = (what) => {
      if (what === 'commits') desk.table.rows.ledger = { ...emptyLedger, writer: 'another', revision: 1 };
    };
    expect(await run(desk)).toMatchObject({ result: 'stopped', decision: null });
    expect(desk.table.rows.decision).toBeNull();
    expect(desk.table.views).toEqual([]);
  });

  it('does not count as soaked what it did not see: it decides by the time at which it looked', async () => {
    const soaking = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', 50));
    const desk = openDesk({ 'qa-1': 'A@0 B@10', 'va-1': 'A@1' });
    desk.now = 59.9;
    desk.table.beforeWrite = (what) => {
      if (what === 'commits') desk.now += 0.5;
    };
    expect(await run(desk, {}, soaking)).toMatchObject({ result: 'decided', promoted: [] });
  });

  it('asks Heroku for what it does not know, and remembers it', async () => {
    const desk = openDesk(same);
    await run(desk);
    expect(desk.heroku.calls).toEqual([
      'newest id-router',
      ...['qa-1', 'va-1', 'ie-1', 'ie-2'].map((name) => `releases ${app(name).id}`),
      'commit id-qa-1 slug A',
    ]);
    expect(desk.table.writes).toEqual([
      'ledger 1 blank id-1@60',
      'ledger 2 rebuild id-1@60',
      'histories id-qa-1 id-va-1 id-ie-1 id-ie-2',
      'commits',
      'decision',
      'view',
    ]);
    desk.heroku.calls.splice(0);
    desk.table.writes.splice(0);
    const [view] = desk.table.views;
    if (view === undefined) throw new Error('A view must have been left.');
    await run(desk, { view: { ...view, wokenAt: null } });
    expect(desk.heroku.calls).toEqual(['newest id-router']);
    expect(desk.table.writes).toEqual([]);
  });

  it('asks for the commit of what would move, too, where it runs no more', async () => {
    const desk = openDesk({ ...same, 'qa-1': 'A@0 B@10 C@59' }, { dryRun: true });
    const soak = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', 30), wave('world', 'ie-1 ie-2'));
    const { decision } = await run(desk, {}, soak);
    expect(desk.heroku.calls.filter((call) => call.startsWith('commit'))).toEqual([
      'commit id-qa-1 slug C',
      'commit id-va-1 slug A',
      'commit id-qa-1 slug B',
    ]);
    expect(decision?.steps[0]?.candidate?.commit).toBe('b'.repeat(40));
  });

  it('asks for the commits of what ran before where somebody put something there, though nothing could move', async () => {
    // X is A in another build, put by hand on top of B; the wave before runs the same.
    const desk = openDesk({ 'qa-1': 'A@0 B@5 X@20', 'va-1': 'A@1 B@6 X@30' }, { dryRun: true });
    desk.table.rows.ledger = broughtTo({ 'va-1': 'A@1 B@6' });
    desk.table.rows.commits = { 'slug:X': 'a'.repeat(40) };
    const { decision } = await run(desk, {}, pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1')));
    expect(desk.heroku.calls.filter((call) => call.startsWith('commit'))).toHaveLength(2);
    expect(decision?.steps[0]).toMatchObject({
      state: 'same',
      stands: [{ app: { name: 'va-1' }, artifact: 'slug:X' }],
    });
  });

  it('is given what is known of maintenance, and the holds', async () => {
    const desk = openDesk(behind);
    desk.table.rows.holds = [
      {
        id: 'hold-1',
        pipelineId: 'id-router',
        wave: null,
        reason: 'looking at the latency',
        owner: 'oncall@example.com',
        placedAt: at(50),
        expiresAt: null,
        liftedAt: null,
        liftedBy: null,
      },
    ];
    const { decision, promoted } = await run(desk);
    expect(promoted).toEqual([]);
    expect(decision?.steps[0]).toMatchObject({ state: 'blocked', blocker: 'hold' });
  });

  it('that may not promote decides, and sends nothing', async () => {
    const desk = openDesk(behind, { dryRun: true });
    const { decision, promoted } = await run(desk);
    expect(decision).toMatchObject({ dryRun: true, steps: [{ state: 'ready' }, { state: 'same' }] });
    expect([promoted, desk.heroku.requests]).toEqual([[], []]);
  });

  it('asks the checks of every step that differs, on the same facts, and the status page once', async () => {
    let asked = 0;
    const status = {
      current: async () => ({ systems: [{ system: 'Tools', status: `${asked++ && 'red'}` }], incidents: [] }),
    };
    const checks: PromotionPorts['checks'] = {
      signals: { signalsOfCommit: async () => [], signalsOfApp: async () => [] },
      status,
    };
    const desk = openDesk({ ...twice, 'ie-1': 'A@2' }, { checks });
    const asking = {
      ...four,
      waves: four.waves.map((one) => ({ ...one, checks: [{ name: 'heroku-status', options: {} }] })),
    };
    const { decision } = await run(desk, {}, asking);
    expect(asked).toBe(1);
    expect(
      decision?.steps.map((step) => step.verdicts.map((v) => v.check).includes('heroku-status')),
    ).toEqual([true, true, false]);
  });

  it('asks no check where nothing would move, not even when something could not be read', async () => {
    const desk = openDesk(same);
    await run(desk);
    desk.heroku.pasts['va-1'] = 'A@1 A@2 A@3';
    desk.heroku.errors['releases id-va-1'] = herokuError('forbidden');
    const { decision } = await run(desk);
    expect(decision?.steps.map((step) => step.verdicts.map((v) => v.check))).toEqual([['facts'], ['facts']]);
  });

  it('records a decision when its outcome is another, and only then', async () => {
    const desk = openDesk(behind, { dryRun: true });
    await run(desk);
    desk.now = 61;
    await run(desk);
    expect(desk.table.rows.decision?.at).toBe(at(60));
    expect(typesOf(desk)).toEqual(['DecisionChanged']);
    desk.heroku.pasts['qa-1'] = 'A@0 B@10 C@61';
    const { decision } = await run(desk);
    expect(desk.table.rows.decision).toEqual(decision);
    expect(typesOf(desk)).toEqual(['DecisionChanged', 'DecisionChanged']);
  });

  it('knows from the decision before since when an answer is what it is', async () => {
    const desk = openDesk({ ...behind, 'va-1': 'A@1 H@50' });
    desk.table.rows.ledger = { ...emptyLedger, writer: 'another', revision: 1 };
    await run(desk);
    desk.now = 70;
    const { decision } = await run(desk);
    const before = desk.table.rows.decision?.steps[0]?.verdicts.find((v) => v.check === 'stands');
    expect(decision?.steps[0]?.verdicts.find((v) => v.check === 'stands')?.since).toBe(before?.since);
  });
});

describe('several promotions in one run', () => {
  it('are made from the last wave to the first, each on the ledger that the one before left', async () => {
    const desk = openDesk(twice);
    const { promoted } = await run(desk, {}, four);
    expect(promoted.map(({ to, artifact }) => [to, artifact])).toEqual([
      ['moon', 'slug:B'],
      ['canary', 'slug:C'],
    ]);
    expect(stored(desk)).toMatchObject({ revision: 8, open: promoted });
  });

  it('end when somebody else has written in between: a hold, perhaps', async () => {
    const desk = openDesk(twice);
    desk.heroku.promote = () => {
      desk.table.rows.ledger = { ...stored(desk), writer: 'another', revision: 9 };
      return { kind: 'unknown', message: 'socket hang up' };
    };
    const { promoted } = await run(desk, {}, four);
    expect(promoted.map(({ to }) => to)).toEqual(['moon']);
    expect(desk.table.rows.holds).toEqual([]);
  });
});

describe('a run stops', () => {
  it('without error when another one is at work', async () => {
    const desk = openDesk(behind);
    desk.table.beforeWrite = (what) => {
      if (what.startsWith('ledger'))
        desk.table.rows.ledger = { ...emptyLedger, writer: 'another', revision: 7 };
    };
    expect(await run(desk)).toEqual({
      pipeline: 'router',
      result: 'stopped',
      promoted: [],
      settled: [],
      decision: null,
    });
    expect(desk.logs).toEqual([
      'info: router: this run stops. Another run has written the ledger of id-router.',
    ]);
    expect([desk.heroku.requests, desk.table.rows.decision]).toEqual([[], null]);
  });

  it('with an error when Heroku cannot be read: the next tick tries again', async () => {
    const desk = openDesk(behind);
    desk.heroku.errors['newest id-router'] = herokuError('unavailable');
    await expect(run(desk)).rejects.toThrow(HerokuError);
    expect(desk.logs).toEqual([]);
  });
});
