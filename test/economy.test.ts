// What it costs Heroku: counted by the simulator, not estimated.

import { afterEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

describe('at rest', () => {
  it('a tick makes at most four calls for a fleet of 23 pipelines of 12 apps, and reads each in 15 ticks', async () => {
    world = await World.open({ config: {} });
    for (let n = 1; n <= 23; n++) world.addPipeline(`p${n}`, [1, 1, 2, 3, 2, 3]);
    await world.ticks(2);
    const most: number[] = [];
    for (let tick = 0; tick < 60; tick++) {
      world.heroku.calls.reset();
      await world.ticks(1);
      most.push(world.heroku.calls.total);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(4);
    const read = new Set(
      world.events.flatMap((e) =>
        e.type === 'PipelineDue' && e.reasons.includes('sweep') ? [e.pipeline.name] : [],
      ),
    );
    expect(read.size).toBe(23);
    expect(world.posts()).toHaveLength(0);
  });
});

describe('a config change', () => {
  it('takes no call of its own: the newest releases tell it', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 3]);
    await world.ticks(2);
    world.heroku.calls.reset();
    for (const app of ['web-1', 'web-2', 'web-3', 'web-4']) world.heroku.setConfig(app);
    await world.ticks(35);
    world.merge('web-1', 'A');
    await world.ticks(5);
    expect(world.heroku.calls.byRoute['GET /apps/{app}/releases']).toBeUndefined();
    expect(world.posts()).toHaveLength(1);
  });

  it('and another right after it take one: the list of releases is read', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(2);
    world.heroku.calls.reset();
    for (let times = 1; times <= 2; times++) world.heroku.setConfig('web-2');
    await world.ticks(35);
    expect(world.heroku.calls.byRoute['GET /apps/{app}/releases']).toBe(1);
  });
});

describe('a promotion', () => {
  it.each([{ targets: 1 }, { targets: 10 }, { targets: 40 }])(
    'to $targets apps takes three calls: what runs, the request, what runs then',
    async ({ targets }) => {
      world = await World.open({ config: {} });
      world.addPipeline('web', [1, targets]);
      await world.ticks(2);
      world.merge('web-1', 'A');
      world.heroku.calls.reset();
      await world.ticks(2);
      expect(world.heroku.calls.byRoute).toEqual({
        // One a tick, for the whole fleet.
        'GET /apps': 2,
        // One a merge, whatever becomes of it.
        'GET /apps/{app}/slugs/{artifact}': 1,
        'GET /pipelines/{id}/latest-releases': 2,
        'POST /pipeline-promotions': 1,
      });
    },
  );

  it('reads one commit, its own, also after as many merges as a past tells of', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(2);
    for (let merge = 0; merge < 65; merge++) {
      world.merge('web-1', `m${merge} `);
      await world.ticks(3);
    }
    world.heroku.calls.reset();
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(world.heroku.calls.byRoute).toMatchObject({
      'GET /apps/{app}/slugs/{artifact}': 1,
      'POST /pipeline-promotions': 1,
    });
  });

  it('that takes long is asked about with one call a tick', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 40]);
    world.heroku.setPromotionSeconds(60 * 20);
    await world.ticks(2);
    world.merge('web-1', 'A');
    await world.ticks(2);
    world.heroku.calls.reset();
    await world.ticks(10);
    const { total, byRoute } = world.heroku.calls;
    expect(total - (byRoute['GET /apps'] ?? 0)).toBeLessThanOrEqual(12);
  });

  it('through five waves takes two calls a wave, and one to see that it is over', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 2, 3, 2, 3]);
    await world.ticks(2);
    world.merge('web-1', 'A');
    world.heroku.calls.reset();
    await world.ticks(6);
    expect(world.heroku.calls.byRoute).toMatchObject({
      'GET /pipelines/{id}/latest-releases': 6,
      'POST /pipeline-promotions': 5,
    });
    expect(world.heroku.calls.byRoute['GET /pipeline-promotions/{id}/promotion-targets']).toBeUndefined();
  });
});

describe('an incident at Heroku', () => {
  it('is waited for at the cost of a look in five minutes, and the promotion is made within five of its end', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? '    checks: [heroku-status]\n' : ''));
    await world.ticks(2);
    world.heroku.setStatus({ Apps: 'red' });
    world.merge('web-1', 'A');
    await world.ticks(2);
    world.heroku.calls.reset();
    await world.ticks(30);
    // Two of them are its turns in the sweep.
    expect(world.heroku.calls.byRoute['GET /pipelines/{id}/latest-releases']).toBeLessThanOrEqual(8);
    expect(world.posts()).toHaveLength(0);
    world.heroku.setStatus({ Apps: 'green' });
    await world.ticks(6);
    expect(world.posts()).toHaveLength(1);
  });
});
