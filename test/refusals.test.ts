// What Heroku refuses: about the artifact, or about the account, its access and its rate.

import { afterEach, describe, expect, it } from 'vitest';
import { explainPipeline } from '../shared/explain/pipeline.ts';
import { commitOf, MINUTE, T0, World } from './world.ts';

let world: World;
afterEach(() => world.close());

const PROMOTE = { route: 'POST /pipeline-promotions' } as const;

/** A merge that is ready for web-2, and Heroku refusing to promote it. Gives what lifts the refusal. */
async function refusing(status: number, id: string): Promise<() => void> {
  world = await World.open({ config: {} });
  world.addPipeline('web', [1, 1]);
  await world.ticks(1);
  world.merge('web-1', 'A');
  const off = world.heroku.faults.refuse(status, id, 'Not now.', PROMOTE);
  await world.ticks(1);
  expect(world.posts()).toHaveLength(1);
  return off;
}

const attemptVerdict = async () =>
  (await world.step('web', 'w2')).verdicts.find(
    ({ check, state }) => check === 'attempt' && state !== 'pass',
  );

describe('a refusal for account, access or rate', () => {
  it.each([
    [401, 'unauthorized', /heroku authorizations:create/],
    [402, 'delinquent', /Settle the bill/],
    [403, 'forbidden', /heroku access:add/],
    [403, 'two_factor', /second factor/],
    [404, 'not_found', /heroku apps --all/],
    [422, 'verification_needed', /Verify the account/],
    [429, 'rate_limit', /Wait a few minutes/],
  ])('is not held against the artifact, and says what to do: %i %s', async (status, id, remedy) => {
    const off = await refusing(status, id);
    const step = await world.step('web', 'w2');
    expect([step.state, step.blocker, step.failures]).toEqual(['blocked', 'attempt', []]);
    const verdict = await attemptVerdict();
    expect(verdict).toMatchObject({ state: 'wait', about: 'world', unblock: expect.stringMatching(remedy) });
    expect(verdict?.reason).toMatch(
      new RegExp(`^For web-2, at .*: Heroku refused it \\(${status} ${id}\\): Not now\\. That is not about`),
    );
    off();
    await world.ticks(10);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect((await world.attempts('web')).map(({ state }) => state)).toEqual(['rejected', 'succeeded']);
  });

  it('by rate says when it is asked again, each time later, and keeps to it', async () => {
    await refusing(429, 'rate_limit');
    const at: number[] = [];
    for (let minute = 2; minute <= 40; minute++) {
      const before = world.posts().length;
      const { earliestAt } = await world.step('web', 'w2');
      await world.ticks(1);
      if (world.posts().length === before) continue;
      expect(earliestAt).toBeLessThanOrEqual(world.clock.now());
      at.push(minute);
    }
    expect(at.map((minute, n) => minute - (at[n - 1] ?? 1))).toEqual([1, 2, 4, 8, 10, 10]);
    const step = await world.step('web', 'w2');
    expect(step.earliestAt).toBe(T0 + (37 + 10) * MINUTE);
    expect(JSON.stringify(explainPipeline(await world.account('web')))).toContain(
      'asked again at 2026-11-23 10:47Z',
    );
  });

  it('that a person has to see to names no time at which it is over', async () => {
    await refusing(403, 'forbidden');
    expect((await world.step('web', 'w2')).earliestAt).toBeNull();
    await world.ticks(60);
    expect(world.posts().length).toBeLessThanOrEqual(9);
  });

  it('is over with the first request that Heroku takes', async () => {
    const off = await refusing(429, 'rate_limit');
    await world.ticks(8);
    off();
    await world.ticks(10);
    world.merge('web-1', 'B');
    world.heroku.faults.refuse(429, 'rate_limit', 'Not now.', { ...PROMOTE, times: 1 });
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('B'));
  });

  it('is known again when every cached row is gone', async () => {
    await refusing(429, 'rate_limit');
    await world.ticks(1);
    const before = await attemptVerdict();
    await world.forget();
    await world.ticks(1);
    expect(await attemptVerdict()).toEqual(before);
  });

  it('is no other pipeline’s', async () => {
    world = await World.open({ config: {} });
    for (const name of ['api', 'web']) world.addPipeline(name, [1, 1]);
    await world.ticks(1);
    for (const app of ['api-1', 'web-1']) world.merge(app, 'A');
    world.heroku.faults.forbidden('api-2');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });
});

describe('a refusal about the release', () => {
  it('counts against the artifact: it is not sent again, and something newer goes ahead', async () => {
    const off = await refusing(422, 'invalid_params');
    expect((await attemptVerdict())?.state).toBe('fail');
    off();
    await world.ticks(30);
    expect(world.posts()).toHaveLength(1);
    world.merge('web-1', 'B');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('B'));
  });
});

describe('a 5xx', () => {
  it('may have been carried out: it is settled by what runs, and tried again', async () => {
    const off = await refusing(503, 'maintenance');
    off();
    await world.ticks(8);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect((await world.attempts('web')).map(({ state }) => state)).toEqual(['not-sent', 'succeeded']);
  });
});
