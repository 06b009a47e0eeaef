// npm run safety: everything that shows that Sluice is safe under faults, on all processors, and the figures of it.
// Starts itself again for each part: `all.ts --part 1/2 --what hours|long|faults|planted …`.

import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BUGS } from './bugs.ts';
import { flag, optionsOf, runCommand, text, UsageError, wholeNumber } from './command.ts';
import { tryEach, tryPairs } from './exhaustive.ts';
import { type Hunt, hunt } from './planted.ts';
import { simulate } from './simulation.ts';

const HELP = `Usage: npm run safety -- [--pipeline-hours N] [--seed N] [--only hours|long|faults|planted|kept]

Runs simulated hours with fresh seeds, some long seeds, every single fault and all pairs of faults of one promotion, and the
planted bugs;
prints the figures. On two processors that takes more than an hour.

  --only hours        simulated hours: three pipelines a seed, ten hours in which things go wrong, and hours of calm
                      until every merge must have arrived
  --only long         seeds of thirty hours and a hundred, longer than a past is kept: nothing that was concluded from it
                      may be forgotten with it
  --only faults       every single fault and every pair at every step of one promotion
  --only planted      small wrong changes to a copy of the code, and how many seeds it takes to find each
  --only kept         the same by the seeds that are kept for them, which must find nothing in the code as it is; a bug
                      whose seed finds it no longer, because the code has changed, is looked for from seed 1 on
  --pipeline-hours N  how many simulated hours, those of calm included (default 10000)
  --seed N            the first seed, of the hours and of each planted bug (default: drawn from the time)
  --help              this text

Exit status: 0 all of it held and every planted bug was found, 1 not so, 2 wrong usage.
`;

type What = 'hours' | 'long' | 'faults' | 'planted' | 'kept';
/** Fresh seeds find what kept ones do. */
const WHATS: readonly What[] = ['hours', 'long', 'faults', 'planted'];

const TITLES: Readonly<Record<What, string>> = {
  hours: 'simulated hours',
  long: 'seeds of many hours',
  faults: 'every fault, and every two, at every step of one promotion',
  planted: 'planted bugs',
  kept: 'planted bugs, each by the seed that is kept for it',
};

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
      const report = await simulate({ seed: next, hours: HOURS, pipelines: 3 });
      done += report.pipelineHours;
      sum('pipeline-hours', report.pipelineHours);
      sum('of them in which things go wrong', report.troubledHours);
      sum('seeds', 1);
      sum('steps', report.steps);
      sum('promotions', report.promotions);
      sum('of them foretold by why, each made at its time', report.foretold);
      sum('decisions compared with those without caches', report.compared);
      sum('faults and acts', report.happened.length);
      if (report.violation === null) continue;
      const { rule, what } = report.violation;
      tell({
        kind: 'found',
        text: `${rule}: ${what}\n  npm run simulate -- --seed ${next} --hours ${HOURS} --pipelines 3`,
      });
    }
  },
  async long({ part, parts }) {
    for (const [index, { seed, hours, pipelines }] of LONG.entries()) {
      if (index % parts !== part) continue;
      const report = await simulate({ seed, hours, pipelines });
      sum('pipeline-hours', report.pipelineHours);
      sum('seeds', 1);
      sum('promotions', report.promotions);
      if (report.violation === null) continue;
      const { rule, what } = report.violation;
      const again = `npm run simulate -- --seed ${seed} --hours ${hours} --pipelines ${pipelines}`;
      tell({ kind: 'found', text: `${rule}: ${what}\n  ${again}` });
    }
  },
  async faults({ part, parts }) {
    for (const [name, tryAll] of [
      ['single faults', tryEach],
      ['pairs of faults', tryPairs],
    ] as const) {
      const { tried, found } = await tryAll({ part, parts });
      sum(name, tried);
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
    const lived = new Set<string>();
    for (const [index, bug] of BUGS.entries()) {
      if (index % parts !== part) continue;
      const aim = bug.aim === undefined ? '' : `, aim "${bug.aim}"`;
      const where = `seed ${bug.seed}, 3 hours, 2 pipelines${aim}, in the code as it is`;
      // What is found in the code as it is, is none of the planted bug's.
      if (!lived.has(where)) {
        lived.add(where);
        const { violation } = await simulate({ seed: bug.seed, hours: 3, pipelines: 2, aim: bug.aim });
        if (violation !== null)
          tell({ kind: 'found', text: `${violation.rule}: ${violation.what}\n  ${where}` });
      }
      const kept = await hunt(bug, bug.seed, 1);
      tell({ kind: 'hunt', hunt: kept.seeds === null ? await hunt(bug, 1, SEEDS_AGAIN) : kept });
    }
  },
};

