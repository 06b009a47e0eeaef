// What an examination finds, area by area, and that one thing never hides another.

import { describe, expect, it } from 'vitest';
import { allWell, MINUTE, NOW, nothingDeployed, READ_TOKEN, ROUTER, TOKEN } from './installation.ts';

describe('the stack', () => {
  it('is deployed under another prefix with that prefix', async () => {
    const sluice = await nothingDeployed();
    const [finding] = await sluice.examine('/sluice/test');
    expect(finding).toEqual({
      area: 'stack',
      state: 'problem',
      subject: '/sluice/test/stack',
      found: 'nothing under /sluice/test',
      expected: 'the parameter that the stack writes when it is deployed, in this account and region',
      todo: 'npx cdk deploy -c prefix=/sluice/test',
    });
  });

  it('missing, the parameters are examined all the same', async () => {
    const sluice = (await allWell()).remove('/sluice/stack');
    expect(await sluice.about('stack')).toEqual([
      expect.stringMatching(/^problem \/sluice\/stack: no such parameter/),
    ]);
    expect(await sluice.about('pipelines')).toHaveLength(2);
  });

  it.each(['{', '[]', '{"tableName":"t"}'])('wrote something else: %s', async (text) => {
    const sluice = (await allWell()).set('/sluice/stack', text);
    expect((await sluice.one('/sluice/stack')).todo).toBe('npx cdk deploy');
  });

  it.each([
    { version: '0.2.0', todo: 'npx cdk deploy' },
    { version: '0.0.9', todo: 'git pull && npm ci   (this checkout is older than the stack)' },
  ])('is of another version than this command: $version', async ({ version, todo }) => {
    const sluice = await allWell();
    sluice.version = version;
    const finding = await sluice.one('version');
    expect(finding).toMatchObject({ state: 'warning', found: '0.1.0 is deployed', todo });
  });

  it('has lost its table', async () => {
    const sluice = await allWell();
    sluice.tableError = Object.assign(new Error('Requested resource not found'), {
      name: 'ResourceNotFoundException',
    });
    expect(await sluice.trouble()).toEqual([
      'problem table: sluice-Table does not exist; expected the table that the stack made',
    ]);
  });
});

