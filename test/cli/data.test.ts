// Where `sluice` finds its table, as a process of its own: a local run, a data folder, a deployed table, or nothing; and
// what it says then.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openData, openParameters } from '../../cli/data.ts';
import { UsageError } from '../../cli/errors.ts';
import { writeRunFile } from '../../shared/local/run-file.ts';
import { openEmbeddedTable } from '../../shared/table/embedded.ts';
import { openSsmServer } from '../shared/parameters/ssm-server.ts';
import { calm, NOW, put } from './facts.ts';

const ROOT = join(import.meta.dirname, '../..');

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `sluice` in a folder with nothing of this machine's AWS configuration. */
function sluice(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const bare = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const child = spawn(process.execPath, [join(ROOT, 'cli/sluice.mjs'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', USER: 'ana', ...bare, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, out, err: err.replaceAll(ROOT, '/CHECKOUT') }));
  });
}

const CREDENTIALS = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

it('says how to start a run, or to name a table, when it finds nothing', async () => {
  const { status, out, err } = await sluice(['status'], aFolder());
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatchInlineSnapshot(`
    "No Sluice was found: no run has left word in .sluice/run.json of this folder, and no deployed one is named.
      npm start                    starts one here (in another terminal)
      /CHECKOUT/sluice … --data DIR        reads the data folder of a run that was started with --data DIR
      /CHECKOUT/sluice … --prefix /sluice  reads a deployed Sluice; the prefix is that of its parameters
      /CHECKOUT/sluice … --table NAME      reads a deployed table; the stack's output TableName is its name
    "
  `);
});

it("finds the local run of the folder it is in, and reads the run's clock", async () => {
  const folder = aFolder();
  const { table, endpoint, key, close } = await openEmbeddedTable();
  onTestFinished(close);
  await put(table, calm);
  const clock = { at: NOW, realAt: Date.now(), rate: 0 };
  const run = { pid: process.pid, tableEndpoint: endpoint, tableKey: key, herokuUrl: '', clock };
  writeRunFile(join(folder, '.sluice'), run);
  const { status, out, err } = await sluice(['status'], folder);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatchInlineSnapshot(`
    "edge
      staging     c0ffee12  for 1d 2h  first wave
      production  c0ffee12  for 1d 1h  ✓ same as staging

    No tick is on record yet.
    From the local run in .sluice.
    "
  `);
  const held = await sluice(['hold', 'edge', '--reason', 'x'], folder, { SLUICE_ACTOR: 'bo@example.com' });
  expect(held.status).toBe(0);
  expect((await table.pipelineRows(calm.pipelineId)).holds).toMatchObject([
    { owner: 'bo@example.com', placedAt: NOW },
  ]);
});

it('says so when the local run no longer answers', async () => {
  const folder = aFolder();
  const clock = { at: NOW, realAt: NOW, rate: 1 };
  const run = { pid: process.pid, tableEndpoint: 'http://127.0.0.1:9', tableKey: 'k', herokuUrl: '', clock };
  writeRunFile(join(folder, '.sluice'), run);
  const { status, err } = await sluice(['status'], folder);
  expect(status).toBe(1);
  expect(err).toContain(
    `The local run in .sluice (process ${process.pid}) no longer answers on http://127.0.0.1:9.`,
  );
});

it('says the same when another run has its port by now', async () => {
  const folder = aFolder();
  const { endpoint, close } = await openEmbeddedTable();
  onTestFinished(close);
  const clock = { at: NOW, realAt: NOW, rate: 1 };
  const run = { pid: process.pid, tableEndpoint: endpoint, tableKey: 'of the old run', herokuUrl: '', clock };
  writeRunFile(join(folder, '.sluice'), run);
  const { status, err } = await sluice(['status'], folder);
  expect(status).toBe(1);
  expect(err).toContain(`no longer answers on ${endpoint}. Start it again: npm start`);
});

it('opens the data folder of a run that has ended, and writes to it', async () => {
  const folder = aFolder();
  const store = await openEmbeddedTable(join(folder, 'table'));
  await put(store.table, calm);
  await store.close();
  const held = await sluice(['hold', 'edge', '--reason', 'x', '--data', folder], aFolder());
  expect({ status: held.status, err: held.err }).toEqual({ status: 0, err: '' });
  const { out } = await sluice(['status', '--data', folder], aFolder());
  expect(out).toContain('! hold');
  expect(out).toContain(`From the data in ${folder}.`);
});

it('refuses a data folder without a table, and makes none', async () => {
  const { status, err } = await sluice(['status', '--data', 'nowhere'], aFolder());
  expect(status).toBe(1);
  expect(err).toMatchInlineSnapshot(`
    "--data nowhere: found no table in it, expected the data folder of a run. A run makes one: npm start -- --data nowhere
    "
  `);
});

it('refuses two tables at once as wrong usage', async () => {
  const { status, err } = await sluice(['status', '--data', 'a', '--table', 'b'], aFolder());
  expect(status).toBe(2);
  expect(err).toMatchInlineSnapshot(`
    "--data and --table: found both, expected one of them: each names another table.
    "
  `);
});

it('reads a deployed table, named by option or environment', async () => {
  const { table, endpoint, key, close } = await openEmbeddedTable();
  onTestFinished(close);
  await put(table, calm);
  const env = { ...CREDENTIALS, AWS_ACCESS_KEY_ID: key, AWS_ENDPOINT_URL_DYNAMODB: endpoint };
  const named = await sluice(['status', '--table', 'sluice'], aFolder(), env);
  expect(named.out).toContain('From table sluice in eu-west-1.');
  const byEnvironment = await sluice(['why', 'edge'], aFolder(), { ...env, SLUICE_TABLE: 'sluice' });
  expect(byEnvironment.out).toContain('Nothing is behind');
  const missing = await sluice(['status', '--table', 'slice'], aFolder(), env);
  expect(missing.status).toBe(1);
  expect(missing.err).toMatchInlineSnapshot(`
    "--table slice in eu-west-1: found no such table. Its name is the stack's output TableName: aws cloudformation describe-stacks --query "Stacks[].Outputs[?OutputKey=='TableName']". Is it another region? AWS_REGION=… /CHECKOUT/sluice … --table slice
    "
  `);
});

it('says what to do without a region, credentials or a way to AWS', async () => {
  const nowhere = await sluice(['status', '--table', 'sluice'], aFolder());
  expect(nowhere.status).toBe(1);
  expect(nowhere.err).toMatchInlineSnapshot(`
    "--table sluice: found no AWS region. Name the one the stack is in: AWS_REGION=eu-west-1 /CHECKOUT/sluice … --table sluice
    "
  `);
  const nobody = await sluice(['status', '--table', 'sluice'], aFolder(), { AWS_REGION: 'eu-west-1' });
  expect(nobody.status).toBe(1);
  expect(nobody.err).toMatchInlineSnapshot(`
    "--table sluice in eu-west-1: found no AWS credentials (Could not load credentials from any providers). Sign in (aws sso login), or name a profile: AWS_PROFILE=… /CHECKOUT/sluice … --table sluice
    "
  `);
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
  const cut = await sluice(['status', '--table', 'sluice'], aFolder(), env);
  expect(cut.status).toBe(1);
  expect(cut.err).toContain('DynamoDB cannot be reached from here: connect ECONNREFUSED 127.0.0.1:9.');
});

it('finds the table of a deployed Sluice by the prefix of its parameters', async () => {
  const { table, endpoint, key, close } = await openEmbeddedTable();
  onTestFinished(close);
  await put(table, calm);
  const ssm = await openSsmServer();
  const urls = {
    AWS_ACCESS_KEY_ID: key,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SSM: ssm.endpoint,
  };
  const env = { ...CREDENTIALS, ...urls };
  const early = await sluice(['status', '--prefix', '/sluice'], aFolder(), env);
  expect(early.status).toBe(1);
  expect(early.err).toMatchInlineSnapshot(`
    "--prefix /sluice in eu-west-1: found no parameter /sluice/stack. It is written by: npx cdk deploy
    Is it another prefix or region? AWS_REGION=… /CHECKOUT/sluice … --prefix /sluice. Without the parameter, the table can be named: /CHECKOUT/sluice … --table NAME
    "
  `);
  ssm.seed('/sluice/stack', '{"tableName":"sluice"}');
  ssm.seed('/gone/stack', '{"tableName":"slice"}');
  ssm.seed('/odd/stack', '{}');
  const [named, byEnvironment, gone, odd] = await Promise.all([
    sluice(['status', '--prefix', '/sluice'], aFolder(), { ...env, SLUICE_TABLE: 'another' }),
    sluice(['why', 'edge'], aFolder(), { ...env, SLUICE_PREFIX: '/sluice' }),
    sluice(['status', '--prefix', '/gone'], aFolder(), env),
    sluice(['status', '--prefix', '/odd'], aFolder(), env),
  ]);
  expect(named.out).toContain('From table sluice in eu-west-1.');
  expect(byEnvironment.out).toContain('Nothing is behind');
  expect(gone.err).toMatchInlineSnapshot(`
    "--prefix /gone in eu-west-1: found no table slice, which the parameter /gone/stack names. Was it deleted? A stack makes it: npx cdk deploy -c prefix=/gone
    "
  `);
  expect(odd.err).toContain('/odd/stack in /odd in eu-west-1: found a value without a tableName');
});

it('needs no table for what is about parameters', async () => {
  const ssm = await openSsmServer();
  ssm.seed('/sluice/pipelines/edge', 'pipeline: edge\n');
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_SSM: ssm.endpoint };
  const { status, out } = await sluice(['config', 'validate'], aFolder(), env);
  expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('1 pipeline, no problems') });
});

