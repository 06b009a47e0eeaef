// From names to Heroku's apps.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parsePipeline } from '../../../shared/config/parse.ts';
import { resolvePipeline } from '../../../shared/config/resolve.ts';

const parameter = '/sluice/pipelines/router';
const app = (name: string, stage: string) => ({ id: `id-of-${name}`, name, stage });
const heroku = {
  pipelineId: 'pipeline-id',
  pipelineName: 'router',
  apps: [
    app('router-va02', 'production'),
    app('router-va01', 'production'),
    app('router-qa01', 'staging'),
    app('router-pr-7', 'review'),
  ],
};

function resolve(text: string, apps = heroku.apps) {
  const parsed = parsePipeline({ parameter, text });
  if (!parsed.ok) throw new Error(parsed.problems.map((one) => one.message).join('\n'));
  return resolvePipeline(parameter, 'router', parsed.config, { ...heroku, apps });
}

function messagesOf(resolved: ReturnType<typeof resolve>): readonly string[] {
  return resolved.ok ? [] : resolved.problems.map((one) => one.message);
}

const waves = (...lists: string[]) =>
  `pipeline: router\nwaves:\n${lists.map((list, index) => `  - { name: w${index}, apps: [${list}] }\n`).join('')}`;

describe('Waves that are written', () => {
  test('take apps by name or uuid, in the order they are written', () => {
    const text = `${waves('router-qa01', 'id-of-router-va02, router-va01')}soak: 1h\nchecks: [heroku-status]`;
    expect(resolve(text)).toEqual({
      ok: true,
      unnamed: [],
      behindLimitMs: 97 * 3_600_000,
      pipeline: {
        id: 'pipeline-id',
        name: 'router',
        mode: 'promote',
        waves: [
          { name: 'w0', apps: [{ id: 'id-of-router-qa01', name: 'router-qa01' }], soakMs: 0, checks: [] },
          {
            name: 'w1',
            apps: [
              { id: 'id-of-router-va02', name: 'router-va02' },
              { id: 'id-of-router-va01', name: 'router-va01' },
            ],
            soakMs: 3_600_000,
            checks: [{ name: 'heroku-status', options: { allow: 'green' } }],
          },
        ],
      },
    });
  });

  test.each([
    { more: 'soak: 2h', hours: 100 },
    { more: 'soak: 2h\nbehindLimit: 3h', hours: 3 },
  ])('may be behind for $hours hours with $more', ({ more, hours }) => {
    const resolved = resolve(`${waves('router-qa01', 'router-va01', 'router-va02')}${more}`);
    expect(resolved).toMatchObject({ ok: true, behindLimitMs: hours * 3_600_000 });
  });

  test('carry what counts for their soak', () => {
    const written = resolve(`${waves('router-qa01', 'router-va01')}counting: occupancy`);
    const [head, next] = written.ok ? written.pipeline.waves : [];
    expect([head?.counting, next?.counting]).toEqual([undefined, 'occupancy']);
  });

  test('leave an app alone that they do not name', () => {
    const resolved = resolve(waves('router-qa01', 'router-va01'));
    expect(resolved.ok && resolved.unnamed).toEqual([{ id: 'id-of-router-va02', name: 'router-va02' }]);
    expect(resolved.ok && resolved.pipeline.notes).toEqual([
      'router-va02 is in no wave: nothing is promoted there.',
    ]);
  });

  test('tell some of many apps that they do not name', () => {
    const more = Array.from({ length: 9 }, (_, index) => app(`web-${index}`, 'production'));
    const resolved = resolve(waves('router-qa01', 'router-va01, router-va02'), [...heroku.apps, ...more]);
    expect(resolved.ok && resolved.pipeline.notes).toEqual([
      'web-0, web-1, web-2, web-3, web-4, web-5 and 3 more are in no wave: nothing is promoted there.',
    ]);
  });

  test('may go against the stages of Heroku, and it is told', () => {
    const resolved = resolve(waves('router-va01', 'router-qa01', 'router-va02'));
    expect(resolved.ok && resolved.pipeline.notes).toEqual([
      "Wave w1 goes against Heroku's stages: router-qa01 in staging after router-va01 in production.",
    ]);
    const sameStage = resolve(waves('router-qa01', 'router-va01', 'router-va02'));
    expect(sameStage.ok && sameStage.pipeline.notes).toBeUndefined();
  });

  test('must name apps of the pipeline', () => {
    expect(messagesOf(resolve(waves('router-qa1', 'router-va01, web-va01')))).toEqual([
      '/sluice/pipelines/router: wave w0, app 1: found "router-qa1", expected an app of Heroku pipeline router (router-qa01, router-va01, router-va02)',
      '/sluice/pipelines/router: wave w1, app 2: found "web-va01", expected an app of Heroku pipeline router (router-qa01, router-va01, router-va02)',
    ]);
  });

  test('list the nearest names of a large pipeline', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      app(`web-${String(index).padStart(2, '0')}`, 'production'),
    );
    const [message] = messagesOf(resolve(waves('web-11', 'wbe-07'), many));
    expect(message).toContain('(web-07, web-00, web-01, web-02, web-03, web-04, …)');
  });

  test('must name each app once, however it is called', () => {
    expect(messagesOf(resolve(waves('router-qa01', 'router-va01, id-of-router-qa01')))).toEqual([
      '/sluice/pipelines/router: wave w1, app 2: found "id-of-router-qa01", expected each app once: wave w0 has it',
    ]);
  });

  test('cannot name a review app: it takes no promotions', () => {
    expect(messagesOf(resolve(waves('router-qa01', 'router-pr-7')))).toEqual([
      '/sluice/pipelines/router: wave w1, app 1: found "router-pr-7", expected an app in development, staging or production: this one is in review, which takes no promotions',
    ]);
  });
});

