// Pipelines that Heroku is slow about: one tick reads for so long and no longer, and the others are woken. Virtual time.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../shared/clock.ts';
import type { PipelineDue, SluiceEvent } from '../../../shared/events.ts';
import { type HerokuApp, HerokuError, type HerokuReads } from '../../../shared/heroku/port.ts';
import type { Measure } from '../../../shared/metrics.ts';
import { type ScanPorts, tick } from '../../../shared/scan/tick.ts';
import type { MapEntry, Table } from '../../../shared/table/port.ts';

const MINUTE = 60_000;
const T0 = Date.parse('2026-11-23T10:00:00Z');

beforeEach(() => void vi.useFakeTimers({ now: T0 }));
afterEach(() => void vi.useRealTimers());

/** What Heroku does about a pipeline of that name: answers at once, lets every call run into its deadline, or never ends. */
type Manner = 'answers' | 'hangs' | 'never ends';

/** A fleet of pipelines with two apps each; the table is kept, everything else is new at each tick. */
function fleetOf(pipelines: Readonly<Record<string, Manner>>) {
  const names = Object.keys(pipelines);
  const map = new Map<string, MapEntry>();
  const published: SluiceEvent[] = [];
  const measured: Parameters<Measure>[0][] = [];
  const asked: string[] = [];
  const apps = names.flatMap((name): HerokuApp[] =>
    ['a', 'b'].map((app) => ({
      id: `${name}-${app}`,
      name: `${name}-${app}`,
      maintenance: false,
      releasedAt: T0 - 60 * MINUTE,
    })),
  );
  const answer = async (name: string): Promise<void> => {
    asked.push(name);
    if (pipelines[name] === 'never ends') await new Promise(() => undefined);
    if (pipelines[name] !== 'hangs') return;
    await systemClock.sleep(10_000);
    throw new HerokuError('unavailable', `GET /pipelines of ${name} had no answer within 10000 ms.`, '');
  };
  const heroku: Partial<HerokuReads> = {
    apps: async () => apps,
    pipelines: async (name) => {
      await answer(name);
      return [{ id: name, name }];
    },
    couplings: async (name) => {
      await answer(name);
      return ['staging', 'production'].map((stage, index) => ({
        appId: `${name}-${'ab'[index]}`,
        pipelineId: name,
        stage: stage as 'staging' | 'production',
      }));
    },
  };
  const table: Partial<Table> = {
    fleet: async () => ({ views: [], map: [...map.values()], tick: null }),
    writeMapEntry: async (entry) => void map.set(entry.key, entry),
    writeTick: async () => undefined,
    hadDefaults: async () => false,
    names: async () => [],
    writeName: async () => 'won',
  };
  let begun = 0;
  let publishedAt: number | null = null;
  const ports: ScanPorts = {
    clock: systemClock,
    config: {
      defaultsPlace: { parameter: '/sluice/defaults', restore: '', empty: '' },
      read: async () => ({
        pipelines: names.map((name) => ({
          name,
          parameter: `/sluice/pipelines/${name}`,
          text: `pipeline: ${name}`,
        })),
        defaults: null,
      }),
    },
    heroku: heroku as HerokuReads,
    callsLeft: () => 4000,
    table: table as Table,
    bus: {
      publish: async (events) => {
        if (events.length > 0) publishedAt ??= Date.now() - begun;
        published.push(...events);
      },
    },
    log: () => undefined,
    measure: (values) => void measured.push(values),
    tickMs: MINUTE,
  };
  return {
    map,
    asked,
    measured,
    woken: () =>
      published
        .filter((one): one is PipelineDue => one.type === 'PipelineDue')
        .map((one) => one.pipeline.name),
    /** How long after its beginning the last tick published first, ms. */
    publishedAt: () => publishedAt,
    /** One tick a minute; gives the record, and how long the tick took. */
    async tick() {
      begun = Date.now();
      publishedAt = null;
      published.length = 0;
      asked.length = 0;
      let took = Number.NaN;
      const ends = tick(ports).finally(() => {
        took = Date.now() - begun;
      });
      await vi.advanceTimersByTimeAsync(MINUTE);
      return { record: await ends, took };
    },
  };
}

