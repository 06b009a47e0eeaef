// A pipeline's parameter: what is taken from it, what is merged under it, and what is said of a bad one.

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { parseDefaults, parsePipeline } from '../../../shared/config/parse.ts';
import { TEXT_MAX } from '../../../shared/config/read-yaml.ts';

const parameter = '/sluice/pipelines/router';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const full = `
pipeline: router
waves:
  - name: qa
    apps: [router-qa01]
  - name: canary
    apps: [router-va01]
    soak: 30m
    checks:
      - ci: { context: "ci/circleci: build" }
      - window: { days: mon-thu, from: "09:00", until: "17:00", zone: America/New_York, leave: 3h }
  - name: world
    apps: [router-va02, router-ie01]
    soak: 2h
    checks:
      - signal: { name: direwolf, of: source, fresh: 15m }
checks:
  - heroku-status
`;
const status = { name: 'heroku-status', options: { allow: 'green' } };

function configOf(text: string, defaultsText?: string) {
  const defaults =
    defaultsText === undefined ? undefined : parseDefaults({ parameter: 'd', text: defaultsText });
  if (defaults?.ok === false) throw new Error(defaults.problems.map((one) => one.message).join('\n'));
  const parsed = parsePipeline({ parameter, text, ...(defaults && { defaults: defaults.config }) });
  if (!parsed.ok) throw new Error(parsed.problems.map((one) => one.message).join('\n'));
  return parsed.config;
}

function problemsOf(text: string): readonly string[] {
  const parsed = parsePipeline({ parameter, text });
  return parsed.ok ? [] : parsed.problems.map((one) => one.message.replace(`${parameter}: `, ''));
}

/** Two waves, the second with more. */
const withWave = (more: string) =>
  `pipeline: router\nwaves:\n  - { name: qa, apps: [a] }\n  - name: canary\n    apps: [b]\n${more}`;
const withCheck = (check: string) => withWave(`    checks:\n      - ${check}\n`);
const withChecks = (...checks: string[]) => `pipeline: p\nchecks: [${checks.join(', ')}]\n`;

describe('A pipeline', () => {
  test('is its waves, their soaks, and the checks of the pipeline before their own', () => {
    expect(configOf(full)).toEqual({
      pipeline: 'router',
      mode: 'promote',
      soakMs: 0,
      behindLimitMs: null,
      checks: [status],
      waves: [
        { name: 'qa', apps: ['router-qa01'], soakMs: 0, checks: [] },
        {
          name: 'canary',
          apps: ['router-va01'],
          soakMs: 30 * MINUTE,
          checks: [
            status,
            { name: 'ci', options: { context: ['ci/circleci: build'], ignore: [], skipped: 'pass' } },
            {
              name: 'window',
              options: {
                days: [1, 2, 3, 4],
                from: 540,
                until: 1020,
                zone: 'America/New_York',
                leaveMs: 3 * HOUR,
              },
            },
          ],
        },
        {
          name: 'world',
          apps: ['router-va02', 'router-ie01'],
          soakMs: 2 * HOUR,
          checks: [
            status,
            { name: 'signal', options: { name: 'direwolf', of: 'source', fresh: 15 * MINUTE } },
          ],
        },
      ],
    });
  });

  test('needs nothing but its name', () => {
    expect(configOf('pipeline: router')).toEqual({
      pipeline: 'router',
      mode: 'promote',
      soakMs: 0,
      behindLimitMs: null,
      waves: null,
      checks: [],
    });
  });

  test('may be JSON', () => {
    const json = JSON.stringify({ pipeline: 'router', mode: 'observe', checks: [{ ci: null }] }, null, '\t');
    expect(configOf(json)).toMatchObject({ mode: 'observe', checks: [{ name: 'ci' }] });
  });

  test('survives the journey in an event: it is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(configOf(full)))).toEqual(configOf(full));
  });

  test('with a soak of its own gives it to every wave but the first that sets none', () => {
    const text = `${withWave('')}  - { name: world, apps: [c], soak: 0 }\nsoak: 2h`;
    expect(configOf(text).waves?.map((wave) => wave.soakMs)).toEqual([0, 2 * HOUR, 0]);
  });
});

