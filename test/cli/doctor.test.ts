// What `sluice doctor` prints and how it ends, against the simulated Heroku and a webhook URL on loopback.

import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createSimulator } from '../../infra/local/heroku/simulator.ts';
import { MINUTE, NOW } from './facts.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const TOKEN = 'HRKU-11111111-1111-4111-8111-111111111111';

/** A server that takes only POST, as the webhook's function does. */
async function openWebhooks(): Promise<string> {
  const server = createServer((_, response) => response.writeHead(405, { allow: 'POST' }).end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

async function deployed(scope = 'write'): Promise<Terminal> {
  const terminal = await openTerminal();
  const heroku = createSimulator({ clock: { now: () => NOW }, scopes: { [TOKEN]: scope } });
  const url = await heroku.listen();
  onTestFinished(() => heroku.close());
  const apps = ['staging', 'production'] as const;
  heroku.addPipeline({ name: 'api', apps: apps.map((stage) => ({ name: `api-${stage}`, stage })) });
  for (const stage of apps) heroku.deploy(`api-${stage}`, { commit: 'a'.repeat(40) });
  const { parameters, table } = terminal;
  const stack = {
    tableName: 'sluice-Table',
    busName: 'bus',
    webhookUrl: await openWebhooks(),
    apiUrl: 'https://api.example/',
    verbUrls: { hold: 'https://hold.example/' },
    version: '1.2.3',
  };
  parameters.seed('/sluice/stack', JSON.stringify(stack));
  parameters.seed('/sluice/heroku/api-url', url);
  parameters.seed('/sluice/heroku/token', TOKEN, 'SecureString');
  parameters.seed('/sluice/pipelines/api', 'pipeline: api');
  const tick = { at: NOW - MINUTE, ok: true, problems: [], woken: [], herokuCallsLeft: null, tickMs: 60_000 };
  await table.writeTick(tick);
  return terminal;
}

it('tells what there is, and ends with 0 when all is well', async () => {
  const terminal = await deployed();
  const text = await terminal.type('sluice doctor');
  expect(terminal.status).toBe(0);
  expect(text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:5001')).toMatchInlineSnapshot(`
    "Stack
      ✓  version  1.2.3
      ✓  table    sluice-Table answers; 0 pipelines in it

    Parameters
      ✓  all             4 under /sluice, each known and of the right type
      ✓  heroku/api-url  http://127.0.0.1:5001

    Token
      ✓  heroku/token     scope write
      ✓  rate limit       4500 calls left; 75 come back each minute
      ✓  apps             answers; accepts global, read, read-protected, write, write-protected
      ✓  pipelines        answers; accepts global, read, read-protected, write, write-protected
      ✓  couplings        answers; accepts global, read, read-protected, write, write-protected
      ✓  newest releases  answers; accepts global, read, read-protected, write, write-protected
      ✓  releases         answers; accepts global, read, read-protected, write, write-protected
      ✓  slugs            answers; accepts global, read, read-protected, write, write-protected
      ✓  promote          not tried, since it would promote: its scope is what speaks for it

    Pipelines
      ✓  api       promotes; 2 apps in 2 waves: staging, production
      ✓  releases  the newest of each app can be read (2 apps)

    Webhooks
      ✓  url  http://127.0.0.1:5001/ answers

    Clock
      ✓  this machine  2026-11-23 12:00Z, as Heroku has it

    Ticks
      ✓  last tick  2026-11-23 11:59Z, 1m ago (recorded every 5 minutes while ticks go well)

    All is well.  /sluice in eu-west-1
    "
  `);
  expect(terminal.parameters.writes).toEqual([]);
});

it('ends with 0 when something should only be looked at', async () => {
  const terminal = await deployed('global');
  const text = await terminal.type('sluice doctor');
  expect(text).toMatch(
    /! {2}heroku\/token +scope global: it may do whatever its user may, deleting apps too;/,
  );
  expect(text).toContain('\n1 warning.  /sluice in eu-west-1\n');
  expect(terminal.status).toBe(0);
});

it('ends with 1 when something is a problem, and says what to type', async () => {
  const terminal = await deployed('read');
  const text = await terminal.type('sluice doctor');
  expect(text).toContain('→  heroku authorizations:create -S -s write | ./sluice secrets set heroku/token');
  expect(text).not.toContain(TOKEN);
  expect(terminal.status).toBe(1);
  expect(terminal.errors).toBe('');
});

it('looks under the prefix that is named', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice doctor --prefix /sluice/test')).toMatchInlineSnapshot(`
    "Stack
      ✗  /sluice/test/stack  nothing under /sluice/test; expected the parameter that the stack writes
                             when it is deployed, in this account and region
                             →  npx cdk deploy -c prefix=/sluice/test

    1 problem.  /sluice/test in eu-west-1
    "
  `);
  expect(terminal.status).toBe(1);
});

it('gives every finding with --json', async () => {
  const terminal = await openTerminal();
  expect(await terminal.json('sluice doctor')).toEqual([
    {
      area: 'stack',
      state: 'problem',
      subject: '/sluice/stack',
      found: 'nothing under /sluice',
      expected: 'the parameter that the stack writes when it is deployed, in this account and region',
      todo: 'npx cdk deploy',
    },
  ]);
  expect(terminal.status).toBe(1);
});

it('refuses as a whole where the parameters cannot be read', async () => {
  const terminal = await openTerminal();
  const { AccessDenied } = await import('../shared/parameters/fake.ts');
  terminal.parameters.under = () => Promise.reject(new AccessDenied('not authorized'));
  expect(await terminal.type('sluice doctor')).toBe('AWS refuses.\n');
  expect(terminal.status).toBe(1);
});
