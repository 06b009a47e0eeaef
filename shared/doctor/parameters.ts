// Is everything under the prefix what Sluice knows, of the right type, and readable as what it is meant to be? Pure.

import { configurationOf, missingDefaults, type ReadPipeline } from '../config/configuration.ts';
import { defaultsPlace, textsOf } from '../config/parameters.ts';
import { type ConfigProblem, nearest } from '../config/problem.ts';
import { unfinishedPush } from '../config/push-mark.ts';
import { apiOrigin } from '../heroku/origin.ts';
import {
  deployCommand,
  type ParameterNames,
  parameterNames,
  prefixOption,
  type SecretName,
  setSecretCommand,
} from '../parameters/names.ts';
import type { Parameter } from '../parameters/port.ts';
import { routeOf } from '../signals/route.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const { ok, warning, problem } = findingsOf('parameters');

/** Everything that may lie under the prefix; `*` is any one name. */
const KNOWN: readonly { readonly name: string; readonly isSecret: boolean }[] = [
  { name: 'stack', isSecret: false },
  { name: 'push', isSecret: false },
  { name: 'heroku/token', isSecret: true },
  { name: 'heroku/read-token', isSecret: true },
  { name: 'heroku/api-url', isSecret: false },
  { name: 'heroku/status-url', isSecret: false },
  { name: 'github/token', isSecret: true },
  { name: 'defaults', isSecret: false },
  { name: 'pipelines/*', isSecret: false },
  { name: 'calendars/*', isSecret: false },
  { name: 'webhooks/*', isSecret: true },
];

const ORIGINS: Readonly<Record<string, string>> = {
  'heroku/api-url': 'https://api.heroku.com',
  'heroku/status-url': 'https://status.heroku.com',
};

/** The pipelines that may run, and every problem of the others. */
export interface Configuration {
  readonly pipelines: readonly ReadPipeline[];
  /** How many parameters there are for pipelines, bad ones too. */
  readonly written: number;
  /** Why no pipeline may run, whatever its own parameter says. Null: each stands for itself. */
  readonly stopped: string | null;
  readonly findings: readonly Finding[];
}

/** `heroku/token` for `/sluice/heroku/token`. */
export const shortNameOf = (name: string, { prefix }: ParameterNames): string =>
  name.slice(prefix.length + 1);

const patternOf = (short: string): string => {
  const [folder, rest] = short.split(/\/(.*)/s);
  return rest !== undefined && !rest.includes('/') && rest !== '' ? `${folder}/*` : short;
};

const knownOf = (short: string) =>
  KNOWN.find(({ name }) => name === short) ?? KNOWN.find(({ name }) => name === patternOf(short));

/** Values that must not be told: those of secrets that are stored in clear. */
export function secretsInClear(parameters: readonly Parameter[], names: ParameterNames): readonly string[] {
  return parameters
    .filter(
      ({ name, type }) => type !== 'SecureString' && knownOf(shortNameOf(name, names))?.isSecret === true,
    )
    .map(({ value }) => value);
}

export function examineParameters(
  parameters: readonly Parameter[],
  names: ParameterNames,
): readonly Finding[] {
  const others = prefixesBelow(parameters, names);
  const own = parameters
    .filter(({ name }) => !others.some((prefix) => name.startsWith(`${prefix}/`)))
    .flatMap((parameter) => examineOne(parameter, names));
  const isSet = (name: string) => parameters.some((parameter) => parameter.name === name);
  const missing = isSet(names.token) ? [] : [missingToken(names)];
  const found = own.filter(({ state }) => state !== 'ok').length + missing.length;
  const all =
    found === 0
      ? [ok('all', `${parameters.length} under ${names.prefix}, each known and of the right type`)]
      : [];
  const neighbours = others.map((prefix) => nested(shortNameOf(prefix, names), prefix, names));
  return [...all, ...missing, ...own, ...neighbours];
}

/** The prefixes of other Sluices that lie below this one's: each has written down where its parts are. */
function prefixesBelow(parameters: readonly Parameter[], names: ParameterNames): readonly string[] {
  return parameters
    .map(({ name }) => name)
    .filter(
      (name) => name !== names.stack && name.endsWith('/stack') && !name.startsWith(`${names.pipelines}/`),
    )
    .map((name) => name.slice(0, -'/stack'.length));
}