describe('The repository', () => {
  test.for(['example/router', 'Example-1/router.js', 'octocat_acme/_a-b.c', `a/${'b'.repeat(100)}`])(
    'is an owner and a name: %s',
    (repo) => {
      expect(configOf(`pipeline: router\nrepo: ${repo}`)).toMatchObject({ repo });
    },
  );

  test.for([
    'router',
    'https://github.com/example/router',
    'git@github.com:example/router.git',
    'example/router.git',
    'example/router/tree',
    'example/..',
    '-example/router',
    'example/router?x=1',
    'example/rout er',
    '"example/router\\n"',
  ])('is nothing else: %s', (repo) => {
    const [problem, ...others] = problemsOf(`pipeline: router\nrepo: ${repo}`);
    expect(problem).toMatch(
      /^repo \(line 2\): found .*, expected the owner and name of a repository at GitHub/,
    );
    expect(others).toEqual([]);
  });

  test('is every pipeline’s own', () => {
    const read = parseDefaults({ parameter: '/sluice/defaults', text: 'repo: example/router' });
    expect(read).toMatchObject({
      ok: false,
      problems: [{ expected: 'no repo in defaults: every pipeline has its own' }],
    });
  });
});

describe('What counts for a soak', () => {
  const countedOf = (text: string, defaults?: string) =>
    configOf(text, defaults).waves?.map(({ counting }) => counting);

  test('is what the wave says, else the pipeline, else the defaults, else what its place says', () => {
    const own = `${withWave('')}  - { name: world, apps: [c], counting: descendants }\n`;
    expect(countedOf(own)).toEqual([undefined, undefined, 'descendants']);
    expect(countedOf(`${own}counting: occupancy`)).toEqual([undefined, 'occupancy', 'descendants']);
    expect(countedOf(own, 'counting: occupancy')).toEqual([undefined, 'occupancy', 'descendants']);
    expect(configOf('pipeline: router\ncounting: occupancy')).toMatchObject({ counting: 'occupancy' });
  });
});

describe('Defaults', () => {
  test('hold for a pipeline that says nothing', () => {
    const config = configOf('pipeline: router', 'mode: observe\nsoak: 1h\nchecks: [heroku-status]');
    expect(config).toMatchObject({ mode: 'observe', soakMs: HOUR, checks: [status] });
  });

  test('say how long a wave may be behind, unless the pipeline does', () => {
    const limits = ['pipeline: router', 'pipeline: router\nbehindLimit: 1h'].map(
      (text) => configOf(text, 'behindLimit: 2d').behindLimitMs,
    );
    expect(limits).toEqual([48 * HOUR, HOUR]);
  });

  test('give way to what the pipeline says', () => {
    const config = configOf('pipeline: router\nmode: promote\nsoak: 5m', 'mode: observe\nsoak: 1h');
    expect(config).toMatchObject({ mode: 'promote', soakMs: 5 * MINUTE });
  });

  test('come first in the list of checks', () => {
    const config = configOf(withChecks('maintenance'), 'checks: [heroku-status, ci]');
    expect(config.checks.map((check) => check.name)).toEqual(['heroku-status', 'ci', 'maintenance']);
  });

  test('are replaced by a check of the same name and argument, and by no other', () => {
    const smoke = 'signal: { name: smoke, fresh: 1h }';
    const config = configOf(
      withChecks('signal: { name: smoke, fresh: 5m }', 'heroku-status: { allow: yellow }'),
      `checks: [heroku-status, ${smoke}, signal: { name: smoke, of: target }, signal: { name: load }]`,
    );
    expect(config.checks).toEqual([
      { name: 'signal', options: { name: 'smoke', of: 'target' } },
      { name: 'signal', options: { name: 'load', of: 'source' } },
      { name: 'signal', options: { name: 'smoke', of: 'source', fresh: 5 * MINUTE } },
      { name: 'heroku-status', options: { allow: 'yellow' } },
    ]);
  });

  test('are taken away by `off`, whatever their argument', () => {
    const defaults = 'checks: [signal: { name: smoke }, signal: { name: load }, maintenance]';
    const config = configOf(withChecks('signal: off'), defaults);
    expect(config.checks.map((check) => check.name)).toEqual(['maintenance']);
  });

  test('and the pipeline can be taken away from by a wave', () => {
    const text = `${withCheck('heroku-status: off')}  - { name: world, apps: [c] }\nchecks: [heroku-status]`;
    expect(configOf(text).waves?.map((wave) => wave.checks)).toEqual([[], [], [status]]);
  });

  test('without content are none', () => {
    expect(parseDefaults({ parameter: 'd', text: '# nothing yet\n' })).toEqual({ ok: true, config: {} });
  });

  test.for([
    [
      'pipeline: router',
      'd: pipeline (line 1): found "router", expected no pipeline in defaults: every pipeline has its own',
    ],
    ['waves: []', 'd: waves (line 1): found [], expected no waves in defaults: every pipeline has its own'],
    [
      'checks: [ci: off]',
      'd: check ci (line 1): found "off", expected options: there is nothing further out to take away',
    ],
    ['sok: 1h', 'd: sok (line 1): found an unknown key, expected the key soak'],
  ] as const)('refuse %s', ([text, message]) => {
    const parsed = parseDefaults({ parameter: 'd', text });
    expect(parsed.ok ? [] : parsed.problems.map((one) => one.message)).toEqual([message]);
  });
});

