// Whatever dies, whenever: the next run goes on from there, with one promotion and a complete audit.

import { afterEach, describe, expect, it } from 'vitest';
import type { Promote } from '../shared/heroku/port.ts';
import type { Table } from '../shared/table/port.ts';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

class Killed extends Error {}

/** A process that dies once, at the given point around the one request, as `kill -9` would have it. */
function dyingOnce(
  at: 'between claim and request' | 'between request and record',
): (real: Promote) => Promote {
  let dies = true;
  return (real) => async (request) => {
    if (!dies) return real(request);
    dies = false;
    if (at === 'between request and record') await real(request);
    throw new Killed(at);
  };
}

describe('a process that is killed', () => {
  it.each([
    { at: 'between claim and request' as const, seconds: 4, states: ['not-sent', 'succeeded'] },
    { at: 'between request and record' as const, seconds: 4, states: ['succeeded'] },
    // Heroku begins late and takes its time: that nothing is seen yet does not mean that nothing comes.
    { at: 'between request and record' as const, seconds: 150, states: ['succeeded'] },
    { at: 'between request and record' as const, seconds: 400, states: ['succeeded'] },
  ])('$at leaves one promotion of $seconds s and a complete audit', async ({ at, seconds, states }) => {
    world = await World.open({ config: {}, promote: dyingOnce(at) });
    world.addPipeline('web', [1, 2]);
    world.heroku.setPromotionSeconds(seconds);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(12);
    expect(['web-2', 'web-3'].map((app) => world.runs(app))).toEqual([commitOf('A'), commitOf('A')]);
    expect(world.posts()).toHaveLength(1);
    expect(world.heroku.promotions()).toHaveLength(1);
    const attempts = await world.attempts('web');
    expect(attempts.map((a) => a.state)).toEqual(states);
    for (const attempt of attempts) {
      expect(attempt.settledAt).not.toBeNull();
      expect(attempt.verdicts.map((v) => v.state)).toEqual(attempt.verdicts.map(() => 'pass'));
      expect(attempt.verdicts.length).toBeGreaterThanOrEqual(3);
      expect(attempt.actor).toBe('sluice');
    }
  });

  it('at any write to the table, before or after it, leaves one promotion and a complete audit', async () => {
    for (let write = 1; ; write++) {
      for (const after of [false, true]) {
        let count = 0;
        world = await World.open({
          config: {},
          table: (real) =>
            dyingAt(real, async (act) => {
              count += 1;
              if (count !== write) return act();
              if (after) await act();
              throw new Killed(`write ${write}`);
            }),
        });
        world.addPipeline('web', [1, 1]);
        world.merge('web-1', 'A');
        for (let minute = 0; minute < 10; minute++) await world.ticks(1).catch(isKilled);
        const where = `killed ${after ? 'after' : 'before'} write ${write}`;
        expect(world.runs('web-2'), where).toBe(commitOf('A'));
        expect(world.heroku.promotions(), where).toHaveLength(1);
        const attempts = await world.attempts('web');
        expect(
          attempts.filter((a) => a.state === 'succeeded').map((a) => a.to),
          where,
        ).toEqual(['w2']);
        expect(
          attempts.every((a) => a.state !== 'open'),
          where,
        ).toBe(true);
        if (count < write) return;
        await world.close();
      }
    }
  });
});

function isKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

/** A table whose every write goes through `write`. */
function dyingAt(real: Table, write: <T>(act: () => Promise<T>) => Promise<T>): Table {
  const wrapped = Object.entries(real).map(([name, method]) =>
    /^(write|wake|liftHold|noteDelivery)/.test(name)
      ? [name, (...args: never[]) => write(() => (method as (...a: never[]) => Promise<unknown>)(...args))]
      : [name, method],
  );
  return Object.fromEntries(wrapped) as Table;
}

