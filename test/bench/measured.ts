// The figures of the bench: pipelines of twelve apps in six waves, after 65 merges, when the past of each app is as long
// as it gets.

import { World } from '../world.ts';
import { Units } from './units.ts';

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
}

const WAVES = [1, 1, 2, 3, 2, 3];
const MERGES = 65;
const APPS = WAVES.reduce((sum, size) => sum + size, 0);
const LOOKS = 20;

/** One look at a pipeline with something new on its head that is held, so that every look decides it all. */
export async function measureLook(): Promise<readonly Row[]> {
  const units = new Units();
  const world = await World.open({ config: {}, onCommand: units.onCommand });
  try {
    world.addPipeline('web', WAVES);
    await world.ticks(2);
    for (let merge = 1; merge <= MERGES; merge++) {
      world.merge('web-1', `m${merge} `);
      await world.ticks(7);
    }
    const promotion = await measurePromotion(world, units);
    await world.hold('web', null, 'bench', null);
    world.merge('web-1', 'last');
    await world.ticks(3);
    const idle = await cpuOfTicks(world, false);
    units.take();
    const looked = await cpuOfTicks(world, true);
    const { read } = units.take();
    const many = `${APPS} apps after ${MERGES} merges`;
    return [
      { what: `a look at ${many}`, value: looked - idle, unit: 'ms of CPU', limit: 20 },
      { what: `a tick with a look at ${many}`, value: read / (2 * LOOKS), unit: 'table read units' },
      ...promotion,
    ];
  } finally {
    await world.close();
  }
}

async function measurePromotion(world: World, units: Units): Promise<readonly Row[]> {
  world.heroku.calls.reset();
  units.take();
  world.merge('web-1', 'measured');
  await world.ticks(8);
  const { read, write } = units.take();
  const calls = world.heroku.calls.total - (world.heroku.calls.byRoute['GET /apps'] ?? 0);
  const what = `a promotion, of the ${WAVES.length - 1} that take a merge through`;
  const each = (value: number) => value / (WAVES.length - 1);
  return [
    { what, value: each(calls), unit: 'Heroku calls', limit: 3 },
    { what, value: each(read), unit: 'table read units' },
    { what, value: each(write), unit: 'table write units' },
  ];
}

/** The CPU of a tick, ms: the mean of some, after some that warm up. */
async function cpuOfTicks(world: World, wakes: boolean): Promise<number> {
  let used = 0;
  // Twice as many as are counted: the first warm up.
  for (let look = -LOOKS; look < LOOKS; look++) {
    world.wait(1);
    if (wakes) await world.table.wake(world.id('web'), world.clock.now());
    const before = process.cpuUsage();
    await world.tick();
    const { user, system } = process.cpuUsage(before);
    if (look >= 0) used += (user + system) / 1000;
  }
  return used / LOOKS;
}

/** A tick of a fleet in which nothing happens. */
export async function measureRest(): Promise<readonly Row[]> {
  const units = new Units();
  const world = await World.open({ config: {}, onCommand: units.onCommand });
  const pipelines = 23;
  const ticks = 30;
  try {
    for (let n = 1; n <= pipelines; n++) world.addPipeline(`p${n}`, WAVES);
    await world.ticks(3);
    world.heroku.calls.reset();
    units.take();
    await world.ticks(ticks);
    const { read, write } = units.take();
    const what = `a tick at rest, ${pipelines} pipelines of ${APPS} apps`;
    return [
      { what, value: world.heroku.calls.total / ticks, unit: 'Heroku calls', limit: 4 },
      { what, value: read / ticks, unit: 'table read units' },
      { what, value: write / ticks, unit: 'table write units' },
    ];
  } finally {
    await world.close();
  }
}
