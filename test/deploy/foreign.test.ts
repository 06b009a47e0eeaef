// From nothing to promoted: a Sluice deployed with no context and no secrets is given an address, a token and a pipeline
// on a Heroku that is not the project's own, and then nobody touches anything.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt } from '../../shared/domain/attempt.ts';
import { ForeignHeroku } from './foreign-heroku/heroku.ts';
import { commitOf, type Stage, uuidOf } from './foreign-heroku/rows.ts';
import { eventually } from './local-aws/eventually.ts';
import { logOf } from './local-aws/logs.ts';
import { type DeployedSluice, deployedSluice } from './sluice.ts';

const TOKEN = 'HRKU-5d0b52c6-3a0c-4b6a-9c56-7e4cf1a6e0aa';
const STAGES = {
  'ledger-dev': 'development',
  'ledger-qa-1': 'staging',
  'ledger-qa-2': 'staging',
  'ledger-us': 'production',
  'ledger-eu': 'production',
  'ledger-jp': 'production',
} as const satisfies Record<string, Stage>;
const APPS = Object.keys(STAGES);
const [OLD, NEW] = [uuidOf('build 1'), uuidOf('build 2')];

let heroku: ForeignHeroku;
let deployed: DeployedSluice;

beforeAll(async () => {
  deployed = deployedSluice('foreign');
  heroku = new ForeignHeroku(TOKEN, 'ledger', STAGES);
  const lastWeek = Date.now() - 7 * 86_400_000;
  for (const app of APPS) heroku.deploy(app, OLD, lastWeek);
  heroku.deploy('ledger-dev', NEW);
  const { names, put, putSecret } = deployed;
  await put(names.apiUrl, await heroku.listen());
  await putSecret(names.token, TOKEN);
  // Waves that are left out are staging and production: whoever begins at development says so.
  await put(
    names.pipeline('ledger'),
    [
      'pipeline: ledger',
      'waves:',
      '  - { name: development, apps: [ledger-dev] }',
      '  - { name: staging, apps: [ledger-qa-1, ledger-qa-2] }',
      '  - { name: production, apps: [ledger-us, ledger-eu, ledger-jp] }',
    ].join('\n'),
  );
});

afterAll(async () => {
  deployed.close();
  await heroku.close();
});

const attempts = async (): Promise<readonly Attempt[]> =>
  (await deployed.table.attempts(uuidOf('pipeline ledger'))).toReversed();

describe('npx cdk deploy, with no context and no secrets', () => {
  it('says where everything is, and what to type next', () => {
    expect(deployed.stack.name).toBe('sluice');
    expect(deployed.stack.outputs).toMatchObject({
      TableName: expect.stringMatching(/./),
      BusName: expect.stringMatching(/./),
      WebhookUrl: expect.stringMatching(/^https:\/\/[^/]+$/),
      ApiUrl: expect.stringMatching(/^https:\/\/[^/]+$/),
      ConsoleUrl: expect.stringMatching(/^https:\/\//),
      ParameterPrefix: '/sluice',
      NextStep: 'AWS_REGION=eu-west-1 ./sluice doctor',
    });
  });
});

describe('with an address, a token and a pipeline', () => {
  it('gives every wave what the head runs', async () => {
    const runs = () => Object.fromEntries(APPS.map((app) => [app, heroku.runs(app)]));
    const isEverywhere = () => APPS.every((app) => heroku.runs(app) === NEW);
    await eventually('the new build on every app', isEverywhere, { seconds: 230, seen: runs });
  });

  it('by one request a wave, pinned to the release that was checked', () => {
    expect(heroku.posts).toEqual([
      { release: 'ledger-dev v3', slug: NEW, targets: ['ledger-qa-1', 'ledger-qa-2'] },
      {
        release: expect.stringMatching(/^ledger-qa-[12] v3$/),
        slug: NEW,
        targets: ['ledger-eu', 'ledger-jp', 'ledger-us'],
      },
    ]);
  });

  it('leaves an attempt for each: facts, verdicts, outcome, who asked', async () => {
    const isSettled = async () =>
      (await attempts()).filter(({ state }) => state === 'succeeded').length === 2;
    await eventually('both attempts settled', isSettled, { seen: attempts });
    const [first, second] = await attempts();
    const common = { pipeline: 'ledger', artifact: `slug:${NEW}`, commit: commitOf(NEW), actor: 'sluice' };
    expect(first).toMatchObject({ ...common, from: 'development', to: 'staging', state: 'succeeded' });
    expect(second).toMatchObject({ ...common, from: 'staging', to: 'production', state: 'succeeded' });
    for (const attempt of [first, second]) {
      expect(attempt?.outcome).not.toBe('');
      for (const target of attempt?.targets ?? []) {
        expect(target).toMatchObject({ state: 'succeeded', before: { artifact: `slug:${OLD}` } });
      }
      expect(attempt?.verdicts.map(({ state }) => state)).toEqual(attempt?.verdicts.map(() => 'pass'));
      expect(attempt?.verdicts.length).toBeGreaterThan(0);
    }
  });
});

describe('the operator’s command, by the prefix alone', () => {
  it('tells what runs where', async () => {
    const { status, output } = await deployed.sluice('status');
    expect(status, output).toBe(0);
    for (const wave of ['development', 'staging', 'production']) expect(output).toContain(wave);
    expect(output).toContain('same as staging');
    expect(output).toContain(commitOf(NEW).slice(0, 8));
  });

  it('tells why', async () => {
    const { status, output } = await deployed.sluice('why ledger --wave production');
    expect(status, output).toBe(0);
    expect(output).toContain('production');
  });

  it('examines it, as NextStep says', async () => {
    const { output } = await deployed.sluice('doctor');
    expect(output).toMatch(/✓ +ledger +promotes; 6 apps in 3 waves: development, staging, production/);
    expect(output).toMatch(/✓ +heroku\/token +scope write/);
  });

  it('tells what happened', async () => {
    const { status, output } = await deployed.sluice('history ledger');
    expect(status, output).toBe(0);
    expect(output).toMatch(/staging[\s\S]*production|production[\s\S]*staging/);
  });
});

describe('all the while', () => {
  it('Heroku has refused nothing', () => {
    expect(heroku.refusals).toEqual([]);
  });

  it('no tick has met a problem, and no function has logged an error', async () => {
    expect(await deployed.record()).toMatchObject({ ok: true, problems: [] });
    const { aws, stack } = deployed;
    const lines = [...(await logOf(aws, stack, 'scan')), ...(await logOf(aws, stack, 'promote'))];
    expect(lines.filter(({ fields }) => fields['level'] === 'ERROR').map(({ text }) => text)).toEqual([]);
  });

  it('the token has got into no log and no row', async () => {
    expect(await deployed.leaksOf([TOKEN])).toEqual([]);
  });
});
