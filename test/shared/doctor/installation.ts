// A deployed Sluice, as far as an examination can see it: parameters and a table in memory, the simulated Heroku on
// loopback, and a webhook URL that answers as it is told. The clock stands still.

import { onTestFinished } from 'vitest';
import { printed } from '../../../cli/print.ts';
import { createSimulator, type Simulator } from '../../../infra/local/heroku/simulator.ts';
import { examine } from '../../../shared/doctor/examine.ts';
import { explainFindings } from '../../../shared/doctor/explain.ts';
import type { Finding } from '../../../shared/doctor/finding.ts';
import type { DoctorPorts, Visit } from '../../../shared/doctor/ports.ts';
import type { RepositoryProbe } from '../../../shared/github/probe.ts';
import { createHerokuProbe } from '../../../shared/heroku/account.ts';
import { createHerokuReads } from '../../../shared/heroku/client.ts';
import type { ParameterKey } from '../../../shared/parameters/keys.ts';
import type { Parameter, ParameterType } from '../../../shared/parameters/port.ts';
import type { PipelineView, TickRecord } from '../../../shared/table/port.ts';

export const MINUTE = 60_000;
export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const TOKEN = 'HRKU-11111111-1111-4111-8111-111111111111';
export const READ_TOKEN = 'HRKU-22222222-2222-4222-8222-222222222222';

export const ROUTER = [
  'pipeline: router',
  'waves:',
  '  - { name: qa, apps: [router-qa01] }',
  '  - { name: world, apps: [router-va01, router-ie01], checks: [ci: { source: github }] }',
].join('\n');

export class Installation {
  readonly heroku: Simulator;
  readonly parameters = new Map<string, Parameter>();
  readonly keys: ParameterKey[] = [];
  keysError: Error | null = null;
  readonly views: PipelineView[] = [];
  tick: TickRecord | null = null;
  tableError: Error | null = null;
  visit: Visit = { status: 405, body: '{"error":"Only POST is taken here."}' };
  /** What GitHub answers about repositories; it can read those that are not told. */
  readonly repositories: Record<string, RepositoryProbe> = {};
  /** What GitHub was asked, and with which token. */
  readonly asked: string[] = [];
  /** This machine's clock is off by so much, ms. */
  off = 0;
  version = '0.1.0';
  #herokuNow = NOW;

  constructor(scopes: Readonly<Record<string, string>> = {}) {
    this.heroku = createSimulator({
      clock: { now: () => this.#herokuNow },
      tokens: { [TOKEN]: 'sluice@example.com', [READ_TOKEN]: 'sluice@example.com' },
      scopes: { [TOKEN]: 'write', [READ_TOKEN]: 'read', ...scopes },
    });
    this.heroku.addPipeline({
      name: 'router',
      apps: [
        { name: 'router-qa01', stage: 'staging' },
        { name: 'router-va01', stage: 'production' },
        { name: 'router-ie01', stage: 'production' },
      ],
    });
    for (const app of ['router-qa01', 'router-va01', 'router-ie01']) {
      this.heroku.deploy(app, { commit: 'a'.repeat(40) });
    }
  }

  set(name: string, value: string, type: ParameterType = 'String', changedAt = NOW - 60 * MINUTE): this {
    this.parameters.set(name, { name, type, value, version: 1, changedAt });
    return this;
  }

  secret(name: string, value: string): this {
    return this.set(name, value, 'SecureString');
  }

  remove(name: string): this {
    this.parameters.delete(name);
    return this;
  }

  /** What `cdk deploy` leaves behind. */
  deploy(changedAt = NOW - 60 * MINUTE): this {
    const stack = {
      tableName: 'sluice-Table',
      busName: 'bus',
      webhookUrl: 'https://hooks.example/',
      apiUrl: 'https://api.example/',
      verbUrls: { hold: 'https://hold.example/' },
      version: '0.1.0',
    };
    return this.set('/sluice/stack', JSON.stringify(stack), 'String', changedAt);
  }

  ticked(minutesAgo: number, record: Partial<TickRecord> = {}): this {
    const at = NOW - minutesAgo * MINUTE;
    this.tick = { at, ok: true, problems: [], woken: [], herokuCallsLeft: null, tickMs: 60_000, ...record };
    return this;
  }

  get ports(): DoctorPorts {
    const all = () => [...this.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const clock = { now: () => NOW + this.off, sleep: async () => {} };
    return {
      parameters: {
        under: async (path) =>
          all()
            .filter(({ name }) => name.startsWith(`${path}/`))
            .map((one) => (one.type === 'SecureString' ? { ...one, value: 'AQICAHh-ciphertext' } : one)),
        get: async (names) => all().filter(({ name }) => names.includes(name)),
      },
      keys: async () => {
        if (this.keysError !== null) throw this.keysError;
        return this.keys;
      },
      table: async () => ({
        fleet: async () => {
          if (this.tableError !== null) throw this.tableError;
          return { views: this.views, map: [], tick: this.tick };
        },
        attempts: async () => [],
        hadDefaults: async () => false,
      }),
      heroku: ({ url, token }) => {
        const probe = createHerokuProbe({ url, token });
        const reads = createHerokuReads({ url, token: () => token, clock, random: () => 0 });
        return { probe, reads, close: () => [probe, reads].forEach((one) => void one.close()) };
      },
      github: async (repo, token) => {
        this.asked.push(`${repo} ${token}`);
        return this.repositories[repo] ?? { kind: 'read' };
      },
      visit: async () => this.visit,
      clock,
      version: this.version,
    };
  }

  examine(prefix = '/sluice'): Promise<readonly Finding[]> {
    return examine(prefix, this.ports);
  }

  /** As a person reads it. */
  async printed(): Promise<string> {
    return printed(explainFindings(await this.examine(), '/sluice in eu-west-1'), {
      columns: 100,
      colour: false,
    });
  }

  /** One line for each finding that is not ok: `problem token heroku/token: found; expected …`. */
  async trouble(): Promise<readonly string[]> {
    return (await this.examine()).filter(({ state }) => state !== 'ok').map(lineOf);
  }

  async about(area: Finding['area']): Promise<readonly string[]> {
    return (await this.examine()).filter((finding) => finding.area === area).map(lineOf);
  }

  async one(subject: string): Promise<Finding> {
    const all = await this.examine();
    const found = all.find((finding) => finding.subject === subject && finding.state !== 'ok');
    if (found === undefined) throw new Error(`nothing about ${subject}: ${all.map(lineOf).join('\n')}`);
    return found;
  }
}

function lineOf({ state, subject, found, expected }: Finding): string {
  return `${state} ${subject}: ${found}${expected === undefined ? '' : `; expected ${expected}`}`;
}

/** Nothing deployed yet. */
export async function nothingDeployed(scopes?: Readonly<Record<string, string>>): Promise<Installation> {
  const installation = new Installation(scopes);
  await installation.heroku.listen();
  onTestFinished(() => installation.heroku.close());
  return installation;
}

/** Deployed, with a token, a pipeline, a webhook's secret, and a tick two minutes ago. */
export async function allWell(scopes?: Readonly<Record<string, string>>): Promise<Installation> {
  const installation = await nothingDeployed(scopes);
  return installation
    .deploy()
    .set('/sluice/heroku/api-url', installation.heroku.url)
    .secret('/sluice/heroku/token', TOKEN)
    .set('/sluice/pipelines/router', ROUTER)
    .secret('/sluice/webhooks/github', 'hook-secret')
    .ticked(2);
}
