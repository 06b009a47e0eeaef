// sluice secrets set <name> | list. Values come in on standard input and are never told again.

import { command, quiet, type Row, row, type Words, words } from '../shared/explain/text.ts';
import { when } from '../shared/explain/time.ts';
import { OWN_KEY } from '../shared/parameters/keys.ts';
import { setSecretCommand } from '../shared/parameters/names.ts';
import type { Parameter } from '../shared/parameters/port.ts';
import { Refusal, UsageError } from './errors.ts';
import type { DeployedParameters } from './parameters.ts';
import { checkedValue, kindOf, meant, NAMES_EXPECTED, postsTo, WELL_KNOWN } from './secret-names.ts';
import { stackNotes } from './stack-note.ts';
import type { AddVerb, Reach } from './verb.ts';

export const addSecrets: AddVerb = (program, _act, actAlone) => {
  const secrets = program
    .command('secrets')
    .helpCommand('help [command]', 'this help, or that of a command')
    .summary('the tokens and secrets of a deployed Sluice')
    .description(
      'Tokens and secrets are encrypted SSM parameters below a prefix (--prefix, default /sluice). These commands write them and tell which are there, never what is in them.',
    )
    .addHelpText('after', '\nExample:\n  sluice secrets list');
  secrets
    .command('set')
    .summary('write one, from standard input')
    .description(
      `Writes a secret that is read from standard input. Names: ${NAMES_EXPECTED}. A webhook secret may have two lines: both are live while its sender is moved from one to the other.`,
    )
    .argument('<name>', 'which one')
    .addHelpText(
      'after',
      '\nExamples:\n  heroku authorizations:create -S -s write | sluice secrets set heroku/token\n  sluice secrets set webhooks/github < secret.txt',
    )
    .action((name: string) => actAlone((reach) => set(reach, name)));
  secrets
    .command('list')
    .summary('which are set, since when, and which are missing')
    .description(
      'Tells which secrets are set and when each was changed, and the commands for those that are not.',
    )
    .addHelpText('after', '\nExample:\n  sluice secrets list --json')
    .action(() => actAlone(list));
};

async function set(reach: Reach, name: string): Promise<0> {
  if (kindOf(name) === null) {
    const near = meant(name);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new UsageError(
      `${JSON.stringify(name)}: no secret has this name, expected ${NAMES_EXPECTED}.${hint}`,
    );
  }
  const deployed = await reach.parameters();
  const { parameters, names, region } = deployed;
  const parameter = `${names.prefix}/${name}`;
  const where = `${parameter} in ${region}`;
  const there = await parameters.under(names.prefix);
  refuseOtherType(
    there.find((one) => one.name === parameter),
    where,
  );
  const value = await readValue(reach, name, where);
  const isNew = !there.some((one) => one.name === parameter);
  const { keyId, note: ofKey = [] } = isNew ? {} : await keyOf(deployed, parameter);
  const version = await parameters.put(parameter, value, 'SecureString', keyId).catch((error: unknown) => {
    throw withoutValue(error, value, where);
  });
  const missing = stackNotes(there, names);
  const isRead = missing.length === 0;
  const next = isRead ? [`The functions read it again within 5 minutes.${post(name)}`] : [];
  const back = isRead ? [] : [takeBack(parameter, there, region)];
  const notes = [...missing, ...back, ...ofKey, ...shortSecret(name, value)];
  reach.say(
    [
      [
        [row(0, words(done(`✓ ${parameter}`), ` is set in ${region}, version ${version}.`))],
        next.map((text) => row(0, text)),
        notes.map((note) => row(0, words(waiting('! '), note))),
      ],
    ],
    { name, parameter, region, version, next, notes },
  );
  return 0;
}

/** SSM changes no parameter's type, and a token in the clear is to be replaced, not kept. */
function refuseOtherType(found: Parameter | undefined, where: string): void {
  if (found === undefined || found.type === 'SecureString') return;
  throw new Refusal(
    `${where}: found a ${found.type}, which is not encrypted, expected a SecureString; SSM does not change the type. Take it away, then set it again: aws ssm delete-parameter --name ${found.name}`,
  );
}

/**
 * The key that a secret is encrypted with, unless it is the account's own for SSM: without a word of it, SSM would take
 * that one for the new value.
 */
async function keyOf(
  { keys }: DeployedParameters,
  parameter: string,
): Promise<{ readonly keyId?: string; readonly note?: readonly string[] }> {
  try {
    const keyId = (await keys()).find(({ name }) => name === parameter)?.keyId;
    return keyId === undefined || keyId.endsWith(OWN_KEY) ? {} : { keyId };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AccessDeniedException') throw error;
    return {
      note: [
        "It is encrypted with the account's own key for SSM now. Whether it was with another one is not told without ssm:DescribeParameters.",
      ],
    };
  }
}

