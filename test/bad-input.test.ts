// Bad input loses nothing and stops nothing else.

import { afterEach, describe, expect, it } from 'vitest';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

const waves = (...apps: string[]): string =>
  apps.map((app, index) => `  - name: w${index + 1}\n    apps: [${app}]\n`).join('');

describe('a parameter with an error', () => {
  it.each([
    {
      case: 'an unknown key',
      text: `pipeline: bad\nwavs:\n${waves('bad-1', 'bad-2')}`,
      message: /^\/sluice\/pipelines\/bad: wavs \(line 2\): found .*, expected .*/,
    },
    {
      case: 'an app outside the pipeline',
      text: `pipeline: bad\nwaves:\n${waves('bad-1', 'good-2')}`,
      message: /^\/sluice\/pipelines\/bad: wave w2, app 1: found "good-2", expected .*bad/,
    },
    {
      case: 'an app in two waves',
      text: `pipeline: bad\nwaves:\n${waves('bad-1', 'bad-2', 'bad-2')}`,
      message:
        /^\/sluice\/pipelines\/bad: wave w3, app 1 \(line 8\): found "bad-2", expected each app once: wave w2 has it/,
    },
    {
      case: 'invalid YAML',
      text: 'pipeline: bad\nwaves: [',
      message: /^\/sluice\/pipelines\/bad: .*line 2/,
    },
    {
      case: 'a window that never opens',
      text: `pipeline: bad\nwaves:\n${waves('bad-1', 'bad-2')}    checks:\n      - window: { days: mon-fri, from: "09:00", until: "11:00", zone: Europe/Paris, leave: 3h }\n`,
      message:
        /^\/sluice\/pipelines\/bad: wave w2, check window, leave \(line \d+\): found .*3h.*, expected /,
    },
    {
      case: 'an alias that contains itself',
      text: 'pipeline: &a [*a]',
      message:
        /^\/sluice\/pipelines\/bad: pipeline 1 \(line 1\): found an alias that contains itself, expected /,
    },
    {
      case: 'aliases that multiply',
      text: `a: &a [x, x, x]\nb: &b [*a, *a, *a, *a]\n${'cdefgh'.replace(/./g, (key, at) => `${key}: &${key} [${`*${'bcdefg'[at]}, `.repeat(9)}]\n`)}pipeline: bad`,
      message: /^\/sluice\/pipelines\/bad: found .*, expected .*/,
    },
    {
      case: 'YAML 1.1',
      text: `%YAML 1.1\n---\npipeline: bad\n`,
      message: /^\/sluice\/pipelines\/bad: found the directive %YAML 1\.1, expected YAML 1\.2/,
    },
    {
      case: 'a token of Heroku’s',
      text: 'pipeline: HRKU-AAyb8MmeP0Yk3Tt1xxxxxxxxxxxxxxxxxxxxxxxxxx',
      message:
        /^\/sluice\/pipelines\/bad: pipeline \(line 1\): found a secret, HRKU-AAy…, expected no secret/,
    },
    {
      case: '5,000 characters',
      text: `pipeline: bad\n${'#'.repeat(5000)}\n`,
      message: /^\/sluice\/pipelines\/bad: .*found .*characters, expected .*4,?096/,
    },
    {
      case: 'a pipeline that Heroku does not have',
      text: `pipeline: nowhere\nwaves:\n${waves('bad-1', 'bad-2')}`,
      message: /^\/sluice\/pipelines\/bad: pipeline: found "nowhere", expected /,
    },
  ])('$case: names parameter, path, found and expected, and the others go on', async ({ text, message }) => {
    world = await World.open({ config: {} });
    world.addPipeline('good', [1, 1]);
    world.addPipeline('bad', [1, 1]);
    world.config = { ...world.config, bad: text };
    await world.ticks(1);
    world.merge('good-1', 'A');
    world.merge('bad-1', 'A');
    world.wait(1);
    const record = await world.tick();
    await world.ticks(2);
    expect(record.ok).toBe(true);
    expect(record.problems).toContainEqual(expect.stringMatching(message));
    expect(world.runs('good-2')).toBe(commitOf('A'));
    expect(world.runs('bad-2')).toBe(commitOf('bad base'));
    expect(world.posts()).toHaveLength(1);
  });

  it('with a secret in it is told without the secret, wherever the secret is', async () => {
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    world = await World.open({ config: { a: `pipeline: ${uuid}`, b: `pipeline: web\n${uuid}: x` } });
    await world.tick();
    const said = JSON.stringify([world.logs, (await world.table.fleet()).tick]);
    expect(said).toContain('found \\"01234567…');
    expect(said).not.toContain(uuid);
  });

  it('that was right before leaves its open promotion to be settled once it is right again', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    const { web = '' } = world.config;
    world.merge('web-1', 'A');
    await world.ticks(1);
    world.config = { web: 'pipeline: [' };
    await world.ticks(5);
    world.config = { web };
    await world.ticks(2);
    expect((await world.attempts('web')).map((a) => a.state)).toEqual(['succeeded']);
  });
});

describe('5,200 parameters with errors', () => {
  it('are told of as far as a row of the table goes, with how many are left out, and the others go on', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    const bad = Array.from({ length: 5_200 }, (_, n) => [
      `bad-${n}`,
      `pipeline: bad-${n}\nx${'y'.repeat(900)}: 1`,
    ]);
    world.config = { ...Object.fromEntries(bad), ...world.config };
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    const { tick } = await world.table.fleet();
    expect(tick?.problems).toHaveLength(201);
    expect(tick?.problems.at(-1)).toBe('5000 more problems are left out here: the log of scan has them.');
    expect(world.measured).toContainEqual(expect.objectContaining({ ConfigurationProblems: 5_200 }));
    expect(JSON.stringify(tick).length).toBeLessThan(150_000);
  });
});

