// A soak counts while a dyno runs: an app that nobody runs proves nothing. It is looked at before a wave would be given
// something, and until a dyno runs where none did.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitOf, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open({ config: {} });
  world.addPipeline('web', [1, 1, 1], (wave) => (wave > 1 ? '    soak: 10m\n' : ''));
  await world.ticks(2);
});
afterEach(() => world.close());

const formationCalls = () => world.heroku.calls.log.filter(({ path }) => path.endsWith('/formation')).length;

describe('An app without a dyno', () => {
  it('soaks nothing, and it is said with what to do', async () => {
    world.heroku.scale('web-1', 0);
    world.merge('web-1', 'A');
    await world.ticks(40);
    expect(world.posts()).toEqual([]);
    const step = await world.step('web', 'w2');
    expect(step.blocker).toBe('soak');
    expect(step.verdicts.find(({ check }) => check === 'soak')).toMatchObject({
      state: 'wait',
      reason: 'No dyno of web-1 runs, so no time counts there; the soak of 10m begins when one does.',
      unblock: 'heroku ps:scale web=1 --app web-1',
    });
  });

  it('soaks from when one runs, and scaling it further begins nothing anew', async () => {
    world.heroku.scale('web-1', 0);
    const commit = world.merge('web-1', 'A');
    await world.ticks(20);
    world.heroku.scale('web-1', 1);
    const since = world.clock.now();
    await world.ticks(7);
    world.heroku.scale('web-1', 3);
    await world.ticks(2);
    expect(world.posts()).toEqual([]);
    await world.ticks(5);
    expect(world.runs('web-2')).toBe(commit);
    const [attempt] = await world.attempts('web');
    expect(attempt?.claimedAt).toBeGreaterThanOrEqual(since + 10 * 60_000);
  });

  it('is remembered with every cache deleted', async () => {
    world.heroku.scale('web-1', 0);
    world.merge('web-1', 'A');
    await world.ticks(20);
    world.heroku.scale('web-1', 1);
    await world.ticks(6);
    await world.forget();
    await world.ticks(2);
    expect(world.posts()).toEqual([]);
  });

  it('keeps no wave from what comes next, and nothing from a wave that asks for no soak', async () => {
    world.heroku.scale('web-2', 0);
    world.merge('web-1', 'A');
    await world.ticks(20);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    const newer = world.merge('web-1', 'B');
    await world.ticks(20);
    expect(world.runs('web-2')).toBe(newer);
    expect(world.runs('web-3')).toBe(commitOf('web base'));

    world.addPipeline('shop', [1, 1]);
    world.heroku.scale('shop-1', 0);
    await world.ticks(2);
    const commit = world.merge('shop-1', 'C');
    await world.ticks(3);
    expect(world.runs('shop-2')).toBe(commit);
  });
});

describe('What it costs', () => {
  it('is a call for each app that something is given from, and none at rest', async () => {
    await world.ticks(20);
    expect(formationCalls()).toBe(0);
    world.merge('web-1', 'A');
    await world.ticks(40);
    expect(world.runs('web-3')).toBe(commitOf('A'));
    expect(formationCalls()).toBe(2);
  });

  it('is a call every five minutes while no dyno runs', async () => {
    world.heroku.scale('web-1', 0);
    world.merge('web-1', 'A');
    await world.ticks(71);
    expect(formationCalls()).toBeLessThanOrEqual(15);
  });
});

describe('What cannot be read', () => {
  it('is unknown, and the soak with it', async () => {
    world.merge('web-1', 'A');
    await world.ticks(9);
    world.heroku.faults.unavailable({ route: 'GET /apps/{app}/formation' });
    await world.ticks(10);
    expect(world.posts()).toEqual([]);
    const step = await world.step('web', 'w2');
    expect(step.verdicts.find(({ check }) => check === 'soak')).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/^Whether a dyno of web-1 runs could not be read: /),
    });
  });
});
