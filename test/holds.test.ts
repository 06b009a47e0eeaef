// Holds as stories: they outlive the names of what they hold.

import { afterEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

describe('A hold on a wave', () => {
  it('stands when its wave gets another name', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    await world.hold('web', 'w2', 'incident 42', null);
    world.merge('web-1', 'A');
    await world.ticks(2);
    world.config = { web: (world.config['web'] ?? '').replace('name: w2', 'name: prod') };
    await world.ticks(4);
    expect(world.posts()).toHaveLength(0);
    expect(
      (await world.step('web', 'prod')).verdicts.find(({ check }) => check === 'hold')?.reason,
    ).toContain('no wave is called w2 now, so it holds all of web');
    await world.unhold('web', 'w2');
    await world.ticks(4);
    expect(world.posts()).toHaveLength(1);
  });

  it('goes with the apps of its wave when that is split', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 2]);
    await world.ticks(1);
    await world.hold('web', 'w2', 'incident 42', null);
    world.merge('web-1', 'A');
    const split = '  - name: first\n    apps: [web-3]\n  - name: w2\n    apps: [web-2]\n';
    const [before] = (world.config['web'] ?? '').split('  - name: w2');
    world.config = { web: `${before}${split}` };
    await world.ticks(4);
    expect((await world.step('web', 'first')).blocker).toBe('hold');
    expect(world.posts()).toHaveLength(0);
  });
});

describe('A hold whose row cannot be read', () => {
  // Of a hold on one wave that ended long ago: it holds nothing as long as it can be read.
  const row = {
    id: '01KAX5T0Q8HHHHHHHHHH000001',
    wave: 'w9',
    reason: 'x',
    owner: 'ana@example.com',
    placedAt: 1,
    expiresAt: 2,
    liftedAt: null,
    liftedBy: null,
  };
  const without = (key: keyof typeof row) =>
    Object.fromEntries(Object.entries(row).filter(([k]) => k !== key));

  it.each([
    { case: 'no body', body: undefined },
    { case: 'no JSON', body: '{' },
    { case: 'null', body: 'null' },
    { case: 'a list', body: '[]' },
    { case: 'no owner', body: without('owner') },
    { case: 'no reason', body: without('reason') },
    { case: 'no wave', body: without('wave') },
    { case: 'no time of its placing', body: without('placedAt') },
    { case: 'no end, not even null', body: without('expiresAt') },
    { case: 'no word on its lifting', body: without('liftedAt') },
    { case: 'a text for its end', body: { ...row, expiresAt: '2020-01-01' } },
    { case: 'a text for its lifting', body: { ...row, liftedAt: '2020-01-01' } },
    { case: 'a number for its wave', body: { ...row, wave: 7 } },
  ])('holds the whole pipeline: $case', async ({ body }) => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    const text = typeof body === 'object' ? JSON.stringify({ ...body, pipelineId: world.id('web') }) : body;
    await world.putRow({ pk: `pipeline#${world.id('web')}`, sk: `hot#hold#${row.id}`, body: text });
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(world.posts()).toHaveLength(0);
    const { verdicts } = await world.step('web', 'w2');
    expect(verdicts.find(({ check }) => check === 'hold')).toMatchObject({
      reason: expect.stringContaining(`hot#hold#${row.id} cannot be read`),
      unblock: 'sluice unhold web --hold HH000001 --reason "…"',
    });
    await world.unhold('web', null, ['HH000001']);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
  });

  it('nor does a rejection whose row cannot be read let anything through', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    await world.putRow({ pk: `pipeline#${world.id('web')}`, sk: 'hot#rejection#01A', body: '{}' });
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(world.posts()).toHaveLength(0);
    await world.unhold('web', null, ['01A']);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
  });
});
