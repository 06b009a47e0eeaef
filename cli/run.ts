// The command as a whole: verbs, options that go with each, and exit statuses: 0 done, 1 refused or not found, 2 wrong
// usage.

import { Command, CommanderError } from 'commander';
import { AnotherRun } from '../shared/promotion/ledger.ts';
import type { Data, Source } from './data.ts';
import { Refusal, UsageError } from './errors.ts';
import { addHistory } from './history.ts';
import { addHold } from './hold.ts';
import { jsonText } from './json.ts';
import { addPlan } from './plan.ts';
import { type Paper, printed } from './print.ts';
import { addResume } from './resume.ts';
import { addStatus } from './status.ts';
import type { Act, AddVerb, CliPorts } from './verb.ts';
import { addWhy } from './why.ts';

const VERBS: readonly AddVerb[] = [addStatus, addWhy, addPlan, addHistory, addHold, addResume];

interface GlobalOptions extends Source {
  readonly json?: boolean;
}

/** Runs one command line (without `node` and the script) and gives its exit status. */
export async function run(args: readonly string[], ports: CliPorts): Promise<number> {
  const program = programOf(ports);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof Refusal || error instanceof UsageError)) throw error;
    const { json } = program.opts<GlobalOptions>();
    const usage = error instanceof UsageError;
    ports.err(json === true ? jsonText({ error: { message: error.message, usage } }) : `${error.message}\n`);
    return usage ? 2 : 1;
  }
}

function programOf(ports: CliPorts): Command {
  const program = new Command('sluice')
    .description(
      'Continuous promotion for Heroku pipelines: what runs where, why it waits, and how to stop it.',
    )
    .version(ports.version, '--version', 'the version of Sluice')
    .option('--json', 'answer in JSON')
    .option('--data <dir>', 'the data folder of a local run (default: the run of this folder)')
    .option('--table <name>', 'a deployed table, by your AWS credentials and region (env: SLUICE_TABLE)')
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
      '\nExamples:\n  sluice status\n  sluice why router\n  sluice hold router --reason "database migration" --for 2h',
    );
  for (const add of VERBS) add(program, actOf(program, ports));
  return program;
}

const HELP_COLUMNS_MAX = 100;

const helpWidth = ({ columns }: Paper): number => Math.min(columns, HELP_COLUMNS_MAX);

function actOf(program: Command, ports: CliPorts): Act {
  return async (verb) => {
    const options = program.opts<GlobalOptions>();
    const data = await ports.open(options);
    try {
      await verb({
        data,
        ports,
        now: data.clock.now(),
        say: (explanation, records) =>
          ports.out(options.json === true ? jsonText(records) : printed(explanation, ports.paper)),
      });
    } catch (error) {
      throw refusalOf(error, data);
    } finally {
      await data.close();
    }
  };
}

function refusalOf(error: unknown, data: Data): unknown {
  if (error instanceof Refusal || error instanceof UsageError) return error;
  if (error instanceof AnotherRun) {
    return new Refusal(
      'Others write about this pipeline at the same moment, again and again; part of it may be done. See sluice status, and type it again.',
    );
  }
  return data.refusal(error) ?? error;
}
