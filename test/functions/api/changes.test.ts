// What an operator changes through `api`, and who the record says it was.

import { describe, expect, it } from 'vitest';
import { app, decision, HOUR, hold, NOW, OLD, put, putOpen, ROUTER, underWay } from '../../cli/facts.ts';
import { ANA, openDesk } from './desk.ts';

async function aDesk(made = decision()) {
  const desk = await openDesk();
  await put(desk.table, made);
  return { ...desk, rows: () => desk.table.pipelineRows(ROUTER) };
}

describe('POST /hold', () => {
  it('places a hold for a day, owned by whom AWS names, and answers with its record', async () => {
    const { post, rows, table } = await aDesk();
    const { status, json } = await post('/hold', { pipeline: 'router', reason: 'database migration' });
    expect(status).toBe(200);
    expect(json).toEqual({
      hold: {
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        pipelineId: ROUTER,
        wave: null,
        reason: 'database migration',
        owner: ANA,
        placedAt: '2026-11-23T12:00:00.000Z',
        expiresAt: '2026-11-24T12:00:00.000Z',
        liftedAt: null,
        liftedBy: null,
      },
      openAttempts: [],
    });
    const { holds, ledger } = await rows();
    expect(holds).toMatchObject([{ owner: ANA, placedAt: NOW, expiresAt: NOW + 24 * HOUR }]);
    // A run at work loses its claim, and the next tick looks.
    expect(ledger?.writer).toMatch(/hold /);
    expect((await table.fleet()).views[0]?.wokenAt).toBe(NOW);
  });

  it.each([
    { expiresAt: '2026-11-23T14:00:00Z', at: NOW + 2 * HOUR },
    { expiresAt: '2026-11-23T14:00+01:00', at: NOW + HOUR },
    { expiresAt: null, at: null },
  ])('ends when it is told to: $expiresAt', async ({ expiresAt, at }) => {
    const { post, rows } = await aDesk();
    const body = { pipeline: ROUTER, wave: 'world', reason: ' legal ', expiresAt };
    expect((await post('/hold', body)).status).toBe(200);
    expect((await rows()).holds).toMatchObject([{ wave: 'world', reason: 'legal', expiresAt: at }]);
  });

  it('tells what Heroku has begun already', async () => {
    const { post, table } = await aDesk();
    await putOpen(table, underWay);
    const { json } = await post('/hold', { pipeline: 'router', reason: 'x' });
    expect(json['openAttempts']).toMatchObject([{ id: underWay.id, claimedAt: '2026-11-23T11:58:00.000Z' }]);
  });
});

describe('POST /resume', () => {
  const stopped = () => {
    const made = decision();
    const stands = [{ app: app('router-va01'), artifact: OLD.artifact }];
    return decision({ steps: made.steps.map((step) => (step.to === 'canary' ? { ...step, stands } : step)) });
  };

  it('lifts holds and lets go of what stands, in the name of whom AWS names', async () => {
    const { post, table, rows } = await aDesk(stopped());
    await table.writeHold(hold());
    const { status, json } = await post('/resume', { pipeline: 'router', reason: 'looked at it' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      lifted: [{ id: hold().id, liftedAt: '2026-11-23T12:00:00.000Z', liftedBy: ANA }],
      accept: { actor: ANA, reason: 'looked at it', accepted: [{ app: { name: 'router-va01' } }] },
    });
    expect((await rows()).holds).toMatchObject([{ liftedAt: NOW, liftedBy: ANA }]);
    expect(await table.words(ROUTER)).toMatchObject([{ actor: ANA, at: NOW }]);
  });

  it('of one wave leaves the hold on the pipeline', async () => {
    const { post, table, rows } = await aDesk();
    await table.writeHold(hold());
    await table.writeHold(hold({ id: '2', wave: 'world' }));
    const { json } = await post('/resume', { pipeline: 'router', wave: 'world', reason: 'ok' });
    expect(json).toMatchObject({ lifted: [{ id: '2' }], accept: null, retry: null });
    expect((await rows()).holds).toMatchObject([{ liftedAt: null }, { liftedAt: NOW }]);
  });

  it('has an answer of its own when there is nothing to resume', async () => {
    const { post, table } = await aDesk();
    const { status, json } = await post('/resume', { pipeline: 'router', reason: 'ok' });
    expect([status, json['error']]).toEqual([404, expect.stringMatching(/^Nothing to resume on router: /)]);
    expect(await table.words(ROUTER)).toEqual([]);
  });
});

describe('The log', () => {
  it('tells who changed what, and not why: that is in the record', async () => {
    const { post, logs } = await aDesk();
    await post('/hold', { pipeline: 'router', wave: 'world', reason: 'embarrassing' });
    await post('/resume', { pipeline: 'router', wave: 'world', reason: 'embarrassing' });
    const fields = { pipeline: 'router', actor: ANA };
    expect(logs).toEqual([
      { level: 'info', message: `${ANA} holds router world`, fields },
      { level: 'info', message: `${ANA} resumes router world`, fields },
    ]);
  });
});