describe('a reply that is lost', () => {
  it('after Heroku did it is adopted, not sent again', async () => {
    world = await World.open({
      config: {},
      promote: (real) => async (request) => {
        await real(request);
        return { kind: 'unknown', message: 'socket hang up' };
      },
    });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(world.posts()).toHaveLength(1);
    const [attempt] = await world.attempts('web');
    expect([attempt?.state, attempt?.promotionId]).toEqual(['succeeded', null]);
    expect(attempt?.outcome).toBe('web-2 took it (its answer was lost; the targets tell it).');
  });

  it('when Heroku is down is waited for until it must have died, then tried again', async () => {
    let lost = 2;
    world = await World.open({
      config: {},
      promote: (real) => async (request) =>
        lost-- > 0 ? { kind: 'unknown', message: '503 from Heroku' } : real(request),
    });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(15);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect((await world.attempts('web')).map((a) => a.state)).toEqual(['not-sent', 'not-sent', 'succeeded']);
  });
});

describe('Heroku promoting something else than was asked', () => {
  it.each([
    { case: 'by its answer', tells: true },
    { case: 'by what runs afterwards', tells: false },
  ])('is noticed $case, and the whole pipeline is held until somebody has looked', async ({ tells }) => {
    let other = '';
    world = await World.open({
      config: {},
      promote: (real) => async (request) => {
        const outcome = await real({ ...request, sourceReleaseId: other });
        return outcome.kind === 'accepted' && !tells ? { ...outcome, sourceReleaseId: null } : outcome;
      },
    });
    world.addPipeline('web', [1, 1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'X');
    world.merge('web-1', 'A');
    other = world.heroku.app('web-1').releases.find((r) => r.commit === commitOf('X'))?.id ?? '';
    await world.ticks(8);
    expect(world.posts()).toHaveLength(1);
    expect(world.events.some((e) => e.type === 'SafetyAlarm')).toBe(true);
    const { holds } = await world.table.pipelineRows(world.id('web'));
    expect(holds.length).toBeGreaterThan(0);
    for (const hold of holds) expect(hold).toMatchObject({ owner: 'sluice', wave: null, expiresAt: null });
  });
});

describe('two runs at once', () => {
  it('make one promotion: the one that loses the claim stops without error', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 3]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    world.wait(1);
    await Promise.all([world.tick(), world.tick(), world.tick(), world.tick()]);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
    expect(await world.attempts('web')).toHaveLength(1);
  });
});

describe('forgetting', () => {
  it('every cached row, at any minute of the story, changes no decision', async () => {
    const story = async (forgetAt: readonly number[]): Promise<unknown> => {
      world = await World.open({ config: {} });
      world.addPipeline('web', [1, 2, 2], (wave) => (wave === 3 ? '    soak: 4m\n' : ''));
      await world.ticks(1);
      const bad = commitOf('B');
      world.heroku.setReleasePhase('web-3', { seconds: 20, fails: [bad] });
      const told: unknown[] = [];
      for (let minute = 0; minute < 30; minute++) {
        if (minute === 1) world.merge('web-1', 'A');
        if (minute === 10) world.merge('web-1', 'B');
        if (minute === 15) world.heroku.rollback('web-4');
        if (minute === 16) world.merge('web-1', 'C');
        if (minute === 18) await world.hold('web', 'w2', 'a look', 5);
        if (forgetAt.includes(minute)) expect(await world.forget()).toBeGreaterThan(5);
        await world.ticks(1);
        const { waves, steps } = await world.decision('web');
        told.push([
          waves.map((wave) => wave.apps.map((entry) => entry.commit)),
          steps.map((s) => [s.state, s.candidate?.commit, s.targets.map((t) => t.name), s.blocker]),
        ]);
      }
      const attempts = (await world.attempts('web')).map((a) => [a.to, a.commit, a.state]);
      await world.close();
      return { told, attempts };
    };
    const plain = await story([]);
    expect(await story(Array.from({ length: 30 }, (_, minute) => minute))).toEqual(plain);
    world = await World.open({ config: {} });
  });
});
