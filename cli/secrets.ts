// sluice secrets set <name> | list. Values come in on standard input and are never told again.

import { command, quiet, type Row, row, type Words, words } from '../shared/explain/text.ts';
import { when } from '../shared/explain/time.ts';
import { setSecretCommand } from '../shared/parameters/names.ts';
import type { Parameter } from '../shared/parameters/port.ts';
import { Refusal, UsageError } from './errors.ts';
import { checkedValue, kindOf, meant, NAMES_EXPECTED, postsTo, WELL_KNOWN } from './secret-names.ts';
import type { AddVerb, Reach } from './verb.ts';

export const addSecrets: AddVerb = (program, _act, actAlone) => {
  const secrets = program
    .command('secrets')
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
      '\nExamples:\n  heroku authorizations:create -S -s write-protected | sluice secrets set heroku/token\n  sluice secrets set webhooks/github < secret.txt',
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
  const { ports } = reach;
  const deployed = await reach.parameters();
  const { parameters, names, where } = deployed;
  const parameter = `${names.prefix}/${name}`;
  const before = (await parameters.under(names.prefix)).find((one) => one.name === parameter);
  if (before !== undefined && before.type !== 'SecureString') {
    throw new Refusal(
      `${parameter} in ${where}: found a ${before.type}, which is not encrypted, expected a SecureString; SSM changes no parameter's type. Take it away, then set it again: aws ssm delete-parameter --name ${parameter}`,
    );
  }
  if (ports.input.isTerminal) {
    ports.err(`${parameter} in ${where}. Paste the value, then press Ctrl-D; it is not shown.\n`);
  }
  const checked = checkedValue(name, await ports.input.read());
  if (!checked.ok) throw new Refusal(`${name}: ${checked.why}. Nothing was written.`);
  const version = await parameters.put(parameter, checked.value, 'SecureString').catch((error: unknown) => {
    throw withoutValue(error, checked.value, `${parameter} in ${where}`);
  });
  const posts = postsTo(name);
  const hint = posts?.near === undefined ? '' : ` (Did you mean ${posts.near}? It has a path of its own.)`;
  const post = posts === null ? '' : ` Its sender posts to ${posts.path} of the webhook URL.${hint}`;
  const next = `The functions read it again within 5 minutes.${post}`;
  reach.say(
    [[[row(0, words(done(`✓ ${parameter}`), ` is set in ${where}, version ${version}.`)), row(0, next)]]],
    {
      name,
      parameter,
      where,
      version,
      next,
    },
  );
  return 0;
}

/** AWS repeats what it does not like about a value. */
function withoutValue(error: unknown, value: string, where: string): unknown {
  if (!(error instanceof Error)) return error;
  const isTold = error.name === 'ValidationException' || error.message.includes(value);
  return isTold ? new Refusal(`${where}: SSM does not take this value (${error.name}).`) : error;
}

const done = (text: string) => ({ text, tone: 'good' }) as const;
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