it('says what AWS refuses about parameters, and which action it takes', async () => {
  const ssm = await openSsmServer();
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_SSM: ssm.endpoint, AWS_MAX_ATTEMPTS: '1' };
  ssm.refuse('AccessDeniedException', 'not authorized to perform: ssm:GetParametersByPath');
  expect((await sluice(['secrets', 'list'], aFolder(), env)).err).toMatchInlineSnapshot(`
    "--prefix /sluice in eu-west-1: AWS refuses: not authorized to perform: ssm:GetParametersByPath. Reading needs ssm:GetParametersByPath and ssm:GetParameters, config push and secrets set also ssm:PutParameter, config push --prune also ssm:DeleteParameter.
    "
  `);
  ssm.refuse('ExpiredTokenException', 'The security token included in the request is expired');
  expect((await sluice(['secrets', 'list'], aFolder(), env)).err).toContain('Sign in again: aws sso login');
  ssm.refuse('ThrottlingException', 'Rate exceeded');
  expect((await sluice(['secrets', 'list'], aFolder(), env)).err).toContain(
    'SSM has too many requests at the moment (Rate exceeded). Type it again in a minute.',
  );
  const cut = { ...env, AWS_ENDPOINT_URL_SSM: 'http://localhost:9' };
  const unreachable = await sluice(['secrets', 'list'], aFolder(), cut);
  expect(unreachable.status).toBe(1);
  expect(unreachable.err).toMatch(/SSM cannot be reached from here: connect ECONNREFUSED \S+:9\b/);
  expect(unreachable.err).toContain('AWS_ENDPOINT_URL_SSM is http://localhost:9: does it answer there?');
});

it.each([
  { prefix: 'sluice', says: '--prefix: found "sluice", expected a path like /sluice' },
  { prefix: '/sluice/', says: 'no slash at the end' },
  { prefix: '/AWS/x', says: 'not beginning with /aws or /ssm' },
  { prefix: '/a b', says: 'letters, digits and single hyphens' },
  { prefix: '/1/2/3/4/5', says: 'at most four parts' },
])('refuses the prefix $prefix as wrong usage', async ({ prefix, says }) => {
  await expect(openData({ prefix }, {})).rejects.toThrow(says);
  await expect(openParameters({ prefix }, {})).rejects.toThrow(UsageError);
  await expect(openParameters({}, { SLUICE_PREFIX: prefix })).rejects.toThrow(`SLUICE_PREFIX: found`);
});

it('takes one of --data, --table and --prefix, and for parameters only the last', async () => {
  await expect(openData({ prefix: '/a', table: 'x' }, {})).rejects.toThrow(
    '--table and --prefix: found both',
  );
  await expect(openParameters({ table: 'x' }, {})).rejects.toThrow('--table: names a table');
  await expect(openParameters({ data: 'x' }, {})).rejects.toThrow(UsageError);
});