async function readValue({ ports }: Reach, name: string, where: string): Promise<string> {
  if (ports.input.isTerminal) {
    ports.err(`${where}: paste the value, then press Ctrl-D. It is not shown.\n`);
  }
  const checked = checkedValue(name, await ports.input.read());
  if (checked.ok) return checked.value;
  throw new Refusal(`${name}: ${checked.why}. Nothing was written.`);
}

/** A typed-over value has no older one to go back to by deletion. */
function takeBack(parameter: string, there: readonly Parameter[], region: string): string {
  const isNew = !there.some(({ name }) => name === parameter);
  return isNew
    ? `A typo? Take it back: aws ssm delete-parameter --name ${parameter} --region ${region}`
    : `A typo? ${parameter} was there before: its history has the older value.`;
}

/** Shorter than this, a webhook's secret can be guessed from one delivery that was seen. */
const WEBHOOK_SECRET_MIN = 16;

function shortSecret(name: string, value: string): readonly string[] {
  const isShort = value.split('\n').some((line) => line.length < WEBHOOK_SECRET_MIN);
  if (kindOf(name) !== 'webhook' || !isShort) return [];
  return [
    `It has fewer than ${WEBHOOK_SECRET_MIN} characters, and whoever guesses it can report a green CI. A better one: openssl rand -hex 32`,
  ];
}

function post(name: string): string {
  const posts = postsTo(name);
  if (posts === null) return '';
  const hint = posts.near === undefined ? '' : ` (Did you mean ${posts.near}? It has a path of its own.)`;
  return ` Its sender posts to ${posts.path} of the webhook URL.${hint}`;
}

/** AWS repeats what it does not like about a value. */
function withoutValue(error: unknown, value: string, where: string): unknown {
  if (!(error instanceof Error)) return error;
  const isTold = error.name === 'ValidationException' || error.message.includes(value);
  return isTold ? new Refusal(`${where}: SSM does not take this value (${error.name}).`) : error;
}

const done = (text: string) => ({ text, tone: 'good' }) as const;
const waiting = (text: string) => ({ text, tone: 'waiting' }) as const;
const bad = (text: string) => ({ text, tone: 'bad' }) as const;

/** Never with its value. */
interface Listed {
  readonly name: string;
  readonly parameter: string;
  readonly isEncrypted: boolean;
  readonly version: number;
  readonly changedAt: number;
}

async function list(reach: Reach): Promise<0> {
  const { parameters, names, where, clock } = await reach.parameters();
  const now = clock.now();
  const found = (await parameters.under(names.prefix))
    .map((one) => listed(one, names.prefix))
    .filter(({ name, isEncrypted }) => isEncrypted || kindOf(name) !== null);
  const missing = WELL_KNOWN.filter(({ name }) => !found.some((one) => one.name === name)).map((one) => ({
    ...one,
    command: setSecretCommand(one.name, names.prefix),
  }));
  reach.say(
    [
      [
        [row(0, found.length === 0 ? `No secret is set under ${where}.` : `Set under ${where}:`)],
        found.map((one) => row(1, words(nameOf(one)), told(one, now))),
      ],
      [
        missing.length === 0 ? [] : [row(0, 'Not set:')],
        missing.flatMap(({ name, purpose, isRequired, command: typed }): readonly Row[] => [
          row(
            1,
            words(
              isRequired ? bad(`✗ ${name}`) : `  ${name}`,
              quiet(isRequired ? '  required: ' : '  optional: '),
              purpose,
            ),
          ),
          row(4, command(typed)),
        ]),
      ],
    ],
    { now, where, set: found, missing },
  );
  return 0;
}

function listed({ name, type, version, changedAt }: Parameter, prefix: string): Listed {
  return {
    name: name.slice(prefix.length + 1),
    parameter: name,
    isEncrypted: type === 'SecureString',
    version,
    changedAt,
  };
}

const nameOf = ({ name, isEncrypted }: Listed) => (isEncrypted ? done(`✓ ${name}`) : bad(`✗ ${name}`));

function told({ isEncrypted, version, changedAt, parameter }: Listed, now: number): Words {
  const since = `version ${version}, changed ${when(changedAt, now)}`;
  if (isEncrypted) return words(since);
  return words(
    `${since}; not encrypted. Take it away, then set it again: `,
    command(`aws ssm delete-parameter --name ${parameter}`),
  );
}