describe('A problem', () => {
  test('names the parameter, the place, what was found and what is expected', () => {
    const text = withCheck('window: { days: fri-, from: "09:00", until: "17:00", zone: UTC }');
    expect(parsePipeline({ parameter, text })).toEqual({
      ok: false,
      problems: [
        {
          parameter,
          path: 'waves[1].checks[0].window.days',
          found: '"fri-"',
          expected: 'days such as mon-thu, mon,wed, [sat, sun] or daily',
          message:
            '/sluice/pipelines/router: wave canary, check window, days (line 7): found "fri-", expected days such as mon-thu, mon,wed, [sat, sun] or daily',
        },
      ],
    });
  });

  test('is told with every other one', () => {
    const text = `
pipeline: 3
mod: observe
waves:
  - { name: qa, apps: [], soak: 3 }
  - { name: qa, apps: router, sok: 1h, checks: [windw, soak] }
checks: heroku-status`;
    expect(problemsOf(text)).toEqual([
      'pipeline (line 2): found the number 3, expected a text, in quotes: "3"',
      'wave 1 (qa), apps (line 5): found [], expected at least one app',
      'wave 2 (qa), apps (line 6): found "router", expected a list of names or uuids of apps',
      'wave 2 (qa), check windw (line 6): found "windw", expected the check window',
      'wave 2 (qa), check soak (line 6): found "soak", expected the key soak of the wave or the pipeline instead: soak is asked before every wave without being listed',
      'wave 2 (qa), sok (line 6): found an unknown key, expected the key soak',
      'checks (line 7): found "heroku-status", expected a list of checks',
      'mod (line 3): found an unknown key, expected the key mode',
      'wave 1 (qa), soak (line 5): found 3, expected no soak on the first wave: Heroku deploys to it when a merge passes CI, and Sluice is not asked',
      'wave 2 (qa), name (line 6): found "qa", expected another name: wave 1 has it',
    ]);
  });

  test('names the wave and the check, counts from one, and has the line', () => {
    const text = `
pipeline: router
waves:
  - name: qa
    apps: [qa-1]
  - name: canary
    apps: [va-1, 7]
    checks:
      - ci
      - window: { days: fri-, from: '09:00', until: '17:00', zone: UTC }
      - signal: { name: direwolf, of: sorce }
      - signal:
          name: owl
          of: tarpet
`;
    expect(problemsOf(text)).toEqual([
      'wave canary, app 2 (line 7): found the number 7, expected a text, in quotes: "7"',
      'wave canary, check window, days (line 10): found "fri-", expected days such as mon-thu, mon,wed, [sat, sun] or daily',
      'wave canary, check 3 (signal), of (line 11): found "sorce", expected source, target or commit',
      'wave canary, check 4 (signal), of (line 14): found "tarpet", expected source, target or commit',
    ]);
  });

  test.for([
    [
      withWave('  - { name: 1, apps: [c] }\n'),
      'wave 3, name (line 6): found the number 1, expected a text, in quotes: "1"',
    ],
    ['pipeline: true', 'pipeline (line 1): found the boolean true, expected a text, in quotes: "true"'],
    ['pipeline: 12', 'pipeline (line 1): found the number 12, expected a text, in quotes: "12"'],
  ] as const)('with something that YAML takes for no text: %j', ([text, message]) => {
    expect(problemsOf(text).join('\n')).toBe(message);
  });

  test.for([
    [
      'pipeline: web\nwaves:\n\t- name: a\n\t  apps: [x]\n\t- name: b\n\t  apps: [y]\n',
      'found "- name: a" at line 3, column 1, expected valid YAML or JSON: Tabs are not allowed as indentation; the same on 3 lines more',
    ],
    [
      'pipeline: "web\nwaves: []\n',
      'found "" at line 3, column 1, expected valid YAML or JSON: Missing closing "quote',
    ],
    ['', 'found nothing, expected a mapping of keys to values'],
    ['# nothing yet\n', 'found nothing, expected a mapping of keys to values'],
  ] as const)('of one cause is one: %j', ([text, message]) => {
    expect(problemsOf(text).join('\n')).toBe(message);
  });

  const longKey = `pipeline: ${'x'.repeat(200)}\nmode: ${'y'.repeat(200)}`;
  test.for([
    ['', 'found nothing, expected a mapping of keys to values'],
    ['- router', 'found ["router"], expected a mapping of keys to values'],
    ['mode: promote', 'pipeline: found nothing, expected the name or uuid of a Heroku pipeline'],
    ['pipeline: p\nmode: watch', 'mode (line 2): found "watch", expected promote or observe'],
    [
      'pipeline: p\nsoak: 30',
      'soak (line 2): found 30, expected a duration such as 90s, 30m, 2h, 1h30m or 1d, at most 366d',
    ],
    [
      'pipeline: p\nzebra: 1',
      'zebra (line 2): found an unknown key, expected one of pipeline, repo, mode, soak, counting, behindLimit, waves, checks',
    ],
    [longKey, `mode (line 2): found "${'y'.repeat(46)}…, expected promote or observe`],
    [
      'pipeline: p\npipeline: q',
      'found "pipeline: q" at line 2, column 1, expected valid YAML or JSON: Map keys must be unique',
    ],
    [
      'pipeline: [',
      'found "pipeline: [" at line 1, column 12, expected valid YAML or JSON: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'pipeline: !secret p',
      'found "pipeline: !secret p" at line 1, column 11, expected valid YAML or JSON: Unresolved tag: !secret',
    ],
    [
      'pipeline: p\nwaves:\n  - { name: qa, apps: [a] }',
      'waves (line 2): found [{"name":"qa","apps":["a"]}], expected at least two waves: the one Heroku deploys to, and one to promote to',
    ],
    [withWave('    name2: x\n'), 'wave canary, name2 (line 6): found an unknown key, expected the key name'],
    [
      withWave('  - { name: World, apps: [c] }\n'),
      'wave World, name (line 6): found "World", expected a name of a-z, 0-9 and -, at most 40 characters',
    ],
    [
      withWave('  - { name: world, apps: [c, b] }\n'),
      'wave world, app 2 (line 6): found "b", expected each app once: wave canary has it',
    ],
    [
      withWave('  - { name: world, apps: [c, c] }\n'),
      'wave world, app 2 (line 6): found "c", expected each app once: wave world has it',
    ],
    [
      withChecks('7'),
      'check 1 (line 2): found 7, expected the name of one check, or one name with its options',
    ],
    [
      withCheck('window:\n        days: mon'),
      'wave canary, check 1 (line 7): found {"window":null,"days":"mon"}, expected the name of one check, or one name with its options; options belong under the name, further indented than it',
    ],
    [
      withCheck('hold: {}'),
      'wave canary, check hold (line 7): found {"hold":{}}, expected nothing: hold is asked before every wave without being listed',
    ],
    [
      withCheck('horoscope'),
      'wave canary, check horoscope (line 7): found "horoscope", expected a check: ci, signal, window, maintenance or heroku-status',
    ],
    [
      withCheck('signal'),
      'wave canary, check signal, name (line 7): found nothing, expected the name of a signal',
    ],
    [
      withCheck('signal: { nam: x }'),
      'wave canary, check signal, name (line 7): found nothing, expected the name of a signal\nwave canary, check signal, nam (line 7): found an unknown key, expected the key name',
    ],
    [
      withCheck('signal: { name: x, of: sorce }'),
      'wave canary, check signal, of (line 7): found "sorce", expected source, target or commit',
    ],
    [
      withCheck('signal: { name: x, fresh: 0s }'),
      'wave canary, check signal, fresh (line 7): found "0s", expected a duration above 0s',
    ],
    [
      withCheck('ci: { context: [] }'),
      'wave canary, check ci, context (line 7): found [], expected the name of a CI context, or a list of such names',
    ],
    [withCheck('ci: on'), 'wave canary, check ci (line 7): found "on", expected a mapping of keys to values'],
  ] as const)('in %j', ([text, message]) => {
    expect(problemsOf(text).join('\n')).toBe(message);
  });

  const hours = { days: 'mon', from: '09:00', until: '17:00', zone: 'UTC' };
  test.for([
    [{ days: 'monday' }, 'days', '"monday"', 'days such as'],
    [{ days: [] }, 'days', '[]', 'days such as'],
    [{ from: '9am' }, 'from', '"9am"', 'a time of day from 00:00 to 23:59'],
    [{ from: '24:00' }, 'from', '"24:00"', 'a time of day from 00:00 to 23:59'],
    [{ until: '24:01' }, 'until', '"24:01"', 'a time of day from 00:00 to 24:00'],
    [{ until: '09:00' }, 'until', '"09:00"', 'another time than from'],
    [{ zone: 'America/NewYork' }, 'zone', '"America/NewYork"', 'the IANA time zone America/New_York'],
    [{ zone: '+01:00' }, 'zone', '"+01:00"', 'an IANA time zone such as'],
    [{ leave: '8h' }, 'leave', '"8h"', 'less than the window lasts, 8h'],
    [{ from: '22:00', until: '02:00', leave: '5h' }, 'leave', '"5h"', 'less than the window lasts, 4h'],
  ] as const)('of a window that can never open: %j', ([change, key, found, expected]) => {
    const text = JSON.stringify({ pipeline: 'p', checks: [{ window: { ...hours, ...change } }] });
    const parsed = parsePipeline({ parameter, text });
    expect(parsed).toMatchObject({ problems: [{ path: `checks[0].window.${key}`, found }] });
    expect(parsed.ok ? '' : parsed.problems[0]?.expected).toContain(expected);
  });

  test('of a text that is too long says how long it is', () => {
    const text = `pipeline: p #${'-'.repeat(TEXT_MAX)}`;
    expect(problemsOf(text)).toEqual([`found ${text.length} characters, expected at most 4096`]);
    expect(problemsOf(text.slice(0, TEXT_MAX))).toEqual([]);
  });
});

