// npm run simulate: simulated hours of a deployed Sluice in a hostile world, from a seed.

import { execFileSync } from 'node:child_process';
import { flag, optionsOf, runCommand, text, wholeNumber } from './command.ts';
import { shrink } from './shrink.ts';
import { type SimulationOptions, type SimulationReport, simulate } from './simulation.ts';

const HELP = `Usage: npm run simulate -- [--seed N] [--seeds N] [--hours H] [--pipelines P] [--trace] [--forever]

Runs Sluice's functions in one process and in virtual time, while everything around them goes wrong, and checks what must
always hold. The same seed gives the same steps.

  --seed N       the first seed (default: drawn from the time)
  --seeds N      how many seeds to run, one after the other (default 1)
  --pipeline-hours N   runs seeds until this many simulated pipeline-hours are done
  --hours H      virtual hours in which things go wrong; hours of calm follow (default 4)
  --pipelines P  how many pipelines (default 2)
  --trace        prints every step
  --forever      goes on until something is found
  --json         one line of JSON a seed
  --help         this text

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
  const isOpen = values.forever === true || values['pipeline-hours'] !== undefined;
  return {
    seed: number('seed', Date.now() % 1_000_000_000),
    seeds: isOpen ? Number.POSITIVE_INFINITY : number('seeds', 1),
    pipelineHours,
    hours: number('hours', 4),
    pipelines: number('pipelines', 2),
    trace: values.trace === true,
    json: values.json === true,
  };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  const total = { seeds: 0, pipelineHours: 0, steps: 0, promotions: 0, foretold: 0, faults: 0 };
  for (let seed = options.seed; total.seeds < options.seeds; seed += 1) {
    const { hours, pipelines } = options;
    const simulation: SimulationOptions = { seed, hours, pipelines };
    const report = await simulate({ ...simulation, ...(options.trace && { onTrace: say }) });
    total.seeds += 1;
    total.pipelineHours += report.pipelineHours;
    total.steps += report.steps;
    total.promotions += report.promotions;
    total.foretold += report.foretold;
    total.faults += report.happened.length;
    say(options.json ? JSON.stringify({ ...lineOf(report), seed }) : `seed ${seed}: ${wordsOf(report)}`);
    if (report.violation !== null) {
      await explain(simulation, report);
      return 1;
    }
    if (total.pipelineHours >= options.pipelineHours) break;
  }
  const { seeds, pipelineHours, steps, promotions, foretold, faults } = total;
  say(
    options.json
      ? JSON.stringify({ ...total, violations: 0 })
      : `${seeds} seeds, ${Math.floor(pipelineHours)} pipeline-hours, ${steps} steps, ${promotions} promotions (${foretold} at the time that why had told), ${faults} faults and acts: nothing found.`,
  );
  return 0;
}

function lineOf({ violation, pipelineHours, steps, promotions, happened, hash }: SimulationReport) {
  return { violation, pipelineHours, steps, promotions, happened: happened.length, hash };
}

function wordsOf({ pipelineHours, steps, promotions, happened, hash, violation }: SimulationReport): string {
  const found = violation === null ? 'nothing found' : `${violation.rule} VIOLATED: ${violation.what}`;
  return `${Math.floor(pipelineHours)} pipeline-hours, ${steps} steps, ${promotions} promotions, ${happened.length} faults and acts, trace ${hash}: ${found}`;
}

async function explain(simulation: SimulationOptions, report: SimulationReport): Promise<void> {
  const { seed, hours, pipelines } = simulation;
  say(
    `\nThe same again: npm run simulate -- --seed ${seed} --hours ${hours} --pipelines ${pipelines} --trace`,
  );
  say(`commit ${commit()}`);
  say(`looking for the little it takes (${report.happened.length} faults and acts) …`);
  const { needed, report: shrunk, tries } = await shrink(simulation, report, SHRINK_TRIES);
  say(`${needed.length} are needed (${tries} simulations):`);
  for (const { id, what } of needed) say(`  ${id}  ${what}`);
  say(`\nThe last steps, with those alone:`);
  for (const line of shrunk.tail) say(`  ${line}`);
  say(`\n${shrunk.violation?.rule}: ${shrunk.violation?.what}`);
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

if (import.meta.main) await runCommand(main);
