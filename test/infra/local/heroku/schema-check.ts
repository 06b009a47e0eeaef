// Holds every kind of answer of the simulator against Heroku's own schema, on Cedar and on Fir.
// node test/infra/local/heroku/schema-check.ts FILE (heroku/heroku-go v6/schema.json). Exit 1 on a mismatch.
// The schema asks for few properties, so an answer must also have every property the schema names.

import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { createSimulator, type Simulator } from '../../../../infra/local/heroku/simulator.ts';

type Fields = Record<string, unknown>;

const ID = 'heroku';
const COMMIT = 'c'.repeat(40);

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Heroku's `strictProperties` says: all of these and no others. JSON Schema says it with two keywords. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const plain: Fields = {};
  for (const [key, value] of Object.entries(schema)) plain[key] = strict(value);
  if (plain['strictProperties'] === true) {
    plain['required'] = Object.keys(fields(plain['properties']));
    plain['additionalProperties'] = false;
  }
  return plain;
}

class Checker {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #schema: Fields;
  #now = Date.parse('2026-11-02T12:00:00Z');
  readonly simulator: Simulator = createSimulator({ clock: { now: () => this.#now } });
  readonly seen = new Map<string, number>();
  mismatches = 0;

  constructor(schema: Fields) {
    this.#schema = schema;
    // ajv-formats is CommonJS; its function is behind `default` under nodenext.
    formats.default(this.#ajv);
    // Its meta-schema and its `id` keyword are older than ajv.
    const { $schema: _schema, id: _id, ...rest } = schema;
    this.#ajv.addSchema({ ...fields(strict(rest)), $id: ID });
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** One request; its answer, or each row of it, must be of that kind. Gives back the last row. */
  check(kind: string, method: string, path: string, body?: unknown): Fields {
    const reply = this.simulator.ask({
      method,
      path,
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer token' },
      body: body === undefined ? '' : JSON.stringify(body),
    });
    const parsed: unknown = JSON.parse(reply.body);
    const rows: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    const errors = reply.status >= 300 ? [`HTTP ${reply.status} ${reply.body}`] : [];
    if (rows.length === 0) errors.push('no rows to check');
    for (const row of rows) errors.push(...this.#errors(kind, row));
    const distinct = [...new Set(errors)];
    const said = distinct.length === 0 ? 'ok' : `MISMATCH\n    ${distinct.join('\n    ')}`;
    process.stdout.write(`${kind.padEnd(42)} ${method} ${path}: ${rows.length} ${said}\n`);
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + rows.length);
    if (distinct.length > 0) this.mismatches += 1;
    return fields(rows.at(-1));
  }

  #errors(kind: string, row: unknown): string[] {
    const pointer = `#/definitions/${kind}`;
    const validate = this.#ajv.compile({ $ref: `${ID}${pointer}` });
    const errors = validate(row)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    const definition = kind
      .split('/')
      .reduce<Fields>((at, key) => fields(at[key]), fields(this.#schema['definitions']));
    const named = Object.keys(fields(definition['properties']));
    const missing = named.filter((name) => !(name in fields(row)));
    return [...errors, ...missing.map((name) => `has no ${name}`)];
  }
}

/** Everything that hangs on a pipeline of two apps. */
function checkPipeline(checker: Checker, generation: 'cedar' | 'fir'): void {
  const { simulator } = checker;
  const name = `router-${generation}`;
  const [qa, va] = [`${generation}-qa01`, `${generation}-va01`];
  const pipeline = simulator.addPipeline({
    name,
    generation,
    apps: [
      { name: qa, stage: 'staging' },
      { name: va, stage: 'production' },
    ],
  });
  simulator.setReleasePhase(va, { seconds: 10 });
  const { artifactId, id: releaseId } = simulator.deploy(qa, { commit: COMMIT });
  simulator.setConfig(qa);
  checker.check('pipeline', 'GET', '/pipelines');
  checker.check('pipeline', 'GET', `/pipelines/${name}`);
  checker.check('pipeline-coupling', 'GET', '/pipeline-couplings');
  checker.check('pipeline-coupling', 'GET', `/pipelines/${pipeline.id}/pipeline-couplings`);
  checker.check('pipeline-coupling', 'GET', `/apps/${qa}/pipeline-couplings`);
  checker.check('app', 'GET', '/apps');
  checker.check('app', 'GET', `/apps/${qa}`);
  checker.check('app', 'PATCH', `/apps/${qa}`, { maintenance: true });
  checker.check('team-app', 'GET', '/teams/acme/apps');
  checker.check('team-app', 'POST', '/filters/apps', { in: { id: [simulator.app(qa).id] } });
  const source = { app: { id: simulator.app(qa).id }, release: { id: releaseId } };
  const targets = [{ app: { id: simulator.app(va).id } }];
  const body = { pipeline: { id: pipeline.id }, source, targets };
  const promotion = checker.check('pipeline-promotion', 'POST', '/pipeline-promotions', body)['id'];
  for (const seconds of [0, 3, 20]) {
    checker.pass(seconds);
    checker.check('pipeline-promotion', 'GET', `/pipeline-promotions/${promotion}`);
    checker.check('pipeline-promotion-target', 'GET', `/pipeline-promotions/${promotion}/promotion-targets`);
    checker.check('release', 'GET', `/apps/${va}/releases`);
  }
  // `pipeline-deployment` and `pipeline-release` type `artifacts` as an object; their links promise a `release`, a list.
  checker.check('release', 'GET', `/pipelines/${pipeline.id}/latest-deployments`);
  checker.check('release', 'GET', `/pipelines/${pipeline.id}/latest-releases`);
  checker.check('pipeline-build', 'GET', `/pipelines/${pipeline.id}/latest-builds`);
  checker.check('release', 'POST', `/apps/${qa}/releases`, { release: releaseId });
  checker.check('release', 'GET', `/apps/${qa}/releases/3`);
  const artifact = generation === 'fir' ? ['oci-image', 'oci-images'] : ['slug', 'slugs'];
  checker.check(artifact[0] ?? '', 'GET', `/apps/${va}/${artifact[1]}/${artifactId}`);
  const build = checker.check('build', 'GET', `/apps/${qa}/builds`)['id'];
  checker.check('build', 'GET', `/apps/${qa}/builds/${build}`);
  checker.check('dyno', 'GET', `/apps/${qa}/dynos`);
  checker.check('formation', 'GET', `/apps/${va}/formation`);
  checker.check('app-feature', 'GET', `/apps/${qa}/features/preboot`);
  checker.check('collaborator', 'GET', `/apps/${qa}/collaborators`);
}

async function checkWebhooks(checker: Checker): Promise<void> {
  const subscription = { include: ['api:release'], level: 'sync', url: 'http://127.0.0.1:9/' };
  checker.check('app-webhook/definitions/app_webhook', 'POST', '/apps/cedar-qa01/webhooks', subscription);
  checker.check('app-webhook/definitions/app_webhook', 'GET', '/apps/cedar-qa01/webhooks');
  checker.simulator.deploy('cedar-qa01', { commit: COMMIT });
  // Nobody listens on that port, so the log has an attempt that failed.
  await checker.simulator.deliverWebhooks();
  const { event } = checker.check('app-webhook-delivery', 'GET', '/apps/cedar-qa01/webhook-deliveries');
  checker.check('app-webhook-event', 'GET', `/apps/cedar-qa01/webhook-events/${fields(event)['id']}`);
}

async function main(file: string | undefined): Promise<number> {
  if (file === undefined) {
    process.stderr.write('Usage: node test/infra/local/heroku/schema-check.ts SCHEMA.json\n');
    return 2;
  }
  if (!existsSync(file)) {
    process.stderr.write(
      `${file}: there is no such file. Heroku's schema is schema.json, version 6, of github.com/heroku/heroku-go.\n`,
    );
    return 2;
  }
  const checker = new Checker(fields(JSON.parse(readFileSync(file, 'utf8'))));
  checkPipeline(checker, 'cedar');
  checkPipeline(checker, 'fir');
  await checkWebhooks(checker);
  checker.check('account', 'GET', '/account');
  checker.check('rate-limit', 'GET', '/account/rate-limits');
  checker.check('team', 'GET', '/teams/acme');
  const rows = [...checker.seen.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `${checker.seen.size} resources, ${rows} answers checked, ${checker.mismatches} mismatches\n`,
  );
  return checker.mismatches === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
