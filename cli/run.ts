// The command as a whole: verbs, options that go with each, and exit statuses: 0 done, 1 refused or not found, 2 wrong
// usage.

import { Command, CommanderError } from 'commander';
import type { Explanation } from '../shared/explain/text.ts';
import { argument, type Typing, typedExplanation, typedText } from '../shared/explain/typed.ts';
import { jsonText } from '../shared/json.ts';
import { CONTENDED, OperationRefused } from '../shared/operations/refused.ts';
import { AnotherRun } from '../shared/promotion/ledger.ts';
import { UnreadRecord } from '../shared/table/shapes.ts';
import { tameLines } from '../shared/tame.ts';
import { addAccept } from './accept.ts';
import { addAllow } from './allow.ts';
import { addConfig } from './config.ts';
import type { Source } from './data.ts';
import { addDoctor } from './doctor.ts';
import { NoReason, Refusal, UsageError } from './errors.ts';
import { addHelp } from './help.ts';
import { addHistory } from './history.ts';
import { addHold } from './hold.ts';
import { addPlan } from './plan.ts';
import { type Paper, printed } from './print.ts';
import { addReject } from './reject.ts';
import { addResume } from './resume.ts';
import { addRetry } from './retry.ts';
import { addSecrets } from './secrets.ts';
import { addStatus } from './status.ts';
import { addUnhold } from './unhold.ts';
import type { Act, ActAlone, AddVerb, CliPorts, Context, Reach } from './verb.ts';
import { addWhy } from './why.ts';

const VERBS: readonly AddVerb[] = [
  addStatus,
  addWhy,
  addPlan,
  addHistory,
  addHold,
  addUnhold,
  addAccept,
  addRetry,
  addReject,
  addAllow,
  addResume,
  addConfig,
  addSecrets,
  addDoctor,
  addHelp,
];

interface GlobalOptions extends Source {
  readonly json?: boolean;
}

/** Runs one command line (without `node` and the script) and gives its exit status. */
export async function run(args: readonly string[], ports: CliPorts): Promise<number> {
  let status = 0;
  const isJson = wantsJson(args);
  const program = programOf(ports, isJson, (given) => {
    status = given;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    const told = toldOf(error, args);
    if (told === null) throw error;
    // Commander has told its own errors already, unless they are wanted in JSON.
    if (isJson && told.status !== 0)
      ports.err(jsonText({ error: { message: typed(told.message), usage: told.status === 2 } }));
    else if (!(error instanceof CommanderError)) ports.err(tameLines(`${typed(told.message)}\n`));
    return told.status;
  }
  function typed(message: string): string {
    return typedText(message, typingOf(program.opts<GlobalOptions>(), ports));
  }
}

/** Before anything is parsed: what cannot be parsed is told in JSON too. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** What an error says, and the exit status; null for one that nobody foresaw. */
function toldOf(
  error: unknown,
  args: readonly string[],
): { readonly message: string; readonly status: number } | null {
  if (error instanceof NoReason) return { message: `${error.message}: ${withReason(args)}`, status: 2 };
  if (error instanceof UsageError) return { message: error.message, status: 2 };
  if (error instanceof Refusal) return { message: error.message, status: 1 };
  if (!(error instanceof CommanderError)) return null;
  if (error.exitCode === 0) return { message: error.message, status: 0 };
  const isHelp = error.code === 'commander.help';
  const message = isHelp ? 'found no command, expected one: sluice help lists them' : error.message;
  return { message: message.replace(/^error: /, ''), status: 2 };
}

/** What was typed, with the place of a reason in it. */
function withReason(args: readonly string[]): string {
  const end = args.indexOf('--');
  const [before, after] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end)];
  return `sluice ${[...before.map(argument), '--reason "…"', ...after.map(argument)].join(' ')}`;
}

/** How a command is typed that means the same Sluice as this one: as it was called, with the option as it was given. */
function typingOf(options: GlobalOptions, { called }: CliPorts): Typing {
  const key = (['prefix', 'table', 'data'] as const).find((one) => options[one] !== undefined);
  if (key === undefined) return { called, target: '' };
  const value = options[key] ?? '';
  return { called, target: ` --${key} ${/^[\w./:-]+$/.test(value) ? value : JSON.stringify(value)}` };
}