function nested(short: string, prefix: string, names: ParameterNames): Finding {
  return warning(
    short,
    'another Sluice: its configuration is left alone, but whoever may read or write below this prefix may do so there',
    {
      expected: `prefixes side by side, such as ${sideBySide(prefix)} beside ${names.prefix}`,
      todo: `${deployCommand(sideBySide(prefix))}   (docs/install.md, "A second one")`,
    },
  );
}

/** `/sluice-prod` for `/sluice/prod`. */
const sideBySide = (prefix: string): string => `/${prefix.slice(1).replaceAll('/', '-')}`;

/** The same, seen from below: prefixes above this one under which a Sluice has written down where its parts are. */
export async function examineAbove(
  get: (names: readonly string[]) => Promise<readonly Parameter[]>,
  { prefix }: ParameterNames,
): Promise<readonly Finding[]> {
  const parts = prefix.slice(1).split('/');
  const above = parts.slice(1).map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  if (above.length === 0) return [];
  const expected = `prefixes side by side, such as ${sideBySide(prefix)}`;
  try {
    const found = await get(above.map((one) => parameterNames(one).stack));
    return found.map(({ name }) => {
      const other = name.slice(0, -'/stack'.length);
      const todo = `${deployCommand(sideBySide(prefix))}   (docs/install.md, "A second one")`;
      return warning(prefix, `below ${other}, where another Sluice reads everything, this too`, {
        expected,
        todo,
      });
    });
  } catch (error) {
    const found = `whether another Sluice lies above cannot be told: ${reasonOf(error)}`;
    return [warning(prefix, found, { expected })];
  }
}

function missingToken(names: ParameterNames): Finding {
  return problem('heroku/token', 'not set', {
    expected: 'a Heroku authorization of a machine user',
    todo: newTokenCommand('heroku/token', 'write', names),
  });
}

/** Makes a token and stores it; nobody sees it. */
export function newTokenCommand(name: SecretName, scope: string, { prefix }: ParameterNames): string {
  return `heroku authorizations:create -S -s ${scope} | ${setSecretCommand(name, prefix)}   (signed in as the machine user)`;
}

const isSecretName = (short: string): short is SecretName => knownOf(short)?.isSecret === true;

function examineOne(parameter: Parameter, names: ParameterNames): readonly Finding[] {
  const short = shortNameOf(parameter.name, names);
  const known = knownOf(short);
  if (known === undefined) return [unknownParameter(parameter.name, short)];
  const { type } = parameter;
  if (isSecretName(short) && type !== 'SecureString') return [storedInClear(parameter, short, names)];
  if (!known.isSecret && type !== 'String') return [wrongType(parameter, short, names)];
  if (short === 'push') return pushFindings(parameter, names);
  if (short in ORIGINS) return originFindings(parameter, short);
  return known.name === 'webhooks/*' ? sourceFindings(parameter.name, short) : [];
}

function unknownParameter(name: string, short: string): Finding {
  const near = nearKnown(short);
  return warning(short, 'a parameter that Sluice does not know, and does not read', {
    ...(near !== undefined && { expected: near }),
    todo:
      near === undefined ? deleteCommand(name) : `${deleteCommand(name)}   (once its value is in ${near})`,
  });
}

/** `pipelines/router` for `pipeline/router`: the folder is looked for apart from what lies in it. */
function nearKnown(short: string): string | undefined {
  const [folder = '', rest] = short.split(/\/(.*)/s);
  const folders = KNOWN.filter(({ name }) => name.endsWith('/*')).map(({ name }) => name.slice(0, -2));
  const nearFolder = rest === undefined || rest.includes('/') ? undefined : nearest(folder, folders);
  const names = KNOWN.filter(({ name }) => !name.endsWith('/*')).map(({ name }) => name);
  return nearest(short, names) ?? (nearFolder === undefined ? undefined : `${nearFolder}/${rest}`);
}

const deleteCommand = (name: string): string => `aws ssm delete-parameter --name ${name}`;

function storedInClear({ name, type }: Parameter, short: SecretName, names: ParameterNames): Finding {
  return problem(short, `a secret in clear: its type is ${type}`, {
    expected: 'SecureString, with a new value: whoever could read this one may have it',
    todo: `${deleteCommand(name)}\n${setSecretCommand(short, names.prefix)}   (a new value; take back the old one where it was made)`,
  });
}