const named = (prefix: string, count: number, manner: Manner): Record<string, Manner> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index + 1}`, manner]));

describe('Lookups that hang', () => {
  it('end after 25 s, and those that are known are woken in that tick', async () => {
    const manners = { ...named('ok', 3, 'answers'), ...named('slow', 12, 'answers') };
    const fleet = fleetOf(manners);
    await fleet.tick();
    for (let slow = 1; slow <= 12; slow++) {
      manners[`slow${slow}`] = 'hangs';
      fleet.map.delete(`slow${slow}`);
    }
    const { record, took } = await fleet.tick();
    expect(took).toBe(25_000);
    expect(record.ok).toBe(true);
    expect(fleet.woken()).toEqual(['ok1', 'ok2', 'ok3']);
    expect(fleet.publishedAt()).toBe(0);
  });

  it('count as unread in this tick, and are tried again in the next', async () => {
    const fleet = fleetOf(named('slow', 18, 'hangs'));
    const { record } = await fleet.tick();
    expect(record.problems).toHaveLength(18);
    const late = record.problems.filter((problem) => problem.includes('not looked up in time'));
    expect(late.length).toBeGreaterThanOrEqual(3);
    expect(late[0]).toMatch(
      /^\/sluice\/pipelines\/slow\d+: pipeline: not looked up in time; the next tick goes on\.$/,
    );
    expect(fleet.measured.at(-1)).toMatchObject({
      TicksSucceeded: 1,
      ConfigurationProblems: 0,
      PipelinesUnseen: 18,
    });
  });

  it('do not starve the others: each is read within as many ticks as there are pipelines to read', async () => {
    const fleet = fleetOf({ ...named('slow', 12, 'hangs'), ...named('ok', 3, 'answers') });
    for (let ticks = 0; ticks < 15; ticks++) expect((await fleet.tick()).took).toBeLessThanOrEqual(25_000);
    expect(fleet.woken()).toEqual(['ok1', 'ok2', 'ok3']);
  });

  it('do not end the tick when they have no end of their own', async () => {
    const fleet = fleetOf({ one: 'never ends', two: 'answers' });
    let most = 0;
    for (let ticks = 0; ticks < 2; ticks++) most = Math.max(most, (await fleet.tick()).took);
    expect(most).toBe(25_000);
    expect(fleet.woken()).toEqual(['two']);
  });

  it('of an entry that is only read again leave the pipeline as it is known', async () => {
    const manners: Record<string, Manner> = { web: 'answers' };
    const fleet = fleetOf(manners);
    await fleet.tick();
    vi.setSystemTime(T0 + 45 * MINUTE);
    manners['web'] = 'never ends';
    const { record, took } = await fleet.tick();
    expect(took).toBe(25_000);
    expect(record.problems).toEqual(['web: its apps could not be read: no answer in time.']);
    expect(fleet.woken()).toEqual(['web']);
    // Its turn comes again after the others'.
    expect((await fleet.tick()).took).toBe(0);
  });
});

describe('What is known is not looked up again', () => {
  it('until it is old: one entry a tick, the oldest first, however many pipelines there are', async () => {
    const fleet = fleetOf(named('p', 60, 'answers'));
    await fleet.tick();
    expect(fleet.asked).toHaveLength(120);
    await fleet.tick();
    expect(fleet.asked).toEqual([]);
    vi.setSystemTime(T0 + 31 * MINUTE);
    await fleet.tick();
    // Its name, and its apps.
    expect(fleet.asked).toEqual(['p1', 'p1']);
    await fleet.tick();
    expect(fleet.asked).toEqual(['p2', 'p2']);
  });
});
