// Rows of the table that cannot be read: a cache is as if it were not there, a record stops what it is about and says so.

import { afterEach, describe, expect, it } from 'vitest';
import { signGeneric } from '../shared/signals/signature.ts';
import { isCache, type Key } from '../shared/table/keys.ts';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** Two pipelines, each of which has had a promotion, and one more merge on both. */
async function twoPipelines(): Promise<void> {
  world = await World.open({ config: {} });
  for (const name of ['api', 'web']) world.addPipeline(name, [1, 1]);
  await world.ticks(1);
  for (const app of ['api-1', 'web-1']) world.merge(app, 'A');
  await world.ticks(4);
  for (const app of ['api-1', 'web-1']) world.merge(app, 'B');
}

const bodies: readonly (readonly [string, unknown])[] = [
  ['no JSON', '{'],
  ['null', 'null'],
  ['a text', '"row"'],
  ['a list', '[]'],
  ['an object without what it needs', '{}'],
  ['no text', 7],
  ['none', null],
];

describe('a cached row whose body is', () => {
  it.each(bodies)('%s counts as missing, whichever it is', async (_, body) => {
    await twoPipelines();
    expect(await world.spoil(isCache, body)).toBeGreaterThan(10);
    await world.ticks(3);
    for (const app of ['api-2', 'web-2']) expect(world.runs(app)).toBe(commitOf('B'));
    const { tick, views } = await world.table.fleet();
    expect([tick?.ok, tick?.problems, views.length]).toEqual([true, [], 2]);
    expect((await world.attempts('web')).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  it.each(['view#', 'map#', 'share#'])(
    'odd, of a pipeline that nobody has (%s), stops nobody',
    async (sk) => {
      await twoPipelines();
      await world.putRow({ pk: 'fleet', sk: `${sk}gone`, body: '{"apps":null}' });
      await world.ticks(3);
      expect(world.runs('web-2')).toBe(commitOf('B'));
    },
  );

  it('a ledger’s, without a writer, is told anew with what stands', async () => {
    await twoPipelines();
    world.heroku.deploy('web-2', { commit: commitOf('hotfix') });
    const pk = `pipeline#${world.id('web')}`;
    await world.putRow({ pk, sk: 'hot#ledger', body: 'not JSON' });
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('hotfix'));
    expect((await world.step('web', 'w2')).blocker).toBe('stands');
  });
});

describe('a record whose body is', () => {
  const ofWeb =
    (prefix: string) =>
    ({ pk, sk }: Key): boolean =>
      pk === `pipeline#${world.id('web')}` && sk.startsWith(prefix);

  it.each(bodies)('%s, of an attempt, holds its pipeline and says which it is', async (_, body) => {
    await twoPipelines();
    expect(await world.spoil(ofWeb('attempt#'), body)).toBe(1);
    await world.ticks(6);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('B'));
    const { holds } = await world.account('web');
    expect(holds.map(({ owner, reason }) => [owner, reason])).toEqual([
      ['sluice', expect.stringMatching(/^The record pipeline#\S+ attempt#\S+ in the table cannot be read\./)],
    ]);
    // Held before anything was tried again and again.
    expect(world.posts()).toHaveLength(3);
    expect(world.events.filter(({ type }) => type === 'SafetyAlarm')).toHaveLength(1);
  });

  it('odd, of an attempt, stops its pipeline too when the ledger has to be told anew', async () => {
    await twoPipelines();
    await world.spoil(ofWeb('attempt#'), '{}');
    await world.forget();
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('B'));
    expect((await world.account('web')).holds).toHaveLength(1);
  });

  it('odd, of somebody’s word, stops its pipeline when it is needed', async () => {
    await twoPipelines();
    world.heroku.deploy('web-2', { commit: commitOf('hotfix') });
    await world.ticks(2);
    await world.accept('web', 'w2');
    await world.spoil(ofWeb('word#'), '{}');
    await world.forget();
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('hotfix'));
    expect((await world.account('web')).holds[0]?.reason).toMatch(/^The record \S+ word#\S+/);
  });

  it('odd, of what a name means, stops that name and says so', async () => {
    await twoPipelines();
    await world.spoil(({ sk }) => sk === 'name#web', '{}');
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.runs('api-2')).toBe(commitOf('B'));
    expect((await world.table.fleet()).tick?.problems).toEqual([
      expect.stringMatching(
        /^\/sluice\/pipelines\/web: identity: The record installation name#web in the table/,
      ),
    ]);
  });

  it('odd, of a result, leaves what it is about unknown', async () => {
    world = await World.open({ config: {} });
    world.secrets['e2e'] = 'a secret';
    const checks = (wave: number) =>
      wave === 2 ? '    checks:\n      - signal: { name: e2e, of: commit }\n' : '';
    for (const name of ['api', 'web']) world.addPipeline(name, [1, 1], checks);
    await world.ticks(1);
    for (const [app, label] of [
      ['api-1', 'A'],
      ['web-1', 'B'],
    ] as const) {
      world.merge(app, label);
      await world.deliver(resultOf(commitOf(label)));
    }
    await world.spoil(({ pk }) => pk === `signal#commit#${commitOf('B')}`, '{"state":"success"}');
    await world.ticks(3);
    expect(world.runs('api-2')).toBe(commitOf('A'));
    const step = await world.step('web', 'w2');
    expect(step.verdicts.find(({ state }) => state !== 'pass')).toMatchObject({
      check: 'signal e2e of commit',
      state: 'unknown',
      reason: expect.stringContaining(`signal#commit#${commitOf('B')}`),
    });
  });
});

function resultOf(commit: string) {
  const at = new Date(world.clock.now()).toISOString();
  const body = JSON.stringify({ name: 'e2e', commit, state: 'success', at });
  const signed = signGeneric('a secret', body, Math.floor(world.clock.now() / 1000));
  return {
    rawPath: '/signals/e2e',
    headers: { 'x-sluice-signature': signed },
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' } },
  };
}
