// What Sluice measures about itself, and what it says of it: what alarms and the dashboard are made of.

import { afterEach, describe, expect, it } from 'vitest';
import { HerokuError } from '../shared/heroku/port.ts';
import type { MetricName } from '../shared/metrics.ts';
import { signGeneric } from '../shared/signals/signature.ts';
import type { Table } from '../shared/table/port.ts';
import { commitOf, MINUTE, T0, World, type WorldOptions } from './world.ts';

let world: World;
afterEach(() => world.close());

const HOURS = 60;

const missing = (): string => {
  throw new HerokuError(
    'unauthorized',
    'The parameter /sluice/heroku/token is not set, so Heroku cannot be asked.',
    'Store one: sluice secrets set heroku/token',
  );
};

/** A pipeline of two apps, seen once. */
async function withPipeline(more = '', options: Partial<WorldOptions> = {}): Promise<void> {
  world = await World.open({ config: {}, ...options });
  world.addPipeline('web', [1, 1]);
  world.config = { web: `${world.config['web']}${more}` };
  await world.ticks(1);
}

/** What the newest tick measured. */
const measured = () => world.measured.findLast((values) => values.TicksSucceeded !== undefined);

/** The sum of everything measured under a name. */
const total = (name: MetricName) => world.measured.reduce((sum, values) => sum + (values[name] ?? 0), 0);

/** How many pipelines were unseen, at each tick. */
const unseen = () => world.measured.flatMap((values) => values.PipelinesUnseen ?? []);

async function view() {
  const found = (await world.table.fleet()).views.find((one) => one.name === 'web');
  if (found === undefined) throw new Error('No run has left a view of web.');
  return found;
}

