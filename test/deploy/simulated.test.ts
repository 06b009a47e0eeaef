// Webhooks, and a pipeline that is described wrongly beside those that are not: a deployed Sluice on the project's own
// simulated Heroku.

import { createHmac } from 'node:crypto';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSimulator, type Simulator } from '../../infra/local/heroku/simulator.ts';
import { type EventQueue, listenTo } from './listener.ts';
import { type Answer, rowsOf } from './local-aws/aws.ts';
import { eventually } from './local-aws/eventually.ts';
import { type LogLine, ticksOf } from './local-aws/logs.ts';
import { type DeployedSluice, deployedSluice, outputOf } from './sluice.ts';

const TOKEN = 'HRKU-0d9e4b7a-91c5-4d8e-8a3f-2b6c7d8e9f10';
const SECRET = 'a-webhook-secret-that-nobody-else-knows';
const OLD = 'a'.repeat(40);
const NEW = { router: 'b'.repeat(40), gated: 'c'.repeat(40) } as const;
const PIPELINES = {
  broken: 'pipeline: router\nsoak-time: 3h\n',
  // One app's release phase takes longer than the others' releases.
  router: 'pipeline: router\n',
  gated: [
    'pipeline: gated',
    'waves:',
    '  - { name: staging, apps: [gated-staging] }',
    '  - name: production',
    '    apps: [gated-production]',
    '    checks:',
    '      - ci: { context: build, source: github }',
    '',
  ].join('\n'),
} as const;

let heroku: Simulator;
let deployed: DeployedSluice;
let events: EventQueue;
/** The first tick with everything configured. */
let tick: Promise<LogLine>;

beforeAll(async () => {
  deployed = deployedSluice('simulated');
  const { names, put, putSecret, stack, aws } = deployed;
  heroku = createSimulator({ clock: { now: () => Date.now() }, tokens: { [TOKEN]: 'sluice@example.com' } });
  for (const name of ['router', 'gated'] as const) {
    const apps = [
      { name: `${name}-staging`, stage: 'staging' },
      { name: `${name}-production`, stage: 'production' },
    ] as const;
    heroku.addPipeline({ name, apps });
    for (const app of apps) heroku.deploy(app.name, { commit: OLD });
    heroku.deploy(`${name}-staging`, { commit: NEW[name] });
  }
  heroku.setPromotionSeconds(1);
  heroku.setReleasePhase('router-production', { seconds: 5 });
  events = await listenTo(aws, outputOf(stack, 'BusName'));
  const url = await heroku.listen();
  await put(names.apiUrl, url);
  await put(names.statusUrl, url);
  await putSecret(names.token, TOKEN);
  await putSecret(names.webhook('github'), SECRET);
  await put(names.defaults, 'checks:\n  - heroku-status\n');
  for (const [name, text] of Object.entries(PIPELINES)) await put(names.pipeline(name), text);
  tick = deployed.nextTick();
});

afterAll(async () => {
  deployed.close();
  await heroku.close();
});

const runs = (app: string): string | null => heroku.app(app).commit;

/** A GitHub Actions run of the commit has succeeded. */
function deliver(secret: string): Promise<Answer> {
  const run = { name: 'build', head_sha: NEW.gated, status: 'completed', conclusion: 'success' };
  const body = JSON.stringify({
    action: 'completed',
    workflow_run: { ...run, html_url: 'https://github.com/acme/gated', updated_at: new Date().toISOString() },
  });
  return deployed.aws.post(`${outputOf(deployed.stack, 'WebhookUrl')}/github`, body, {
    'x-github-event': 'workflow_run',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  });
}