/** In which things go wrong: about as many of calm follow. */
const HOURS = 10;

/** 4711 once promoted over a hotfix, at the sixtieth merge. */
const LONG = [
  { seed: 4711, hours: 30, pipelines: 5 },
  { seed: 100, hours: 100, pipelines: 1 },
];

/** A change of the code moves what a seed brings about: how many are tried before a bug counts as not found. */
const SEEDS_AGAIN = 30;

/** Children that are at work: whoever ends the parent ends them. */
const children = new Set<ChildProcess>();

async function inParts(what: What, seed: number, pipelineHours: number): Promise<readonly Line[]> {
  const parts = availableParallelism();
  const runs = Array.from({ length: parts }, (_, part) => partOf({ what, part, parts, seed, pipelineHours }));
  return (await Promise.all(runs)).flat();
}

/** What a part finds is printed at once; all of it is given in the end. */
async function partOf(part: Part): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--part', JSON.stringify(part)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const lines: Line[] = [];
  for await (const read of createInterface({ input: child.stdout })) {
    const line = JSON.parse(read) as Line;
    lines.push(line);
    if (line.kind === 'found') say(line.text);
    if (line.kind === 'hunt') say(wordsOf(line.hunt));
  }
  const status = await new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('close', resolve);
  });
  children.delete(child);
  if (status !== 0) throw new Error(`A part ended with status ${status}.`);
  return lines;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const figure = (value: number | string, name: string): void => say(`${String(value).padStart(10)}  ${name}`);

function wordsOf({ name, seeds, violation }: Hunt): string {
  const took = seeds === null ? 'not found' : seeds === 1 ? '1 seed' : `${seeds} seeds`;
  return `${took.padStart(10)}  ${name}  ${violation.slice(0, 90)}`;
}

/** Prints the figures; true when all is as it should be. */
function conclude(lines: readonly Line[]): boolean {
  const sums = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === 'sum') sums.set(line.name, (sums.get(line.name) ?? 0) + line.value);
  }
  for (const [name, value] of sums) figure(Math.floor(value), name);
  const hunts = lines.flatMap((line) => (line.kind === 'hunt' ? [line.hunt] : []));
  const found = lines.filter(({ kind }) => kind === 'found').length;
  figure(found, hunts.length === 0 ? 'violations' : 'violations in the code as it is');
  if (hunts.length === 0) return found === 0;
  const took = hunts.flatMap(({ seeds }) => seeds ?? []).sort((a, b) => a - b);
  const median = took[Math.floor((took.length - 1) / 2)];
  figure(
    took.length,
    `of ${hunts.length} planted bugs found; seeds it took: median ${median}, at most ${took.at(-1)}`,
  );
  return took.length === hunts.length && found === 0;
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
    // Whoever ends it finds nothing of it left behind.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    await WORK[part.what](part);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed, Date.now() % 1_000_000_000);
  const pipelineHours = wholeNumber('pipeline-hours', values['pipeline-hours'], 10_000);
  const whats = whatsOf(values.only);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const child of children) child.kill();
      process.exit(1);
    });
  }
  let isSafe = true;
  for (const what of whats) {
    say(what === 'hours' || what === 'planted' ? `${TITLES[what]}, from seed ${seed}` : TITLES[what]);
    isSafe = conclude(await inParts(what, seed, pipelineHours)) && isSafe;
  }
  return isSafe ? 0 : 1;
}

if (import.meta.main) await runCommand(main, 'safety');
