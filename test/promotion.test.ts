// The main job, told as stories: merges roll through the waves, held back by what holds them back.

import { afterEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

describe('a merge', () => {
  it('rolls through six waves of twelve apps, one promotion request a wave, pinned', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 2, 3, 2, 3]);
    await world.ticks(1);
    expect(world.posts()).toEqual([]);

    const commit = world.merge('router-1', 'A');
    await world.ticks(8);

    const apps = Array.from({ length: 12 }, (_, n) => `router-${n + 1}`);
    expect(apps.map((app) => world.runs(app))).toEqual(apps.map(() => commit));
    expect(world.posts()).toHaveLength(5);
    expect(world.posts().every((post) => JSON.stringify(post.body).includes('"release":{"id":'))).toBe(true);
    const attempts = await world.attempts('router');
    expect(attempts.map((a) => [a.to, a.state, a.targets.length])).toEqual([
      ['w2', 'succeeded', 1],
      ['w3', 'succeeded', 2],
      ['w4', 'succeeded', 3],
      ['w5', 'succeeded', 2],
      ['w6', 'succeeded', 3],
    ]);
  });
});