describe('Whatever the text', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x]\n${[...'bcdefgh']
    .map((key, index) => `${key}: &${key} [${Array(8).fill(`*${'abcdefg'[index]}`).join(', ')}]`)
    .join('\n')}`;

  test.for([
    ['['.repeat(4000)],
    ['{"a":'.repeat(800)],
    [bomb],
    ['%YAML 9'],
    ['---\n---\n'],
    ['? [a]\n: b'],
    ['__proto__: 1'],
  ])('reading it ends in problems, not in an exception: %j', ([text]) => {
    expect(parsePipeline({ parameter, text: text ?? '' }).ok).toBe(false);
  });

  property.prop([fc.string({ unit: 'binary', maxLength: 300 })])('nothing is thrown', (text) => {
    expect(parsePipeline({ parameter, text })).toHaveProperty('ok');
    expect(parseDefaults({ parameter, text })).toHaveProperty('ok');
  });

  const key = fc.constantFrom(
    'pipeline',
    'mode',
    'soak',
    'waves',
    'checks',
    'name',
    'apps',
    'ci',
    'window',
    'x',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('router', 'observe', '30m', 'heroku-status', 'off', null, 0, 7, true),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }));

  property.prop([tree], { numRuns: 500 })(
    'every problem is a whole line with a place and a reason',
    (value) => {
      const text = JSON.stringify(value);
      fc.pre(text.length <= TEXT_MAX);
      const parsed = parsePipeline({ parameter, text });
      const problems = parsed.ok ? [] : parsed.problems;
      expect(parsed.ok || problems.length > 0).toBe(true);
      for (const one of problems) {
        expect(one.message.startsWith(`${parameter}: `)).toBe(true);
        expect(one.message.endsWith(`: found ${one.found}, expected ${one.expected}`)).toBe(true);
        expect(one.message).not.toContain('\n');
        expect(one.expected).not.toMatch(/undefined|\[object|Invalid input|^$|\n/);
        expect(one.found.length).toBeLessThan(60);
      }
    },
  );
});

describe('What looks like a secret', () => {
  const random = 'kJ8sQ2mZ5xV7bN1cD4fG6hL9pR3tW0yA';
  it.each([
    'HRKU-AAyb8MmeP0Yk3Tt1xxxxxxxxxxxxxxxxxxxxxxxxxx',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'github_pat_11ABCDEFG0abcdefghijkl_0123456789',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `xoxb-123456789012-${random}`,
    'AKIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    '01234567-89ab-cdef-0123-456789abcdef',
    '0123456789abcdef0123456789abcdef01234567',
    random,
    `${random}==`,
  ])(
    'is never told whole, whether it is a value, a key, a wave, a check or a line of bad YAML: %s',
    (secret) => {
      const texts = [
        `pipeline: [${secret}]`,
        `pipeline: p\n${secret}: x`,
        `pipeline: p\nwaves: [{ name: ${secret}, apps: [a] }]`,
        `pipeline: p\nsoak: ${secret}`,
        `pipeline: p\nchecks: [${secret}]`,
        `pipeline: p\nchecks: [{ window: { days: ${secret} } }]`,
        `pipeline: p\nchecks: [{ signal: { name: [${secret}] } }]`,
        `pipeline: p\nmode: ${secret}`,
        `pipeline: "${secret}`,
        `pipeline: *${secret}`,
        `pipeline: !${secret} x`,
        `${secret}: 1\n${secret}: 2`,
        `%${secret}\n---\npipeline: p`,
        secret,
      ];
      for (const text of texts) {
        const parsed = parsePipeline({ parameter: '/p', text });
        const said = JSON.stringify(parsed.ok ? [] : parsed.problems);
        expect(said, text).not.toBe('[]');
        expect(said, text).not.toContain(secret);
      }
    },
  );

  it('is refused where it is one of a known service, and names, commits and ids of apps are not', () => {
    const read = (name: string) =>
      parsePipeline({
        parameter: '/p',
        text: `pipeline: p\nchecks: [{ signal: { name: ${JSON.stringify(name)} } }]`,
      });
    expect(read('deploy ghp_16C7e42F292c6912E7710c838347Ae178B4a').ok).toBe(false);
    for (const name of ['e2e', 'ci/circleci: build-and-test-everything', 'the night-watch', 'task-force_1']) {
      expect(read(name), name).toMatchObject({ ok: true });
    }
    const text = 'pipeline: 01234567-89ab-cdef-0123-456789abcdef';
    expect(parsePipeline({ parameter: '/p', text }).ok).toBe(true);
  });
});