describe('parameters', () => {
  it('of another Sluice, whose prefix lies below this one, are left alone', async () => {
    const sluice = (await allWell())
      .set('/sluice/prod/stack', '{}')
      .set('/sluice/prod/heroku/token', 'HRKU-other')
      .set('/sluice/prod/pipelines/api', 'pipeline: api');
    expect(await sluice.trouble()).toEqual([
      'warning prod: another Sluice: its configuration is left alone, but whoever may read or write below this prefix may do so there; expected prefixes side by side, such as /sluice-prod beside /sluice',
    ]);
    expect((await sluice.one('prod')).todo).toBe(
      'npx cdk deploy -c prefix=/sluice-prod   (docs/install.md, "A second one")',
    );
  });

  it('of this Sluice, whose prefix lies below that of another, are read by that one too', async () => {
    const sluice = (await allWell())
      .set('/sluice/prod/stack', '{}')
      .set(
        '/sluice/prod/team/stack',
        '{"tableName":"t","busName":"b","webhookUrl":"https://w","version":"0.1.0"}',
      );
    const about = async (prefix: string) =>
      (await sluice.examine(prefix))
        .flatMap(({ subject, found }) => (subject === prefix ? [found] : []))
        .sort();
    expect(await about('/sluice/prod/team')).toEqual([
      'below /sluice, where another Sluice reads everything, this too',
      'below /sluice/prod, where another Sluice reads everything, this too',
    ]);
    expect(await about('/sluice')).toEqual([]);
    sluice.remove('/sluice/stack').remove('/sluice/prod/stack');
    expect(await about('/sluice/prod/team')).toEqual([]);
  });

  it.each([
    { name: 'pipeline/router', near: 'pipelines/router' },
    { name: 'heroku/tokn', near: 'heroku/token' },
    { name: 'default', near: 'defaults' },
    { name: 'webhook/github', near: 'webhooks/github' },
    { name: 'something/else/altogether', near: undefined },
  ])('that Sluice does not know are told with the nearest it does: $name', async ({ name, near }) => {
    const sluice = (await allWell()).set(`/sluice/${name}`, 'x');
    const finding = await sluice.one(name);
    expect(finding).toMatchObject({ area: 'parameters', state: 'warning' });
    expect(finding.expected).toBe(near);
    expect(finding.todo).toContain(`aws ssm delete-parameter --name /sluice/${name}`);
  });

  it('that hold a secret in clear are to be set again, with another value', async () => {
    const sluice = (await allWell()).set('/sluice/heroku/token', TOKEN);
    expect(await sluice.one('heroku/token')).toMatchObject({
      area: 'parameters',
      state: 'problem',
      found: 'a secret in clear: its type is String',
      todo: 'aws ssm delete-parameter --name /sluice/heroku/token\nsluice secrets set heroku/token   (a new value; take back the old one where it was made)',
    });
  });

  it('that hold configuration in a SecureString cannot be read', async () => {
    const sluice = (await allWell()).secret('/sluice/pipelines/api', 'pipeline: api');
    expect(await sluice.trouble()).toEqual([
      'problem pipelines/api: its type is SecureString, which is not decrypted for configuration; expected String',
    ]);
  });

  it.each([
    {
      value: 'https://api.heroku.com/v3',
      found: 'https://api.heroku.com followed by a path, query or fragment',
    },
    {
      value: 'http://heroku.example',
      found: 'http to heroku.example, which anyone on the way could read and change',
    },
    { value: TOKEN, found: 'a text of 41 characters that is no URL' },
  ])('that name an address which is none: $value', async ({ value, found }) => {
    const sluice = (await allWell()).set('/sluice/heroku/api-url', value);
    expect(await sluice.trouble()).toEqual([
      `problem heroku/api-url: ${found}; expected an origin like https://api.heroku.com`,
      'warning all: not looked for: heroku/api-url is no address; 1 of 1 parameters can be read',
    ]);
  });

  it('of a pipeline tell every problem, and the other pipelines are examined', async () => {
    const sluice = (await allWell()).set('/sluice/pipelines/api', 'pipelin: api\nsoak: soon');
    expect(await sluice.trouble()).toEqual([
      'problem pipelines/api: pipeline: found nothing; expected the name or uuid of a Heroku pipeline',
      'problem pipelines/api: soak (line 2): found "soon"; expected a duration such as 90s, 30m, 2h, 1h30m or 1d, at most 366d',
      'problem pipelines/api: pipelin (line 1): found an unknown key; expected the key pipeline',
    ]);
    expect(await sluice.about('pipelines')).toContain('ok router: promotes; 3 apps in 2 waves: qa, world');
  });

  it('that hold configuration in another type are put again, once nothing can run meanwhile', async () => {
    const sluice = (await allWell()).set('/sluice/defaults', 'a,b', 'StringList');
    expect(await sluice.trouble()).toEqual([
      'problem defaults: its type is StringList; expected String',
      'problem defaults: no pipeline runs until this is right',
      'warning all: not looked for: the defaults are not right',
    ]);
    const todo = (await sluice.examine()).find(({ subject }) => subject === 'defaults')?.todo;
    expect(todo?.split('\n')).toEqual([
      expect.stringMatching(
        /^sluice hold <pipeline> --reason .* {3}\(or stop everything, as docs\/runbook.md/,
      ),
      'aws ssm delete-parameter --name /sluice/defaults',
      'aws ssm put-parameter --name /sluice/defaults --type String --value …',
    ]);
  });

  it('of a push that is not done', async () => {
    const mark = { state: 'begun', id: '1', by: 'ana@laptop', at: '2026-11-23T11:40:00.000Z' };
    const sluice = (await allWell()).set('/sluice/push', JSON.stringify(mark));
    expect(await sluice.trouble()).toEqual([
      'warning push: a push begun by ana@laptop at 2026-11-23T11:40:00.000Z; expected a push that is done: no pipeline is looked at before',
    ]);
    expect((await sluice.one('push')).todo).toMatch(/^sluice config push config {3}/);
    sluice.set('/sluice/push', JSON.stringify({ ...mark, state: 'done' }));
    expect(await sluice.trouble()).toEqual([]);
  });

  it('without the defaults that there were', async () => {
    const sluice = (await allWell()).ticked(2, { hasDefaults: true });
    expect(await sluice.trouble()).toEqual([
      expect.stringMatching(/^problem defaults: found nothing; expected the defaults that were there/),
      'problem defaults: no pipeline runs until this is right',
      'warning all: not looked for: the defaults are not right',
    ]);
  });

  it('with bad defaults stop every pipeline', async () => {
    const sluice = (await allWell()).set('/sluice/defaults', 'waves: []');
    expect(await sluice.trouble()).toEqual([
      expect.stringContaining('problem defaults: waves (line 1): found'),
      'problem defaults: no pipeline runs until this is right',
      'warning all: not looked for: the defaults are not right',
    ]);
  });
});

describe('a token', () => {
  it('that Heroku refuses hides nothing but what needs it', async () => {
    const sluice = (await allWell()).secret('/sluice/heroku/token', 'HRKU-revoked-revoked');
    expect(await sluice.trouble()).toEqual([
      'problem heroku/token: Heroku refuses it (401); expected an authorization that is neither revoked nor expired',
      'warning all: not looked for: Heroku refuses the token; 1 of 1 parameters can be read',
    ]);
    expect((await sluice.one('heroku/token')).todo).toBe(
      'heroku authorizations:create -S -s write | sluice secrets set heroku/token   (signed in as the machine user)',
    );
    expect(await sluice.about('ticks')).toEqual([
      'ok last tick: 2026-11-23 11:58Z, 2m ago (recorded every 5 minutes while ticks go well)',
    ]);
  });

  it.each([
    { scope: 'global', found: 'scope global: it may do whatever its user may, deleting apps too' },
    {
      scope: 'write-protected',
      found: 'scope write-protected: it may read config vars, which Sluice never does',
    },
  ])('may do more than it needs: $scope', async ({ scope, found }) => {
    const sluice = await allWell({ [TOKEN]: scope });
    expect(await sluice.trouble()).toEqual([`warning heroku/token: ${found}; expected scope write`]);
  });

  it('may only read, and a pipeline is to be promoted through', async () => {
    const sluice = await allWell({ [TOKEN]: 'read' });
    expect(await sluice.trouble()).toEqual([
      'problem heroku/token: scope read: it may only read, and mode: promote is set for router; expected scope write, or mode: observe',
    ]);
  });

  it('may only read, and every pipeline is only observed', async () => {
    const sluice = (await allWell({ [TOKEN]: 'read' })).set(
      '/sluice/pipelines/router',
      `${ROUTER}\nmode: observe`,
    );
    expect(await sluice.trouble()).toEqual([]);
    expect(await sluice.about('token')).toContain('ok heroku/token: scope read: enough to observe');
  });

  it('that may do too little says what each endpoint accepts', async () => {
    const sluice = await allWell({ [TOKEN]: 'identity' });
    expect(await sluice.trouble()).toContain(
      'problem apps: GET /apps takes none of its scopes (identity); expected scope global or read or read-protected or write or write-protected',
    );
  });

  it('of an account with few calls left', async () => {
    const sluice = await allWell();
    sluice.heroku.setRateLimitRemaining(500);
    expect(await sluice.trouble()).toEqual([
      'warning rate limit: 500 calls left; Sluice stops reading below 300 until some come back; expected an account that only Sluice uses: all tokens of a user share one limit',
    ]);
  });

  it('is asked for each endpoint once, and nothing is written', async () => {
    const sluice = await allWell();
    await sluice.examine();
    const { log } = sluice.heroku.calls;
    expect(log.every(({ method }) => method === 'GET')).toBe(true);
    // apps, its pipeline, couplings, newest releases and three apps' releases; then each of six endpoints.
    expect(log.length).toBeLessThanOrEqual(13);
  });
});

describe('a token for reading', () => {
  it('is examined too', async () => {
    const sluice = (await allWell()).secret('/sluice/heroku/read-token', READ_TOKEN);
    expect(await sluice.trouble()).toEqual([]);
    expect(await sluice.about('read-token')).toContain('ok heroku/read-token: scope read');
  });

  it('that may write is no narrower', async () => {
    const sluice = (await allWell({ [READ_TOKEN]: 'write' })).secret('/sluice/heroku/read-token', READ_TOKEN);
    expect(await sluice.trouble()).toEqual([
      'warning heroku/read-token: scope write: no narrower than a token that promotes, and scan only reads; expected scope read',
    ]);
  });

  it('that is the other one is none', async () => {
    const sluice = (await allWell()).secret('/sluice/heroku/read-token', `${TOKEN}\n`);
    expect(await sluice.trouble()).toEqual([
      'warning heroku/read-token: the same token as heroku/token; expected one that may only read, or none',
    ]);
  });
});

describe('pipelines', () => {
  it('that Heroku does not have', async () => {
    const sluice = (await allWell()).set('/sluice/pipelines/api', 'pipeline: api');
    expect(await sluice.trouble()).toEqual([
      'problem api: pipeline: found "api"; expected the name or uuid of a Heroku pipeline that the token can see (heroku pipelines)',
    ]);
  });

  it('that name an app which is not theirs', async () => {
    const sluice = (await allWell()).set(
      '/sluice/pipelines/router',
      ROUTER.replace('router-ie01', 'router-ie02'),
    );
    expect(await sluice.trouble()).toEqual([
      'problem router: wave world, app 2: found "router-ie02"; expected an app of Heroku pipeline router (router-ie01, router-qa01, router-va01)',
    ]);
  });

  it('that are configured twice', async () => {
    const sluice = (await allWell()).set('/sluice/pipelines/again', 'pipeline: router');
    expect(await sluice.trouble()).toEqual([
      'problem router: pipeline: found "router", which pipelines/again has; expected a Heroku pipeline of its own',
    ]);
  });

  it('with an app that asks for a second factor', async () => {
    const sluice = await allWell();
    sluice.heroku.faults.twoFactor('router-va01');
    const { found, todo } = await sluice.one('router');
    expect(found).toContain('router-va01: its releases cannot be read');
    expect(found).toContain('two_factor');
    expect(todo).toBe(
      "App router-va01 asks for a second factor, which a machine user cannot give: lift that for the app or take it out of the pipeline's waves.",
    );
  });

  it('leave apps that are in no wave alone, and say so', async () => {
    const sluice = await allWell();
    const waves = ROUTER.replace(', router-ie01', '');
    expect(await sluice.set('/sluice/pipelines/router', waves).about('pipelines')).toContain(
      'ok router: promotes; 2 apps in 2 waves: qa, world; in no wave, so left alone: router-ie01',
    );
  });

  it('with more apps than are asked for their releases', async () => {
    const sluice = await allWell();
    const many = Array.from({ length: 45 }, (_, index) => `api-${index}`);
    const stageOf = (index: number) => (index === 0 ? ('staging' as const) : ('production' as const));
    sluice.heroku.addPipeline({
      name: 'api',
      apps: many.map((name, index) => ({ name, stage: stageOf(index) })),
    });
    sluice.set('/sluice/pipelines/api', 'pipeline: api');
    expect(await sluice.about('pipelines')).toContain(
      'ok releases: only the first 40 of 48 apps were asked for theirs',
    );
  });

  it('while Heroku cannot be reached from here, where the functions may reach it', async () => {
    const sluice = await allWell();
    await sluice.heroku.close();
    expect((await sluice.one('heroku/token')).found).toMatch(
      /^could not be tried from this machine; the functions may reach it: /,
    );
  });

  it('while Heroku does not answer', async () => {
    const sluice = await allWell();
    sluice.heroku.faults.unavailable();
    expect(await sluice.trouble()).toEqual([
      expect.stringContaining(
        'problem heroku/token: could not be tried: GET /account/rate-limits was answered 503',
      ),
      'warning all: not looked for: Heroku does not answer; 1 of 1 parameters can be read',
    ]);
  });

  it('when Heroku stops answering on the way', async () => {
    const sluice = await allWell();
    sluice.heroku.faults.unavailable({ route: 'GET /pipelines/{id}/latest-releases' });
    sluice.heroku.faults.unauthorized({ route: 'GET /apps/{app}/releases' });
    expect(await sluice.trouble()).toEqual([
      expect.stringContaining('problem newest releases: GET /pipelines/'),
      expect.stringContaining('problem router: its newest releases cannot be read: GET /pipelines/'),
      expect.stringContaining('problem all: not examined to the end: GET /apps/'),
    ]);
  });
});

describe('webhooks', () => {
  const asking = (check: string) => `pipeline: router\nchecks: [${check}]`;

  it('that do not answer may be reached by others', async () => {
    const sluice = await allWell();
    sluice.visit = { reason: 'no answer (ENOTFOUND)' };
    expect((await sluice.one('url')).todo).toContain('just deployed? In a minute.');
  });

  it('that nothing waits for are deleted last, and not before every pipeline can be read', async () => {
    const sluice = (await allWell()).set('/sluice/pipelines/router', 'pipeline: router');
    expect(await sluice.one('github')).toMatchObject({
      state: 'warning',
      todo: 'configure a check that waits for it: docs/configuration.md (if none is to: `aws ssm delete-parameter --name /sluice/webhooks/github`)',
    });
    sluice.set('/sluice/pipelines/api', 'pipeline: [');
    expect(await sluice.about('webhooks')).toContain(
      'ok github: set; who waits for it is known once every pipeline can be read',
    );
  });

  it.each([
    {
      check: 'signal: { name: direwolf, source: direwolf }',
      trouble: [
        'problem direwolf: no secret, so what it sends is refused, and signal direwolf of router waits for it for ever; expected the secret that its deliveries are signed with',
        'warning github: set, and no check waits for what it sends',
      ],
    },
    { check: 'signal: { name: direwolf }', trouble: [] },
    { check: 'heroku-status', trouble: ['warning github: set, and no check waits for what it sends'] },
  ])('of those who are waited for: $check', async ({ check, trouble }) => {
    const sluice = (await allWell()).set('/sluice/pipelines/router', asking(check));
    expect(await sluice.trouble()).toEqual(trouble);
  });

  it('of nobody, and a check waits', async () => {
    const sluice = (await allWell())
      .set('/sluice/pipelines/router', asking('ci'))
      .remove('/sluice/webhooks/github');
    expect(await sluice.one('senders')).toMatchObject({
      state: 'problem',
      found: 'no secret of any, so nothing can come in, and ci of router waits for ever',
      todo: 'sluice secrets set webhooks/github',
    });
  });

  it.each([
    { visit: { status: 405, body: '' }, state: 'ok' },
    { visit: { status: 404, body: '{"error":"Post to /github"}' }, state: 'ok' },
    { visit: { status: 404, body: '{"Message":null}' }, state: 'problem' },
    { visit: { status: 403, body: '{"Message":"Forbidden"}' }, state: 'problem' },
    { visit: { status: 502, body: '' }, state: 'problem' },
    { visit: { reason: 'no answer (ENOTFOUND)' }, state: 'problem' },
  ] as const)('whose URL gives $visit: $state', async ({ visit, state }) => {
    const sluice = await allWell();
    sluice.visit = visit;
    const url = (await sluice.examine()).find(({ subject }) => subject === 'url');
    expect(url?.state).toBe(state);
  });
});

describe('time', () => {
  it.each([
    { off: 3 * MINUTE, found: '3m fast: it says 2026-11-23 12:03Z' },
    { off: -3 * MINUTE, found: '3m slow: it says 2026-11-23 11:57Z' },
  ])('goes wrong on this machine: $found', async ({ off, found }) => {
    const sluice = await allWell();
    sluice.off = off;
    expect(await sluice.one('this machine')).toMatchObject({ state: 'warning', found });
  });

  it('passes without a tick', async () => {
    const sluice = (await allWell()).ticked(11);
    expect(await sluice.trouble()).toEqual([
      'problem last tick: 2026-11-23 11:49Z, 11m ago: nothing is looking since; expected a record every five minutes at least',
    ]);
  });

  it('has passed since the stack was deployed, and there was never a tick', async () => {
    const sluice = (await allWell()).deploy(NOW - 11 * MINUTE);
    sluice.tick = null;
    expect(await sluice.one('last tick')).toMatchObject({
      state: 'problem',
      found: 'none on record: nothing is looking',
    });
  });

  it('stopped for the last tick, or it met problems', async () => {
    const sluice = (await allWell()).ticked(1, { ok: false, problems: ['Heroku refused the token.'] });
    expect(await sluice.trouble()).toEqual([
      'problem last tick: 2026-11-23 11:59Z, 1m ago, was stopped: Heroku refused the token.',
    ]);
    sluice.ticked(1, { problems: ['/sluice/pipelines/api: skipped'] });
    expect(await sluice.trouble()).toEqual(['warning last tick said: /sluice/pipelines/api: skipped']);
  });
});

describe('what is told', () => {
  it('holds no secret, wherever it turns up', async () => {
    const sluice = (await allWell())
      .set('/sluice/webhooks/github', 'hook-secret-in-clear')
      .ticked(1, { problems: [`something quoted ${TOKEN} and hook-secret-in-clear`] })
      .set('/sluice/pipelines/copy', `pipeline: ${TOKEN}`);
    const text = JSON.stringify(await sluice.examine());
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain('hook-secret-in-clear');
    expect(text).toContain('something quoted [secret] and [secret]');
  });

  it('goes on when one thing cannot be read at all', async () => {
    const sluice = await allWell();
    const { ports } = sluice;
    const denied = () => Promise.reject(new Error('not authorized to perform: kms:Decrypt'));
    const { examine } = await import('../../../shared/doctor/examine.ts');
    const findings = await examine('/sluice', { ...ports, parameters: { ...ports.parameters, get: denied } });
    const trouble = findings
      .filter(({ state }) => state !== 'ok')
      .map(({ area, found }) => `${area}: ${found}`);
    expect(trouble).toEqual([
      'token: could not be examined: not authorized to perform: kms:Decrypt',
      'pipelines: not looked for: there is no token to ask with; 1 of 1 parameters can be read',
    ]);
    expect(findings.map(({ area }) => area)).toContain('ticks');
  });
});

it('What the last tick said, and is found again, is told once', async () => {
  const sluice = (await allWell()).set('/sluice/pipelines/api', 'pipeline: api\nsoak: 2 hours');
  const found = await sluice.one('pipelines/api');
  sluice.ticked(2, {
    problems: [`/sluice/pipelines/api: ${found.found}, expected ${found.expected}`, 'other'],
  });
  const told = (await sluice.about('ticks')).filter((line) => line.includes('last tick said'));
  expect(told).toEqual(['warning last tick said: other']);
});

it('A stack without the function that takes holds is an older one', async () => {
  const sluice = await allWell();
  const parts = { tableName: 't', busName: 'b', webhookUrl: 'https://hooks.example/', version: '0.1.0' };
  sluice.set('/sluice/stack', JSON.stringify(parts));
  expect(await sluice.one('api')).toMatchObject({ state: 'warning', todo: 'npx cdk deploy' });
});