function programOf(ports: CliPorts, isJson: boolean, end: (status: number) => void): Command {
  const { called } = ports;
  const print = (write: (text: string) => void) => (text: string) =>
    write(typedText(tameLines(text), { called, target: '' }));
  const program = new Command('sluice')
    .description(
      'Continuous promotion for Heroku pipelines: what runs where, why it waits, and how to stop it.',
    )
    .version(ports.version, '--version', 'the version of Sluice')
    .option('--json', 'answer in JSON')
    .option('--data <dir>', 'the data folder of a local run (default: the run of this folder)')
    .option('--table <name>', 'a deployed table, by your AWS credentials and region (env: SLUICE_TABLE)')
    .option('--prefix <path>', 'a deployed Sluice, by the prefix of its parameters (env: SLUICE_PREFIX)')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: print(ports.out),
      writeErr: isJson ? () => {} : print(ports.err),
      getOutHelpWidth: () => helpWidth(ports.paper),
      getErrHelpWidth: () => helpWidth(ports.paper),
    })
    .showHelpAfterError('--help shows how, with an example.')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  sluice status\n  sluice why router\n  sluice hold router --reason "database migration" --for 2h',
    );
  const act = actOf(program, ports);
  const actAlone = actAloneOf(program, ports, end);
  for (const add of VERBS) add(program, act, actAlone);
  return program;
}

const HELP_COLUMNS_MAX = 100;

const helpWidth = ({ columns }: Paper): number => Math.min(columns, HELP_COLUMNS_MAX);

function actAloneOf(program: Command, ports: CliPorts, end: (status: number) => void): ActAlone {
  return async (verb) => {
    const options = program.opts<GlobalOptions>();
    const parameters = openedOnce(() => ports.openParameters(options));
    const data = openedOnce(async () => {
      const { names } = await parameters.open();
      return ports.open({ prefix: names.prefix });
    });
    const reach: Reach = {
      ...answersOf(options, ports),
      parameters: parameters.open,
      data: data.open,
    };
    try {
      end(await verb(reach));
    } catch (error) {
      throw refusalOf(error, [await parameters.opened(), await data.opened()]);
    } finally {
      await (await data.opened())?.close();
      await (await parameters.opened())?.close();
    }
  };
}

function answersOf(options: GlobalOptions, ports: CliPorts): Pick<Context, 'ports' | 'say' | 'tell'> {
  const { json } = options;
  const typing = typingOf(options, ports);
  const inWords = (explanation: Explanation) =>
    ports.out(printed(typedExplanation(explanation, typing), ports.paper));
  return {
    ports,
    say: (explanation, records) => (json === true ? ports.out(jsonText(records)) : inWords(explanation)),
    tell: (explanation) => {
      if (json !== true) inWords(explanation);
    },
  };
}

function actOf(program: Command, ports: CliPorts): Act {
  return async (verb) => {
    const options = program.opts<GlobalOptions>();
    const data = await ports.open(options);
    try {
      await verb({ ...answersOf(options, ports), data, now: data.clock.now() });
    } catch (error) {
      throw refusalOf(error, [data]);
    } finally {
      await data.close();
    }
  };
}

/** Something that is opened when it is first asked for. */
function openedOnce<Thing>(open: () => Promise<Thing>) {
  let thing: Promise<Thing> | undefined;
  return {
    open: () => {
      thing ??= open();
      return thing;
    },
    /** Null when it was not asked for, or could not be opened. */
    opened: async (): Promise<Thing | null> => (await thing?.catch(() => null)) ?? null,
  };
}

interface Opened {
  refusal(error: unknown): Refusal | null;
}

function refusalOf(error: unknown, opened: readonly (Opened | null)[]): unknown {
  if (error instanceof Refusal || error instanceof UsageError) return error;
  if (error instanceof OperationRefused || error instanceof UnreadRecord) return new Refusal(error.message);
  if (error instanceof AnotherRun) return new Refusal(CONTENDED);
  return opened.map((one) => one?.refusal(error)).find((refusal) => refusal != null) ?? error;
}