describe('Waves that are left out', () => {
  test('are staging, then production, apps by name', () => {
    const resolved = resolve('pipeline: router\nsoak: 30m\nchecks: [heroku-status]');
    expect(resolved.ok && resolved.pipeline.waves).toEqual([
      { name: 'staging', apps: [{ id: 'id-of-router-qa01', name: 'router-qa01' }], soakMs: 0, checks: [] },
      {
        name: 'production',
        apps: [
          { id: 'id-of-router-va01', name: 'router-va01' },
          { id: 'id-of-router-va02', name: 'router-va02' },
        ],
        soakMs: 1_800_000,
        checks: [{ name: 'heroku-status', options: { allow: 'green' } }],
      },
    ]);
  });

  test('need apps in both: with fewer there is nothing to promote to', () => {
    expect(messagesOf(resolve('pipeline: router', [app('a', 'staging'), app('b', 'review')]))).toEqual([
      '/sluice/pipelines/router: pipeline: found "router" with apps in staging only, expected apps in staging and production, or waves that name the apps',
    ]);
    expect(messagesOf(resolve('pipeline: router', []))[0]).toContain(
      'found "router" with no app in any of them',
    );
  });

  const stage = fc.constantFrom('test', 'review', 'development', 'staging', 'production');
  const fleet = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), stage }), {
    selector: (one) => one.name,
    maxLength: 12,
  });

  test.prop([fleet, fc.nat()])(
    'hold every app of the two once, in whatever order Heroku lists them, and leave those of developers alone',
    (apps, turn) => {
      const all = apps.map((one) => app(one.name, one.stage));
      const at = turn % (all.length + 1);
      const resolved = resolve('pipeline: router', all);
      expect(resolve('pipeline: router', [...all.slice(at), ...all.slice(0, at)])).toEqual(resolved);
      if (!resolved.ok) return;
      const names = resolved.pipeline.waves.flatMap((wave) => wave.apps.map((one) => one.name));
      const named = (...stages: readonly string[]) =>
        all.filter((one) => stages.includes(one.stage)).map((one) => one.name);
      expect([...names].sort()).toEqual(named('staging', 'production').sort());
      expect(resolved.unnamed.map((one) => one.name)).toEqual(named('development').sort());
    },
  );
});