function wrongType({ name, type }: Parameter, short: string, { prefix }: ParameterNames): Finding {
  const why = type === 'SecureString' ? ', which is not decrypted for configuration' : '';
  const pipeline = short.startsWith('pipelines/') ? short.slice('pipelines/'.length) : '<pipeline>';
  const hold = `sluice hold ${pipeline} --reason "its parameter is put again"${prefixOption(prefix)}   (or stop everything, as docs/runbook.md says: what is missing for a moment stops nobody by itself)`;
  const isConfiguration = short === 'defaults' || short.startsWith('pipelines/');
  return problem(short, `its type is ${type}${why}`, {
    expected: 'String',
    todo: [
      ...(isConfiguration ? [hold] : []),
      deleteCommand(name),
      `aws ssm put-parameter --name ${name} --type String --value …`,
    ].join('\n'),
  });
}

/** A push that is under way is done in seconds; one that was interrupted stops every pipeline until it is completed. */
function pushFindings(parameter: Parameter, names: ParameterNames): readonly Finding[] {
  const unfinished = unfinishedPush(parameter, names);
  if (unfinished === null) return [];
  return [
    warning('push', unfinished.found, {
      expected: 'a push that is done: no pipeline is looked at before',
      todo: `sluice config push config${prefixOption(names.prefix)}   (with the folder that was being pushed)`,
    }),
  ];
}

function originFindings({ name, value }: Parameter, short: string): readonly Finding[] {
  try {
    return [ok(short, apiOrigin(value.trim(), name).origin)];
  } catch (error) {
    const found = reasonOf(error)
      .replace(`${name}: found `, '')
      .replace(/[,;] expected an origin.*$/, '');
    const standard = ORIGINS[short] ?? '';
    return [
      problem(short, found, {
        expected: `an origin like ${standard}`,
        todo: `${deleteCommand(name)}   (it is ${standard} then)`,
      }),
    ];
  }
}

/** A sender's name is part of the path it posts to. */
function sourceFindings(name: string, short: string): readonly Finding[] {
  const source = short.slice('webhooks/'.length);
  const isTaken = routeOf(`/${source}`) !== null || routeOf(`/signals/${source}`) !== null;
  if (isTaken) return [];
  return [
    warning(short, 'a name that no path of the webhook URL can have', {
      expected: 'a-z, 0-9 and -, at most 64 characters',
      todo: deleteCommand(name),
    }),
  ];
}

/** Pipelines and defaults, as `scan` reads them. `hadDefaults`: it is on record that there were some. */
export function readConfiguration(
  parameters: readonly Parameter[],
  names: ParameterNames,
  hadDefaults: boolean,
): Configuration {
  const texts = textsOf(parameters, names);
  const missing = missingDefaults(texts, defaultsPlace(names), hadDefaults);
  const { pipelines, problems } = configurationOf(texts, missing);
  const { defaults } = texts;
  const isBad = missing !== null || problems.some(({ parameter }) => parameter === names.defaults);
  // A wrong type is told already, as that of any other parameter.
  const unread = [...texts.pipelines, ...(defaults === null ? [] : [defaults])].map((text) => text.unread);
  const told = problems.filter((one) => !unread.includes(one));
  const written = texts.pipelines.length;
  const findings = [...new Set(told.map(({ parameter }) => parameter))].flatMap((parameter) => {
    const its = told.filter((one) => one.parameter === parameter);
    return configFindings(problem, its, names);
  });
  const stop = isBad && written > 0 ? [problem('defaults', 'no pipeline runs until this is right')] : [];
  const stopped = isBad ? 'the defaults are not right' : null;
  return { pipelines, written, stopped, findings: [...findings, ...stop] };
}

/** Every problem of one parameter; with the last, how a corrected one gets there. */
export function configFindings(
  make: ReturnType<typeof findingsOf>['problem'],
  problems: readonly ConfigProblem[],
  names: ParameterNames,
  subject?: string,
): readonly Finding[] {
  return problems.map(({ parameter, message, expected }, index) => {
    const short = shortNameOf(parameter, names);
    const todo = index === problems.length - 1 ? pushCommand(short, names) : undefined;
    // Its place and what was found there, in the words of every other place that tells it.
    const text = message.slice(parameter.length + 2, -`, expected ${expected}`.length);
    return make(subject ?? short, text, { expected, todo });
  });
}

/** `short` is the parameter that is to be corrected. */
export function pushCommand(short: string, { prefix }: ParameterNames): string {
  return `sluice config push config${prefixOption(prefix)}   (with ${short}.yaml corrected in your folder config; config pull makes one)`;
}
