// npm run safety: everything that shows that Sluice is safe under faults, on all processors, and the figures of it.
// Starts itself again for each part: `all.ts --part 1/2 --what hours|faults|planted …`.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BUGS } from './bugs.ts';
import { flag, optionsOf, runCommand, text, UsageError, wholeNumber } from './command.ts';
import { tryAll } from './exhaustive.ts';
import { type Hunt, hunt } from './planted.ts';
import { simulate } from './simulation.ts';

const HELP = `Usage: npm run safety -- [--pipeline-hours N] [--seed N] [--only hours|faults|planted|kept]

Runs simulated hours with fresh seeds, every single fault and all pairs of faults of one promotion, and the planted bugs;
prints the figures. On two processors that takes a quarter of an hour.

  --only WHAT         one of them alone; kept: the planted bugs, by the seeds that are kept for them, in half a minute
  --pipeline-hours N  how many simulated hours (default 10000)
  --seed N            the first seed, of the hours and of each planted bug (default: drawn from the time)
  --help              this text

Exit status: 0 all of it held and every planted bug was found, 1 not so, 2 wrong usage.
`;

type What = 'hours' | 'faults' | 'planted' | 'kept';
/** Fresh seeds find what kept ones do. */
const WHATS: readonly What[] = ['hours', 'faults', 'planted'];

/** One line of a part: a figure to add up, or something found. */
type Line =
  | { readonly kind: 'sum'; readonly name: string; readonly value: number }
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'hunt'; readonly hunt: Hunt };

interface Part {
  readonly what: What;
  readonly part: number;
  readonly parts: number;
  readonly seed: number;
  readonly pipelineHours: number;
}

const tell = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const sum = (name: string, value: number): void => tell({ kind: 'sum', name, value });

const WORK: Readonly<Record<What, (part: Part) => Promise<void>>> = {
  async hours({ part, parts, seed, pipelineHours }) {
    for (let done = 0, next = seed + part; done < pipelineHours / parts; next += parts) {
      const report = await simulate({ seed: next, hours: 4, pipelines: 3 });
      done += report.pipelineHours;
      sum('pipeline-hours', report.pipelineHours);
      sum('seeds', 1);
      sum('steps', report.steps);
      sum('promotions', report.promotions);
      sum('promotions made when why had said so', report.foretold);
      sum('faults and acts', report.happened.length);
      if (report.violation === null) continue;
      const { rule, what } = report.violation;
      tell({
        kind: 'found',
        text: `${rule}: ${what}\n  npm run simulate -- --seed ${next} --hours 4 --pipelines 3`,
      });
    }
  },
  async faults({ part, parts }) {
    for (const size of [1, 2] as const) {
      const { tried, found } = await tryAll(size, { part, parts });
      sum(size === 1 ? 'single faults' : 'pairs of faults', tried);
      for (const { violation, faults } of found)
        tell({ kind: 'found', text: [violation, ...faults].join('\n  ') });
    }
  },
  async planted({ part, parts, seed }) {
    for (const [index, bug] of BUGS.entries()) {
      if (index % parts === part) tell({ kind: 'hunt', hunt: await hunt(bug, seed) });
    }
  },
  async kept({ part, parts }) {
    for (const [index, bug] of BUGS.entries()) {
      if (index % parts === part) tell({ kind: 'hunt', hunt: await hunt(bug, bug.seed) });
    }
  },
};

async function inParts(what: What, seed: number, pipelineHours: number): Promise<readonly Line[]> {
  const parts = availableParallelism();
  const runs = Array.from({ length: parts }, (_, part) => partOf({ what, part, parts, seed, pipelineHours }));
  return (await Promise.all(runs)).flat();
}

async function partOf(part: Part): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--part', JSON.stringify(part)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  for await (const text of createInterface({ input: child.stdout })) lines.push(JSON.parse(text) as Line);
  const status = await new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`A part ended with status ${status}.`);
  return lines;
}

function print(what: What, lines: readonly Line[]): boolean {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const sums = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === 'sum') sums.set(line.name, (sums.get(line.name) ?? 0) + line.value);
  }
  for (const [name, value] of sums) say(`${String(Math.floor(value)).padStart(10)}  ${name}`);
  const found = lines.flatMap((line) => (line.kind === 'found' ? [line.text] : []));
  if (what === 'hours' || what === 'faults') {
    say(`${String(found.length).padStart(10)}  violations`);
    for (const text of found) say(text);
    return found.length === 0;
  }
  const hunts = lines.flatMap((line) => (line.kind === 'hunt' ? [line.hunt] : []));
  for (const { name, seeds, violation } of hunts) {
    say(
      `${seeds === null ? 'not found' : `${seeds} seeds`}`.padStart(10) +
        `  ${name}  ${violation.slice(0, 90)}`,
    );
  }
  const took = hunts.flatMap(({ seeds }) => seeds ?? []).sort((a, b) => a - b);
  const median = took[Math.floor((took.length - 1) / 2)];
  say(
    `${String(took.length).padStart(10)}  of ${hunts.length} planted bugs found; median ${median} seeds, at most ${took.at(-1)}`,
  );
  return took.length === hunts.length;
}

function whatsOf(only: string | undefined): readonly What[] {
  if (only === undefined) return WHATS;
  const known: readonly What[] = [...WHATS, 'kept'];
  const one = known.find((what) => what === only);
  if (one === undefined) throw new UsageError(`--only: found ${only}, expected one of ${known.join(', ')}`);
  return [one];
}

async function main(args: string[]): Promise<number> {
  const flags = { seed: text, only: text, 'pipeline-hours': text, help: flag, part: text };
  const values = optionsOf(args, flags);
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.part !== undefined) {
    const part = JSON.parse(values.part) as Part;
    await WORK[part.what](part);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed, Date.now() % 1_000_000_000);
  const pipelineHours = wholeNumber('pipeline-hours', values['pipeline-hours'], 10_000);
  const whats = whatsOf(values.only);
  process.stdout.write(`seed ${seed}\n`);
  let isSafe = true;
  for (const what of whats) {
    isSafe = print(what, await inParts(what, seed, pipelineHours)) && isSafe;
  }
  return isSafe ? 0 : 1;
}

if (import.meta.main) await runCommand(main);