/** What the table has of webhooks. */
async function received(): Promise<readonly string[]> {
  const rows = await rowsOf(deployed.aws, outputOf(deployed.stack, 'TableName'));
  const keys = rows.map((row) => JSON.stringify(row['pk']));
  return keys.filter((key) => /signal#|delivery#/.test(key));
}

describe('the schedule', () => {
  it('fires by itself', async () => {
    const { fields } = await tick;
    expect(fields).toMatchObject({ TicksSucceeded: 1, service: 'sluice-simulated' });
  });

  it('has the pipeline promoted that nothing holds back', async () => {
    const isPromoted = () => runs('router-production') === NEW.router;
    await eventually('the new build on router-production', isPromoted);
    expect(runs('gated-production')).toBe(OLD);
  });
});

describe('a pipeline that is described wrongly', () => {
  const problem = 'soak-time';

  it('is counted, and named in the log and on record', async () => {
    const { fields } = await tick;
    expect(fields['ConfigurationProblems']).toBeGreaterThanOrEqual(1);
    expect(fields['HerokuCallsLeft']).toBeGreaterThan(0);
    const record = await deployed.record();
    expect(record).toMatchObject({ ok: true });
    const named = record?.problems.filter((text) => text.includes(deployed.names.pipeline('broken')));
    expect(named?.join()).toContain(problem);
  });

  it('is named by sluice status', async () => {
    const { status, output } = await deployed.sluice('status');
    expect(status, output).toBe(0);
    expect(output).toContain(deployed.names.pipeline('broken'));
    expect(output).toContain(problem);
    expect(output).toContain('router');
  });
});

describe('sluice doctor', () => {
  it('names it too', async () => {
    const { output } = await deployed.sluice('doctor');
    expect(output).toMatch(/✗ +pipelines\/broken +soak-time \(line 2\): found an unknown key/);
  });
});

describe('a webhook', () => {
  it('that is forged gets 401 and changes nothing', async () => {
    const before = (await events.all()).length;
    const answer = await deliver('another secret');
    expect(answer).toEqual({ status: 401, body: expect.stringContaining('could not be verified') });
    expect(await received()).toEqual([]);
    const after = (await events.all()).slice(before).map((event) => event.type);
    expect(after).not.toContain('SignalReceived');
    expect(runs('gated-production')).toBe(OLD);
  });

  it('that is signed wakes its pipeline, long before the next tick', async () => {
    await awayFromTicks();
    const ticks = (await ticksOf(deployed.aws, deployed.stack)).length;
    const deliveredAt = Date.now();
    expect(await deliver(SECRET)).toEqual({ status: 202, body: '{"recorded":1}' });
    const posted = () => heroku.promotions().find(({ source }) => source === 'gated-staging');
    const promotion = await eventually('a promotion of gated', posted, { seconds: 25 });
    expect(promotion.createdAt - deliveredAt).toBeLessThan(10_000);
    expect(await ticksOf(deployed.aws, deployed.stack)).toHaveLength(ticks);
    // The result, the delivery, and that its source has been heard of.
    expect(await received()).toHaveLength(3);
  });

  it('and its pipeline alone', async () => {
    const woken = (await events.all()).flatMap((event) =>
      event.type === 'PipelineDue' && event.reasons.includes('asked') ? event.pipeline.name : [],
    );
    expect(woken).toEqual(['gated']);
  });
});

describe('the next tick', () => {
  it('settles every promotion: one request each', async () => {
    const settled = async () => {
      const found = (await events.all()).flatMap((event) =>
        event.type === 'AttemptSettled' ? event.attempt : [],
      );
      return found.length >= 2 && found;
    };
    const attempts = await eventually('both attempts settled', settled);
    expect(attempts.map(({ pipeline, state }) => `${pipeline} ${state}`).sort()).toEqual([
      'gated succeeded',
      'router succeeded',
    ]);
    expect(heroku.promotions()).toHaveLength(2);
    expect([runs('router-production'), runs('gated-production')]).toEqual([NEW.router, NEW.gated]);
  });
});

describe('a hold', () => {
  const api = () => new URL(outputOf(deployed.stack, 'ApiUrl'));

  it('that nobody signed gets 403', async () => {
    const body = JSON.stringify({ pipeline: 'gated', reason: 'migration' });
    const { status } = await deployed.aws.post(`${api().origin}/hold`, body, {});
    expect(status).toBe(403);
  });

  it('goes to the function of its verb, signed, which believes nobody but AWS about who asks', async () => {
    // The name of a Function URL leads out of this machine; the local AWS has it under a path of its own, too.
    const here = (url: string) => `${inject('endpoint')}/_aws/lambda-url/${new URL(url).host.split('.')[0]}`;
    const { aws, names } = deployed;
    const { Parameter } = await aws.ssm.send(new GetParameterCommand({ Name: names.stack }));
    const parts = JSON.parse(Parameter?.Value ?? '') as { verbUrls: Record<string, string> };
    const verbUrls = Object.fromEntries(
      Object.entries(parts.verbUrls).map(([verb, url]) => [verb, here(url)]),
    );
    await deployed.put(names.stack, JSON.stringify({ ...parts, apiUrl: here(api().href), verbUrls }));

    // The local AWS takes the signature, and does not tell the function whose it is.
    const { status, output } = await deployed.sluice('hold gated --reason migration');
    expect(status).toBe(1);
    expect(output).toContain('AWS does not say who asks');
    expect((await deployed.table.pipelineRows(heroku.pipeline('gated').id)).holds).toEqual([]);
  });
});

describe('secrets', () => {
  it('are in no log, no row and no event', async () => {
    const secrets = [TOKEN, SECRET];
    expect(await deployed.leaksOf(secrets)).toEqual([]);
    const told = (await events.all()).map((event) => JSON.stringify(event));
    expect(told.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
  });
});

/** Ticks come a minute apart; waits for the one that is near. */
async function awayFromTicks(): Promise<void> {
  const last = async () => (await ticksOf(deployed.aws, deployed.stack)).at(-1)?.at ?? 0;
  const before = await last();
  if (Date.now() - before < 30_000) return;
  await eventually('the next tick', async () => (await last()) > before);
}