describe('A pipeline that no run looks at', () => {
  it('is counted when it has been due for more than three ticks, as long as nobody looks', async () => {
    await withPipeline();
    world.delivers = false;
    world.merge('web-1', 'A');
    await world.ticks(3);
    expect(measured()).toMatchObject({ TicksSucceeded: 1, PipelinesUnseen: 0 });
    await world.ticks(10);
    expect(unseen().slice(-10)).toEqual(Array(10).fill(1));
    world.delivers = true;
    await world.ticks(2);
    expect(measured()).toMatchObject({ PipelinesUnseen: 0 });
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('is told of in its turn of the sweep, with since when', async () => {
    await withPipeline();
    world.delivers = false;
    world.merge('web-1', 'A');
    world.logs.length = 0;
    await world.ticks(15);
    expect(world.logs).toEqual([
      'web has been due since 2026-11-23 10:01Z, and no run has finished. See sluice doctor',
    ]);
  });

  it('is due by a release, by a hold or its lifting, and by the time that the last run asked for', async () => {
    await withPipeline('checks:\n  - signal: { name: direwolf }\n');
    world.merge('web-1', 'A');
    await world.ticks(1);
    const { wakeAt } = await view();
    expect(wakeAt).not.toBeNull();
    world.delivers = false;
    // Not before that time has come, and three ticks more.
    await world.ticks(Math.ceil(((wakeAt ?? 0) - T0) / MINUTE) - 2);
    expect(new Set(unseen())).toEqual(new Set([0]));
    await world.ticks(5);
    expect(measured()).toMatchObject({ PipelinesUnseen: 1 });

    world.delivers = true;
    await world.ticks(2);
    expect(measured()).toMatchObject({ PipelinesUnseen: 0 });
    world.delivers = false;
    await world.hold('web', null, 'migration', null);
    await world.ticks(4);
    expect(measured()).toMatchObject({ PipelinesUnseen: 1 });
  });

  it('is counted when none ever has, however often its map entry is read again', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.delivers = false;
    await world.ticks(1);
    expect(measured()).toMatchObject({ PipelinesUnseen: 0 });
    await world.ticks(70);
    expect(new Set(unseen().slice(1))).toEqual(new Set([1]));
  });

  it('is counted when what Heroku answers stops its runs, which is no error of the function', async () => {
    await withPipeline();
    const off = world.heroku.faults.refuse(403, 'forbidden', 'no', {
      route: 'GET /pipelines/{id}/latest-releases',
    });
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(measured()).toMatchObject({ TicksSucceeded: 1, PipelinesUnseen: 1 });
    expect(world.logs.at(-1)).toMatch(/^web: GET \/pipelines\/.*\/latest-releases/);
    off();
    await world.ticks(2);
    expect(measured()).toMatchObject({ PipelinesUnseen: 0 });
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('is counted while Heroku stops the ticks: what runs left behind is enough', async () => {
    await withPipeline();
    await world.hold('web', null, 'migration', null);
    const off = world.heroku.faults.unauthorized();
    await world.ticks(5);
    expect(measured()).toMatchObject({ TicksSucceeded: 0, PipelinesUnseen: 1 });
    off();
  });

  it('is not counted at rest, nor while it waits, nor once it is no longer configured', async () => {
    await withPipeline();
    await world.ticks(40);
    world.merge('web-1', 'A');
    await world.hold('web', null, 'migration', null);
    await world.ticks(40);
    expect(new Set(unseen())).toEqual(new Set([0]));
    world.delivers = false;
    world.merge('web-1', 'B');
    await world.ticks(5);
    expect(measured()).toMatchObject({ PipelinesUnseen: 1 });
    world.config = {};
    await world.ticks(1);
    expect(measured()).toMatchObject({ PipelinesUnseen: 0 });
  });

  it('is no matter of a configuration that is wrong: that is counted elsewhere', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.config = { web: (world.config['web'] ?? '').replace('web-2', 'web-9') };
    await world.ticks(5);
    expect(measured()).toMatchObject({ ConfigurationProblems: 1, PipelinesUnseen: 0 });
  });
});

describe('A tick', () => {
  it('that went well says so, with what is left of the rate limit', async () => {
    await withPipeline();
    world.wait(1);
    const { herokuCallsLeft } = await world.tick();
    expect(herokuCallsLeft).toBeGreaterThan(4000);
    expect(measured()).toEqual({
      TicksSucceeded: 1,
      ConfigurationProblems: 0,
      PipelinesBehind: 0,
      OutcomesUnknown: 0,
      PipelinesUnseen: 0,
      HerokuCallsLeft: herokuCallsLeft,
    });
  });

  it('that is a look for a signal is no scheduled one, and measures nothing', async () => {
    await withPipeline();
    world.measured.length = 0;
    world.secrets['direwolf'] = 's';
    const at = new Date(T0 + MINUTE).toISOString();
    const body = JSON.stringify({ name: 'direwolf', app: 'web-1', state: 'success', at });
    const headers = { 'x-sluice-signature': signGeneric('s', body, T0 / 1000 + 60) };
    const requestContext = { http: { method: 'POST' } };
    const answer = await world.deliver({ rawPath: '/signals/direwolf', headers, body, requestContext });
    expect(answer.statusCode).toBe(202);
    // Nothing waits for it.
    expect(world.events.filter((one) => one.type === 'PipelineDue')).toHaveLength(1);
    expect(world.measured).toEqual([]);
  });

  it('without pipelines asks nothing of Heroku, needs no token and is well', async () => {
    world = await World.open({ config: {}, token: missing });
    expect(await world.tick()).toMatchObject({ ok: true, problems: [], woken: [], herokuCallsLeft: null });
    expect(world.heroku.calls.total).toBe(0);
    expect(measured()).toEqual({
      TicksSucceeded: 1,
      ConfigurationProblems: 0,
      PipelinesBehind: 0,
      OutcomesUnknown: 0,
      PipelinesUnseen: 0,
    });
  });

  it('with none but broken pipelines asks nothing of Heroku either, and counts the problems', async () => {
    world = await World.open({
      config: { web: 'pipeline: web\nwavs: []\nsok: 1h', api: '[' },
      token: missing,
    });
    const { ok, problems } = await world.tick();
    expect([ok, problems.length]).toEqual([true, 3]);
    expect(world.heroku.calls.total).toBe(0);
    expect(measured()).toMatchObject({ TicksSucceeded: 1, ConfigurationProblems: 3 });
  });

  it('tells a configuration that is wrong from a Heroku that cannot tell', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.addPipeline('api', [1, 1]);
    world.config = { ...world.config, api: 'pipeline: nowhere' };
    const off = world.heroku.faults.garble({ route: 'GET /pipelines/{id}/pipeline-couplings' });
    expect((await world.tick()).problems).toEqual([
      expect.stringContaining('/sluice/pipelines/api: pipeline: found "nowhere"'),
      expect.stringContaining('/sluice/pipelines/web: pipeline: could not be read from Heroku'),
    ]);
    expect(measured()).toMatchObject({ TicksSucceeded: 1, ConfigurationProblems: 1, PipelinesUnseen: 1 });
    off();
  });

  it('without a token is stopped, and says which command sets it', async () => {
    await withPipeline('', { token: missing });
    expect((await world.table.fleet()).tick).toMatchObject({
      ok: false,
      problems: [
        'The parameter /sluice/heroku/token is not set, so Heroku cannot be asked. Store one: sluice secrets set heroku/token',
      ],
    });
    expect(measured()).toMatchObject({ TicksSucceeded: 0, ConfigurationProblems: 0 });
  });

  it('that cannot write its record fails and measures nothing: missing data tells', async () => {
    const writeTick = () => Promise.reject(new Error('no table'));
    world = await World.open({ config: {}, table: (real): Table => ({ ...real, writeTick }) });
    await expect(world.tick()).rejects.toThrow('no table');
    expect(world.measured).toEqual([]);
  });
});

describe('A run without a token', () => {
  it('fails, and the log says once which command sets it', async () => {
    let left = 3;
    const token = () => (left-- > 0 ? 'HRKU-test' : missing());
    await withPipeline('', { token });
    expect(world.logs.filter((line) => line.includes('secrets set'))).toEqual([
      'web: The parameter /sluice/heroku/token is not set, so Heroku cannot be asked. Store one: sluice secrets set heroku/token',
    ]);
    expect(measured()).toMatchObject({ TicksSucceeded: 1 });
  });
});

describe('A pipeline that is behind', () => {
  const LIMIT = 'behindLimit: 2h\n';

  it('for longer than its limit is counted at every tick, held or not, however many merges have come since', async () => {
    await withPipeline(LIMIT);
    world.merge('web-1', 'A');
    await world.hold('web', null, 'migration', null);
    await world.ticks(1);
    for (const label of ['B', 'C', 'D']) {
      world.wait(38);
      world.merge('web-1', label);
      await world.ticks(1);
    }
    expect((await view()).behindSince).toBe(T0 + MINUTE);
    expect(measured()).toMatchObject({ PipelinesBehind: 0 });
    await world.ticks(3);
    expect(measured()).toMatchObject({ PipelinesBehind: 1 });

    await world.unhold('web');
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('D'));
    expect((await view()).behindSince).toBeNull();
    expect(measured()).toMatchObject({ PipelinesBehind: 0 });
    expect(total('PromotionsSucceeded')).toBe(1);
  });

  it('is told of in its turn of the sweep, with since when, the limit and the command that says why', async () => {
    await withPipeline(LIMIT);
    world.merge('web-1', 'A');
    await world.hold('web', null, 'migration', null);
    await world.ticks(1);
    world.wait(3 * HOURS);
    world.logs.length = 0;
    await world.ticks(15);
    expect(world.logs).toEqual([
      'web has been behind since 2026-11-23 10:01Z, longer than its limit of 2h. See sluice why web',
    ]);
  });

  it('is counted while Heroku stops the ticks: what runs left behind is enough', async () => {
    await withPipeline(LIMIT);
    world.merge('web-1', 'A');
    await world.hold('web', null, 'migration', null);
    await world.ticks(1);
    world.wait(3 * HOURS);
    const off = world.heroku.faults.unauthorized();
    await world.ticks(1);
    expect(measured()).toMatchObject({ TicksSucceeded: 0, PipelinesBehind: 1 });
    off();
  });

  it.each([
    { case: 'is observed only', more: 'mode: observe\n', options: {} },
    { case: 'runs without --live', more: '', options: { dryRun: true } },
  ])('does not count when it $case: nothing would ever move', async ({ more, options }) => {
    await withPipeline(LIMIT + more, options);
    world.merge('web-1', 'A');
    await world.ticks(1);
    world.wait(3 * HOURS);
    await world.ticks(1);
    expect(measured()).toMatchObject({ PipelinesBehind: 0 });
  });

  it('does not count once it is no longer configured', async () => {
    await withPipeline(LIMIT);
    world.merge('web-1', 'A');
    await world.hold('web', null, 'migration', null);
    await world.ticks(1);
    world.wait(3 * HOURS);
    world.config = {};
    await world.ticks(1);
    expect(measured()).toMatchObject({ PipelinesBehind: 0 });
  });
});

