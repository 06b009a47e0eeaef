// One odd row in one of Heroku's lists is the trouble of the app that it is about, and of no other.

import { afterEach, describe, expect, it } from 'vitest';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

type Row = Record<string, unknown> & { readonly app?: Record<string, unknown> };

/** Heroku lists the app oddly wherever the path matches, from when it is said on. */
async function listingOddly(
  path: RegExp,
  app: string,
  odd: (row: Row) => unknown,
): Promise<(on: boolean) => void> {
  let isOn = false;
  const isIt = (row: Row) => [row['name'], row.app?.['name'], row.app?.['id'], row['id']].includes(about());
  const about = () => (path.source.includes('couplings') ? world.heroku.app(app).id : app);
  world = await World.open({
    config: {},
    alter: (asked, body) =>
      isOn && path.test(asked) && Array.isArray(body)
        ? body.map((row: Row) => (isIt(row) ? odd(row) : row))
        : body,
  });
  for (const name of ['api', 'web']) world.addPipeline(name, [1, 1]);
  return (on) => {
    isOn = on;
  };
}

const APPS = /^\/apps$/;
const NEWEST = /latest-releases$/;
const COUPLINGS = /pipeline-couplings$/;

const kinds: readonly (readonly [string, RegExp, (row: Row) => unknown])[] = [
  ['the list of apps, without its name', APPS, (row) => ({ ...row, name: null })],
  ['the list of apps, with times in another format', APPS, (row) => ({ ...row, released_at: '23 Nov 2026' })],
  ['the list of apps, without maintenance', APPS, ({ maintenance: _, ...row }) => row],
  [
    'the newest releases, with times in another format',
    NEWEST,
    (row) => ({ ...row, created_at: 1795428000 }),
  ],
  ['the newest releases, without a version', NEWEST, (row) => ({ ...row, version: null })],
  ['the couplings, at a stage unknown to Sluice', COUPLINGS, (row) => ({ ...row, stage: 'canary' })],
];

describe('an odd row about api-2', () => {
  it.each(kinds)('in %s: its wave waits and says so, the others go on', async (_, path, odd) => {
    const set = await listingOddly(path, 'api-2', odd);
    if (path !== COUPLINGS) await world.ticks(1);
    set(true);
    for (const app of ['api-1', 'web-1']) world.merge(app, 'A');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('api base'));
    const step = await world.step('api', 'w2');
    expect([step.state, step.blocker]).toEqual(['blocked', 'facts']);
    expect(step.verdicts[0]?.reason).toMatch(
      /^What api-2 runs could not be read: GET \/.*: expected .*, found /,
    );

    set(false);
    await world.ticks(40);
    expect(world.runs('api-2')).toBe(commitOf('A'));
  });

  it('is told by the tick where a list of all apps has it', async () => {
    const set = await listingOddly(APPS, 'api-2', (row) => ({ ...row, name: null }));
    set(true);
    await world.ticks(1);
    const record = await world.tick();
    expect(record.ok).toBe(true);
    expect(record.problems).toEqual([
      expect.stringMatching(
        /^\/sluice\/pipelines\/api: api-2 cannot be read: GET \/apps: \[\d\]\.name: expected string, found null\.$/,
      ),
    ]);
  });

  it('is kept for runs that deliveries start, which read no list of apps', async () => {
    const set = await listingOddly(APPS, 'api-2', (row) => ({ ...row, maintenance: 'no' }));
    await world.ticks(1);
    set(true);
    await world.ticks(1);
    const view = (await world.table.fleet()).views.find(({ name }) => name === 'api');
    expect(view?.unread).toEqual({ [world.heroku.app('api-2').id]: expect.stringContaining('GET /apps') });
  });

  it('in the list of its own releases leaves what it runs unknown', async () => {
    const set = await listingOddly(/\/releases$/, 'api-2', (row) => ({ ...row, created_at: 'lately' }));
    set(true);
    for (const app of ['api-1', 'web-1']) world.merge(app, 'A');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('api base'));
    expect((await world.step('api', 'w2')).blocker).toBe('facts');
  });
});

describe('an odd row', () => {
  it.each([
    ['null', null],
    ['a number', 7],
    ['without an id and a name', { maintenance: false }],
  ])('that tells of no app (%s) is said, and stops nobody', async (_, odd) => {
    world = await World.open({
      config: {},
      alter: (asked, body) => (APPS.test(asked) && Array.isArray(body) ? [odd, ...body] : body),
    });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect((await world.tick()).problems).toEqual([
      expect.stringMatching(/^One app is left out: GET \/apps: /),
    ]);
  });

  it('of an app of nobody’s pipeline is nobody’s trouble', async () => {
    const set = await listingOddly(APPS, 'spare', (row) => ({ ...row, name: null }));
    world.heroku.addPipeline({ name: 'spare', apps: [{ name: 'spare', stage: 'staging' }] });
    set(true);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect((await world.tick()).problems).toEqual([]);
  });

  it('among couplings that names no app leaves that pipeline unread, and the others go on', async () => {
    const set = await listingOddly(COUPLINGS, 'api-2', (row) => ({ ...row, app: null }));
    set(true);
    for (const app of ['api-1', 'web-1']) world.merge(app, 'A');
    await world.ticks(1);
    expect((await world.tick()).problems).toEqual([
      expect.stringMatching(
        /^\/sluice\/pipelines\/api: pipeline: could not be read from Heroku: GET .*\.app: /,
      ),
    ]);
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('api base'));
  });

  it('whose stage cannot be read leaves waves of stages undecided', async () => {
    const set = await listingOddly(COUPLINGS, 'api-2', (row) => ({ ...row, stage: null }));
    set(true);
    world.config = { ...world.config, api: 'pipeline: api' };
    await world.ticks(1);
    expect((await world.tick()).problems).toEqual([
      expect.stringMatching(
        /^\/sluice\/pipelines\/api: waves: found nothing, and api-2 at a stage that cannot be read/,
      ),
    ]);
  });
});

describe('forty apps that cannot be read', () => {
  it('cost every tick no more than a few words each', async () => {
    world = await World.open({
      config: {},
      alter: (asked, body) =>
        APPS.test(asked) && Array.isArray(body)
          ? body.map((row: Row) => ({ ...row, maintenance: 'x'.repeat(5_000) }))
          : body,
    });
    world.addPipeline('web', [1, 39]);
    await world.ticks(2);
    const view = (await world.table.fleet()).views.find(({ name }) => name === 'web');
    expect(Object.keys(view?.unread ?? {})).toHaveLength(40);
    expect(JSON.stringify(view).length).toBeLessThan(20_000);
    expect((await world.step('web', 'w2')).blocker).toBe('facts');
  });
});
