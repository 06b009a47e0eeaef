// What an operator changes through `api`, and who the record says it was.

import { describe, expect, it } from 'vitest';
import { CHANGING_VERBS } from '../../../shared/operations/verbs.ts';
import { app, decision, HOUR, hold, NEW, NOW, OLD, put, putOpen, ROUTER, underWay } from '../../cli/facts.ts';
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
      next: [expect.objectContaining({ wave: 'canary', state: 'waits', blockers: ['soak', 'hold'] })],
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

describe('POST /unhold', () => {
  it('lifts what the caller placed on exactly that, and lists the rest', async () => {
    const { post, table, rows } = await aDesk();
    await table.writeHold(hold({ owner: ANA }));
    await table.writeHold(hold({ id: '2', wave: 'world', owner: ANA }));
    await table.writeHold(hold({ id: '3' }));
    const { status, json } = await post('/unhold', { pipeline: 'router', reason: 'done' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      lifted: [{ id: hold().id, liftedAt: '2026-11-23T12:00:00.000Z', liftedBy: ANA, liftReason: 'done' }],
      stay: [{ id: '2' }, { id: '3' }],
      next: [{ wave: 'canary', state: 'waits', blockers: ['soak', 'hold'] }],
    });
    expect((await rows()).holds.map(({ id }) => id)).toEqual(['2', '3']);
    const again = await post('/unhold', { pipeline: 'router', reason: 'done' });
    expect([again.status, again.json['kind']]).toEqual([404, 'others']);
    await post('/unhold', { pipeline: 'router', wave: 'world', reason: 'done', holds: ['2', '3'] });
    expect((await rows()).holds).toEqual([]);
  });
});

/** Somebody put something on canary, and an app of it failed. */
function stopped() {
  const made = decision();
  const stands = [{ app: app('router-va01'), artifact: OLD.artifact }];
  const failures = [{ app: app('router-va02'), attemptId: 'A1' }];
  return decision({
    steps: made.steps.map((step) => (step.to === 'canary' ? { ...step, stands, failures } : step)),
  });
}

describe('POST /accept', () => {
  it('lets count what people did, in the name of whom AWS names, and does nothing else', async () => {
    const { post, table, rows } = await aDesk(stopped());
    await table.writeHold(hold({ owner: ANA }));
    const { status, json } = await post('/accept', { pipeline: 'router', reason: 'looked at it' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      accept: { actor: ANA, reason: 'looked at it', accepted: [{ app: { name: 'router-va01' } }] },
    });
    expect((await rows()).holds).toHaveLength(1);
    expect(await table.words(ROUTER)).toMatchObject([{ kind: 'accept', actor: ANA, at: NOW }]);
  });

  it('refuses what has been decided about anew since the caller looked', async () => {
    const { post, table } = await aDesk(stopped());
    const seenAt = new Date(stopped().at - 1).toISOString();
    const { status, json } = await post('/accept', { pipeline: 'router', reason: 'x', seenAt });
    expect([status, json['error']]).toEqual([400, expect.stringContaining('decided about anew')]);
    expect(await table.words(ROUTER)).toEqual([]);
  });

  it('says that another Heroku pipeline behind the name is meant, when its id is named', async () => {
    const { post, table } = await aDesk();
    const stranger = { pipelineId: 'stranger', herokuName: 'router' };
    const record = { name: 'router', pipelineId: ROUTER, herokuName: 'router', since: NOW - HOUR };
    await table.writeName({ ...record, predecessors: [], stranger }, null);
    const blind = await post('/accept', { pipeline: 'router', reason: 'x' });
    expect([blind.status, blind.json['error']]).toEqual([400, expect.stringContaining('in means')]);
    const { status, json } = await post('/accept', { pipeline: 'router', reason: 'x', means: 'stranger' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ accept: { actor: ANA, accepted: [], means: stranger }, next: [] });
    expect(await table.names()).toMatchObject([{ pipelineId: 'stranger', predecessors: [ROUTER] }]);
  });

  it('has an answer of its own when there is nothing to accept', async () => {
    const { post, table } = await aDesk();
    const { status, json } = await post('/accept', { pipeline: 'router', reason: 'ok' });
    expect([status, json]).toEqual([
      404,
      { error: expect.stringMatching(/^Nothing to accept on router: /), kind: 'nothing' },
    ]);
    expect(await table.words(ROUTER)).toEqual([]);
  });
});

describe('POST /retry', () => {
  it('tries again what failed, and does nothing else', async () => {
    const { post, table, rows } = await aDesk(stopped());
    await table.writeHold(hold({ owner: ANA }));
    const { json } = await post('/retry', { pipeline: 'router', wave: 'canary', reason: 'ok' });
    expect(json).toMatchObject({ retry: { kind: 'retry', retried: [{ attemptId: 'A1' }] } });
    expect((await rows()).holds).toHaveLength(1);
    expect(await table.words(ROUTER)).toHaveLength(1);
  });
});

describe('POST /reject and /allow', () => {
  it('let a commit go no further, and again', async () => {
    const { post, table, rows } = await aDesk();
    const rejected = await post('/reject', { pipeline: 'router', commit: '3f2a91bc', reason: 'bad' });
    expect(rejected.json).toMatchObject({
      rejection: { commit: NEW.commit, actor: ANA, reason: 'bad', at: '2026-11-23T12:00:00.000Z' },
      next: [{ blockers: ['soak', 'rejected'] }],
    });
    expect((await rows()).rejections).toHaveLength(1);
    const allowed = await post('/allow', { pipeline: 'router', commit: '3f2a91bc', reason: 'good' });
    expect(allowed.json).toMatchObject({
      lifted: [{ liftedBy: ANA, liftReason: 'good' }],
      next: [{ blockers: ['soak'] }],
    });
    expect((await rows()).rejections).toEqual([]);
    expect((await table.ended(ROUTER)).rejections).toHaveLength(1);
  });
});

describe('The log', () => {
  it('tells who changed what, and not why: that is in the record', async () => {
    const { post, logs } = await aDesk();
    await post('/hold', { pipeline: 'router', wave: 'world', reason: 'embarrassing' });
    await post('/unhold', { pipeline: 'router', wave: 'world', reason: 'embarrassing' });
    const fields = { pipeline: 'router', actor: ANA };
    expect(logs).toEqual([
      { level: 'info', message: `${ANA} hold router world`, fields },
      { level: 'info', message: `${ANA} unhold router world`, fields },
    ]);
  });
});

describe('A function of one verb', () => {
  it.each(CHANGING_VERBS)('does %s and knows no other', async (verb) => {
    const { post } = await openDesk([verb]);
    const statuses = await Promise.all(
      CHANGING_VERBS.map(async (other) => [other, (await post(`/${other}`, [])).status]),
    );
    expect(statuses).toEqual(CHANGING_VERBS.map((other) => [other, other === verb ? 400 : 404]));
  });
});
