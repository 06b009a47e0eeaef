// The command as a whole: verbs, options that go with each, and exit statuses: 0 done, 1 refused or not found, 2 wrong
// usage.

import { Command, CommanderError } from 'commander';
import type { Explanation } from '../shared/explain/text.ts';
import { typedExplanation, typedText } from '../shared/explain/typed.ts';
import { jsonText } from '../shared/json.ts';
import { CONTENDED, OperationRefused } from '../shared/operations/refused.ts';
import { AnotherRun } from '../shared/promotion/ledger.ts';
import { addAccept } from './accept.ts';
import { addAllow } from './allow.ts';
import { addConfig } from './config.ts';
import type { Source } from './data.ts';
import { addDoctor } from './doctor.ts';
import { Refusal, UsageError } from './errors.ts';
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
];

interface GlobalOptions extends Source {
  readonly json?: boolean;
}

/** Runs one command line (without `node` and the script) and gives its exit status. */
export async function run(args: readonly string[], ports: CliPorts): Promise<number> {
  let status = 0;
  const program = programOf(ports, (given) => {
    status = given;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof Refusal || error instanceof UsageError)) throw error;
    const options = program.opts<GlobalOptions>();
    const usage = error instanceof UsageError;
    const message = typedText(error.message, targetOf(options));
    ports.err(options.json === true ? jsonText({ error: { message, usage } }) : `${message}\n`);
    return usage ? 2 : 1;
  }
}

/** What a command ends with that means the same Sluice as this one: the option as it was given. */
function targetOf(options: GlobalOptions): string {
  const key = (['prefix', 'table', 'data'] as const).find((one) => options[one] !== undefined);
  if (key === undefined) return '';
  const value = options[key] ?? '';
  return ` --${key} ${/^[\w./:-]+$/.test(value) ? value : JSON.stringify(value)}`;
}

function programOf(ports: CliPorts, end: (status: number) => void): Command {
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
      writeOut: ports.out,
      writeErr: ports.err,
      getOutHelpWidth: () => helpWidth(ports.paper),
      getErrHelpWidth: () => helpWidth(ports.paper),
    })
    .showHelpAfterError('--help shows how, with an example.')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  npx sluice status\n  npx sluice why router\n  npx sluice hold router --reason "database migration" --for 2h',
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
  const target = targetOf(options);
  const inWords = (explanation: Explanation) =>
    ports.out(printed(typedExplanation(explanation, target), ports.paper));
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
  if (error instanceof OperationRefused) return new Refusal(error.message);
  if (error instanceof AnotherRun) return new Refusal(CONTENDED);
  return opened.map((one) => one?.refusal(error)).find((refusal) => refusal != null) ?? error;
}
