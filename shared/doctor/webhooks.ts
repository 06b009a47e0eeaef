// Does every sender that a check waits for have a secret, and does the URL answer? Pure but for one visit to the URL.

import type { Believed } from '../checks/sources.ts';
import type { ReadPipeline } from '../config/configuration.ts';
import { valueAt } from '../config/problem.ts';
import type { CheckConfig } from '../domain/pipeline.ts';
import {
  deployCommand,
  type ParameterNames,
  prefixOption,
  type StackParts,
  setSecretCommand,
} from '../parameters/names.ts';
import type { Parameter } from '../parameters/port.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Configuration } from './parameters.ts';
import type { DoctorPorts } from './ports.ts';

const { ok, warning, problem } = findingsOf('webhooks');

/** Heroku's deliveries wake pipelines; no check asks for them. */
const WAKES_ONLY = 'heroku';

interface Asked {
  /** The sender it must be from; null for any. */
  readonly source: string | null;
  readonly check: 'ci' | 'signal';
  /** `signal direwolf of router`. */
  readonly by: string;
}

export function examineSenders(
  { pipelines, written }: Pick<Configuration, 'pipelines' | 'written'>,
  parameters: readonly Parameter[],
  names: ParameterNames,
): readonly Finding[] {
  const path = `${names.webhooks}/`;
  const set = parameters
    .filter(({ name }) => name.startsWith(path))
    .map(({ name }) => name.slice(path.length));
  const asked = pipelines.flatMap(askedBy);
  const named = [...new Set(asked.flatMap(({ source }) => source ?? []))];
  const open = asked.filter(({ source }) => source === null);
  const senders = set.filter((source) => source !== WAKES_ONLY);
  // A pipeline that cannot be read may be the one that waits.
  const isWhole = pipelines.length === written;
  return [
    ...named.map((source) => {
      const by = asked.filter((one) => one.source === source);
      return set.includes(source) ? ok(source, `set; ${waits(by)} for it`) : missing(source, by, names);
    }),
    ...(open.length > 0 && senders.length === 0 ? [noSender(open, names)] : []),
    ...set.filter((source) => !named.includes(source)).map((source) => unnamed(source, open, isWhole, names)),
  ];
}

function askedBy({ name, config }: ReadPipeline): readonly Asked[] {
  const checks: readonly CheckConfig[] = [
    ...config.checks,
    ...(config.waves ?? []).flatMap((wave) => wave.checks),
  ];
  const all = checks.flatMap(({ name: check, options }): readonly Asked[] => {
    if (check !== 'ci' && check !== 'signal') return [];
    const source = valueAt(options, ['source']);
    const signal = valueAt(options, ['name']);
    const label = typeof signal === 'string' ? `${check} ${signal}` : check;
    const by = `${label} of ${name}`;
    if (!Array.isArray(source)) return [{ source: null, check, by }];
    return (source as readonly Believed[]).map((one) => ({ source: one.name, check, by }));
  });
  return all.filter((one, index) => all.findIndex((other) => same(one, other)) === index);
}

const same = (a: Asked, b: Asked): boolean => a.by === b.by && a.source === b.source;

function missing(source: string, by: readonly Asked[], names: ParameterNames): Finding {
  return problem(source, `no secret, so what it sends is refused, and ${waits(by)} for it for ever`, {
    expected: 'the secret that its deliveries are signed with',
    todo: setSecretCommand(`webhooks/${source}`, names.prefix),
  });
}

function noSender(open: readonly Asked[], names: ParameterNames): Finding {
  const isCi = open.some(({ check }) => check === 'ci');
  return problem('senders', `no secret of any, so nothing can come in, and ${waits(open)} for ever`, {
    expected: 'the secret of whoever sends: github, circleci, or a name of your own for /signals/<name>',
    todo: setSecretCommand(isCi ? 'webhooks/github' : 'webhooks/<name>', names.prefix),
  });
}

function unnamed(source: string, open: readonly Asked[], isWhole: boolean, names: ParameterNames): Finding {
  if (source === WAKES_ONLY) return ok(source, 'set; a release wakes its pipeline at once');
  if (open.length > 0) return ok(source, `set; ${waits(open)} for any sender`);
  if (!isWhole) return ok(source, 'set; who waits for it is known once every pipeline can be read');
  return warning(source, 'set, and no check waits for what it sends', {
    todo: `configure a check that waits for it: docs/configuration.md (if none is to: \`aws ssm delete-parameter --name ${names.webhook(source)}\`)`,
  });
}

const LISTED_MAX = 3;

function waits(asked: readonly Asked[]): string {
  const who = [...new Set(asked.map(({ by }) => by))];
  const more = who.length - LISTED_MAX;
  const listed = more > 0 ? `${who.slice(0, LISTED_MAX).join(', ')} and ${more} more` : who.join(', ');
  return `${listed} ${who.length === 1 ? 'waits' : 'wait'}`;
}

/** Our function takes only POST there, and says so. */
const VISITED = 'github';

export async function examineUrl(
  { webhookUrl }: StackParts,
  visit: DoctorPorts['visit'],
  prefix: string,
): Promise<readonly Finding[]> {
  const url = `${webhookUrl.replace(/\/+$/, '')}/${VISITED}`;
  const answer = await visit(url);
  const expected = '405: the function that takes deliveries, and takes only POST';
  if ('reason' in answer) {
    const todo = `sluice doctor${prefixOption(prefix)}   (just deployed? In a minute. Is it the DNS or a proxy of this machine? Senders may reach it)`;
    return [problem('url', `GET ${url}: ${answer.reason}`, { expected, todo })];
  }
  const { status, body } = answer;
  // An address without a function is answered by AWS: `Message`, not `error`.
  const isOurs = status === 405 || (status === 404 && body.includes('"error"'));
  if (isOurs) return [ok('url', `${webhookUrl} answers`)];
  const why = status >= 500 ? '   (the function fails: its log group says why)' : '';
  return [
    problem('url', `GET ${url} is answered ${status}`, { expected, todo: `${deployCommand(prefix)}${why}` }),
  ];
}
