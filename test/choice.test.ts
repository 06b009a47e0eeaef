// Which commit moves where the newest does not pass: the newest that does, and `why` names what it was preferred to.

import { afterEach, describe, expect, it } from 'vitest';
import { explainPipeline } from '../shared/explain/pipeline.ts';
import { ciResult } from './month.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function withCi(): Promise<void> {
  world = await World.open({ config: {} });
  world.secrets['github'] = 'github-secret';
  world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? '    checks: [ci]\n' : ''));
  await world.ticks(2);
}

const said = async () => JSON.stringify(explainPipeline(await world.account('web')));

describe('A red commit in front of a green one', () => {
  it('is passed over, and told with the check that failed', async () => {
    await withCi();
    await world.hold('web', null, 'migration', null);
    const green = world.merge('web-1', 'green');
    await world.deliver(ciResult(1, green, 'success', world));
    await world.ticks(2);
    const red = world.merge('web-1', 'red');
    await world.ticks(2);
    await world.deliver(ciResult(2, red, 'failure', world));
    await world.ticks(1);
    expect(await world.step('web', 'w2')).toMatchObject({
      candidate: { commit: green },
      passedOver: [{ commit: red, check: 'ci', state: 'fail' }],
    });
    expect(await said()).toContain(`${red.slice(0, 8)} passed over: ci failed`);
    await world.unhold('web');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(green);
  });

  it('arrives inside the fix, which is given nothing older afterwards', async () => {
    await withCi();
    const red = world.merge('web-1', 'red');
    await world.deliver(ciResult(1, red, 'failure', world));
    await world.ticks(2);
    const fix = world.merge('web-1', 'fix');
    await world.deliver(ciResult(2, fix, 'success', world));
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(fix);
    await world.deliver(ciResult(3, red, 'success', world));
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(fix);
    expect(await world.attempts('web')).toHaveLength(1);
  });
});

describe('An app that runs a container image', () => {
  it('is told by its release, as source and as target', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(2);
    const { version } = world.heroku.releaseImage('web-1');
    await world.ticks(2);
    const [head] = (await world.decision('web')).waves;
    expect(head?.apps[0]).toMatchObject({ artifact: null, codeless: version });
    expect(await said()).toContain(`web-1 runs v${version}, which has no slug to compare`);
  });
});

describe('A slug that somebody took back by going back to a container image', () => {
  it('is not offered while what came after it still soaks', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? '    soak: 10m\n' : ''));
    await world.ticks(2);
    const { version } = world.heroku.releaseImage('web-1');
    await world.ticks(2);
    await world.hold('web', null, 'migration', null);
    const bad = world.merge('web-1', 'bad');
    await world.ticks(15);
    world.heroku.rollback('web-1', { version });
    await world.ticks(2);
    await world.unhold('web');
    const fix = world.merge('web-1', 'fix');
    await world.ticks(5);
    expect(world.posts()).toEqual([]);
    await world.ticks(10);
    expect(world.runs('web-2')).toBe(fix);
    expect((await world.attempts('web')).map(({ commit }) => commit)).not.toContain(bad);
  });
});

describe('A pipeline without waves', () => {
  it('promotes from staging to production; what a developer deploys to development goes nowhere', async () => {
    world = await World.open({ config: { web: 'pipeline: web' } });
    const stages = ['development', 'staging', 'production'] as const;
    world.heroku.addPipeline({ name: 'web', apps: stages.map((stage) => ({ name: `web-${stage}`, stage })) });
    for (const stage of stages) world.merge(`web-${stage}`, 'base');
    await world.ticks(2);
    world.merge('web-development', 'branch');
    await world.ticks(20);
    expect(world.posts()).toHaveLength(0);
    expect((await world.decision('web')).waves.map(({ name }) => name)).toEqual(['staging', 'production']);
    const merged = world.merge('web-staging', 'merged');
    await world.ticks(4);
    expect(world.runs('web-production')).toBe(merged);
  });
});

describe('A result about a commit that is not the newest', () => {
  it('is acted on when it comes, not at the next look', async () => {
    await withCi();
    const first = world.merge('web-1', 'first');
    await world.ticks(1);
    world.merge('web-1', 'second');
    await world.ticks(1);
    world.merge('web-1', 'third');
    await world.ticks(2);
    await world.deliver(ciResult(1, first, 'success', world));
    expect(world.posts()).toHaveLength(1);
  });
});