describe('the defaults', () => {
  const MISSING =
    "/sluice/defaults: found nothing, expected the defaults that were there, without which no pipeline runs: sluice config push <dir>. If none are meant, an empty one: aws ssm put-parameter --name /sluice/defaults --type String --value '{}'";

  it('that are gone stop every pipeline until they are back, and the record keeps that there were some', async () => {
    world = await World.open({ config: {}, defaults: 'checks: [maintenance]' });
    world.addPipeline('api', [1, 1]);
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    const { defaults } = world;
    world.defaults = null;
    world.merge('web-1', 'A');
    world.wait(1);
    expect(await world.tick()).toMatchObject({ ok: true, problems: [MISSING], woken: [] });
    await world.ticks(20);
    expect((await world.table.fleet()).tick).toMatchObject({ problems: [MISSING], hasDefaults: true });
    expect(world.posts()).toHaveLength(0);
    expect(world.measured.at(-1)).toMatchObject({ TicksSucceeded: 1, ConfigurationProblems: 1 });
    world.defaults = defaults;
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('that are gone stop every pipeline, too, when every cached row is gone with them', async () => {
    world = await World.open({ config: {}, defaults: 'checks: [maintenance]' });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.defaults = null;
    world.merge('web-1', 'A');
    await world.forget();
    await world.ticks(10);
    expect((await world.table.fleet()).tick).toMatchObject({ problems: [MISSING], hasDefaults: true });
    expect(world.posts()).toHaveLength(0);
    world.defaults = '{}';
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('may be none from then on when an empty one says so', async () => {
    world = await World.open({ config: {}, defaults: 'mode: observe' });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    world.defaults = '{}';
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('are on record with the tick that first has them, whatever else is new', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.defaults = 'checks: [maintenance]';
    await world.ticks(1);
    world.defaults = null;
    world.wait(1);
    expect((await world.tick()).problems).toEqual([MISSING]);
  });

  it('that have an error stop every pipeline, and what is wrong with a pipeline is told beside it', async () => {
    world = await World.open({ config: {}, defaults: 'chekcs: []' });
    world.addPipeline('web', [1, 1]);
    world.config = { ...world.config, api: 'pipelin: api' };
    expect((await world.tick()).problems).toEqual([
      '/sluice/defaults: chekcs (line 1): found an unknown key, expected the key checks',
      '/sluice/pipelines/api: pipeline: found nothing, expected the name or uuid of a Heroku pipeline',
      '/sluice/pipelines/api: pipelin (line 1): found an unknown key, expected the key pipeline',
      '/sluice/pipelines/web: skipped, because /sluice/defaults has an error.',
    ]);
  });
});

describe('a revoked token, or a rate limit', () => {
  it.each([
    { case: '401', fault: 'unauthorized' as const, says: /401.*heroku authorizations:create/s },
    { case: '429', fault: 'rateLimited' as const, says: /429|rate limit/ },
  ])('stops the tick with a clear message and loses nothing: $case', async ({ fault, says }) => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    const off = fail(world, fault);
    world.wait(1);
    const record = await world.tick();
    expect(record.ok).toBe(false);
    expect(record.problems.join('\n')).toMatch(says);
    expect(record.problems.join('\n')).not.toContain('HRKU-test');
    await world.ticks(3);
    off();
    await world.ticks(60);
    expect(world.runs('web-2')).toBe(commitOf('A'));
    expect(world.posts()).toHaveLength(1);
  });
});

describe('one pipeline’s trouble', () => {
  it('is nobody else’s: a 404, an app that cannot be read', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('gone', [1, 1]);
    world.addPipeline('good', [1, 1]);
    await world.ticks(1);
    world.heroku.removeApp('gone-2');
    world.merge('gone-1', 'A');
    world.merge('good-1', 'A');
    await world.ticks(6);
    expect(world.runs('good-2')).toBe(commitOf('A'));
    expect(world.runs('gone-2')).toBe(commitOf('gone base'));
  });
});

describe('an app that cannot be read', () => {
  it('blocks its waves and says so, from the first look on', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.merge('web-1', 'A');
    const off = world.heroku.faults.refuse(403, 'forbidden', 'no', { route: 'GET /apps/{app}/releases' });
    await world.ticks(2);
    const step = await world.step('web', 'w2');
    expect([step.state, step.blocker]).toEqual(['blocked', 'facts']);
    expect(step.verdicts[0]?.reason).toMatch(/^What web-1 and web-2 run could not be read: .*403/);
    off();
    await world.ticks(8);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });
});

describe('a pipeline whose apps Heroku will not list', () => {
  it('is reported, and the others go on', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('aaa', [1, 1]);
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.heroku.faults.refuse(403, 'forbidden', 'no', { route: 'GET /pipelines/{id}/pipeline-couplings' });
    await world.ticks(40);
    world.merge('web-1', 'A');
    world.wait(1);
    const record = await world.tick();
    expect(record.ok).toBe(true);
    expect(world.logs.join('\n')).toMatch(/aaa: its apps could not be read: .*403/);
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });
});

function fail(from: World, fault: 'unauthorized' | 'rateLimited'): () => void {
  return from.heroku.faults[fault]();
}
