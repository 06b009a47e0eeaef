// npm run simulate: simulated hours of a deployed Sluice in a hostile world, from a seed.

import { execFileSync } from 'node:child_process';
import { flag, optionsOf, runCommand, text, UsageError, wholeNumber } from './command.ts';
import { shrink } from './shrink.ts';
import { type SimulationOptions, type SimulationReport, simulate } from './simulation.ts';

const HELP = `Usage: npm run simulate -- [--seed N] [--seeds N | --pipeline-hours N | --forever] [--hours H] [--pipelines P]
                           [--trace] [--json]

Runs Sluice's functions in one process and in virtual time, while everything around them goes wrong, and checks what must
always hold. The same seed gives the same steps.

  --seed N             the first seed (default: drawn from the time)
  --seeds N            how many seeds to run, one after the other (default 1)
  --pipeline-hours N   runs seeds until this many simulated pipeline-hours are done, those of calm included
  --forever            runs seeds until something is found
  --hours H            virtual hours in which things go wrong (default 10); hours of calm follow, five at least, until every
                       merge must have arrived
  --pipelines P        how many pipelines (default 3)
  --trace              prints every step, with --json on standard error
  --json               one line of JSON a seed, and one of the total; all else on standard error
  --help               this text

Exit status: 0 nothing was found, 1 something that must always hold did not, 2 wrong usage.
`;

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly pipelineHours: number;
  readonly hours: number;
  readonly pipelines: number;
  readonly trace: boolean;
  readonly json: boolean;
}

const SHRINK_TRIES = 120;

function readOptions(args: string[]): Options | null {
  const values = optionsOf(args, {
    seed: text,
    seeds: text,
    hours: text,
    pipelines: text,
    'pipeline-hours': text,
    trace: flag,
    forever: flag,
    json: flag,
    help: flag,
  });
  if (values.help === true) return null;
  const number = (name: 'seed' | 'seeds' | 'hours' | 'pipelines' | 'pipeline-hours', otherwise: number) =>
    wholeNumber(name, values[name], otherwise);
  const pipelineHours = number('pipeline-hours', Number.POSITIVE_INFINITY);
  const untils = [values.forever, values['pipeline-hours'], values.seeds].filter((one) => one !== undefined);
  if (untils.length > 1)
    throw new UsageError('--seeds, --pipeline-hours and --forever: expected one of them');
  const isOpen = values.forever === true || values['pipeline-hours'] !== undefined;
  return {
    seed: number('seed', Date.now() % 1_000_000_000),
    seeds: isOpen ? Number.POSITIVE_INFINITY : number('seeds', 1),
    pipelineHours,
    hours: number('hours', 10),
    pipelines: number('pipelines', 3),
    trace: values.trace === true,
    json: values.json === true,
  };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

interface Total {
  readonly seeds: number;
  readonly pipelineHours: number;
  readonly troubledHours: number;
  readonly steps: number;
  readonly promotions: number;
  readonly foretold: number;
  readonly compared: number;
  /** Faults and acts. */
  readonly happened: number;
}

const NOTHING: Total = {
  seeds: 0,
  pipelineHours: 0,
  troubledHours: 0,
  steps: 0,
  promotions: 0,
  foretold: 0,
  compared: 0,
  happened: 0,
};

function plus(total: Total, report: SimulationReport): Total {
  return {
    seeds: total.seeds + 1,
    pipelineHours: total.pipelineHours + report.pipelineHours,
    troubledHours: total.troubledHours + report.troubledHours,
    steps: total.steps + report.steps,
    promotions: total.promotions + report.promotions,
    foretold: total.foretold + report.foretold,
    compared: total.compared + report.compared,
    happened: total.happened + report.happened.length,
  };
}

export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const { hours, pipelines, json } = options;
  const aside = json ? note : say;
  let total = NOTHING;
  let found: string | null = null;
  for (let seed = options.seed; total.seeds < options.seeds && found === null; seed += 1) {
    const simulation: SimulationOptions = { seed, hours, pipelines };
    const report = await simulate({ ...simulation, ...(options.trace && { onTrace: aside }) });
    total = plus(total, report);
    const { violation, hash } = report;
    const figures = plus(NOTHING, report);
    say(
      json
        ? JSON.stringify({ seed, ...figures, hash, violation })
        : `seed ${seed}: ${wordsOf(figures)}, trace ${hash}: ${violation === null ? 'nothing found' : `${violation.rule} VIOLATED: ${violation.what}`}`,
    );
    if (violation !== null) {
      found = violation.rule;
      await explain(simulation, report, aside);
    }
    if (total.pipelineHours >= options.pipelineHours) break;
  }
  if (json) say(JSON.stringify({ ...total, violations: found === null ? 0 : 1 }));
  else if (found === null) {
    const seeds = total.seeds === 1 ? '1 seed' : `${total.seeds} seeds`;
    say(`${seeds}, ${wordsOf(total)}: nothing found.`);
  }
  return found === null ? 0 : 1;
}

function wordsOf({
  pipelineHours,
  troubledHours,
  steps,
  promotions,
  foretold,
  compared,
  happened,
}: Total): string {
  const ofPromotions = `${promotions} promotions (${foretold} foretold by why, each at its time)`;
  return `${Math.floor(pipelineHours)} pipeline-hours (${troubledHours} of trouble), ${steps} steps, ${ofPromotions}, ${compared} decisions compared with those without caches, ${happened} faults and acts`;
}

async function explain(
  simulation: SimulationOptions,
  report: SimulationReport,
  tell: (line: string) => void,
): Promise<void> {
  const { seed, hours, pipelines } = simulation;
  tell(
    `\nThe same again: npm run simulate -- --seed ${seed} --hours ${hours} --pipelines ${pipelines} --trace`,
  );
  tell(`commit ${commit()}`);
  tell(`looking for the little it takes (${report.happened.length} faults and acts) …`);
  const { needed, report: shrunk, tries } = await shrink(simulation, report, SHRINK_TRIES);
  const few =
    needed.length === 0 ? 'none is needed: it comes about by itself' : `${needed.length} are needed`;
  tell(`${few} (${tries} simulations)`);
  for (const { id, what } of needed) tell(`  ${id}  ${what}`);
  tell(`\nThe last steps, with those alone:`);
  for (const line of shrunk.tail) tell(`  ${line}`);
  tell(`\n${shrunk.violation?.rule}: ${shrunk.violation?.what}`);
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

if (import.meta.main) await runCommand(main, 'simulate');