describe('A request whose answer was lost', () => {
  /** Nothing is sent, and the targets cannot be read: nobody can know what became of it. */
  async function loseTheAnswer(): Promise<() => void> {
    await withPipeline('', { promote: () => async () => ({ kind: 'unknown', message: 'no answer' }) });
    world.merge('web-1', 'A');
    const off = world.heroku.faults.refuse(403, 'forbidden', 'no', { route: 'GET /apps/{app}/releases' });
    await world.ticks(1);
    return off;
  }

  it('is counted when its outcome has stayed unknown for ten minutes', async () => {
    const off = await loseTheAnswer();
    expect((await view()).unknownSince).toBe(T0 + 2 * MINUTE);
    await world.ticks(10);
    expect(measured()).toMatchObject({ OutcomesUnknown: 0 });
    await world.ticks(1);
    expect(measured()).toMatchObject({ OutcomesUnknown: 1 });
    off();
    await world.ticks(1);
    expect((await world.attempts('web')).at(0)?.state).toBe('not-sent');
    await world.ticks(1);
    expect([total('PromotionsSucceeded'), total('PromotionsFailed')]).toEqual([0, 0]);
  });

  it('is told by the next run when the one that sent it was cut off, even if that has only to wait', async () => {
    const off = await loseTheAnswer();
    const { wokenAt: _, ...told } = await view();
    await world.table.writeView({ ...told, unknownSince: null });
    await world.ticks(1);
    expect((await view()).unknownSince).toBe(T0 + 2 * MINUTE);
    off();
  });
});
