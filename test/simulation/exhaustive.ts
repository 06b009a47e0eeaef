// Every fault at every exchange of one promotion, from the tick that finds it due to the run that settles it; and all
// pairs of faults at the exchanges of its own runs. What comes after must still end well.

import { APPLICABLE, chosenFaults, type ExchangeSeen, type Fault } from './faults.ts';
import type { PipelinePlan } from './fleet.ts';
import type { Act } from './people.ts';
import { createRandom } from './random.ts';
import { type SimulationReport, simulate } from './simulation.ts';
import { MINUTE, START } from './time.ts';

interface FaultAt {
  readonly number: number;
  readonly fault: Fault;
}

interface Found {
  readonly faults: readonly string[];
  readonly violation: string;
}

interface ExhaustiveReport {
  readonly tried: number;
  readonly found: readonly Found[];
}

/** With it a promotion settles at the tick after the one that made it. */
const SEED = 'c';

const FLEET: readonly PipelinePlan[] = [
  {
    name: 'p0',
    waves: [
      { name: 'w0', apps: ['p0-w0-0'], soakMs: 0, ci: null, status: false, windows: [] },
      { name: 'w1', apps: ['p0-w1-0', 'p0-w1-1'], soakMs: 0, ci: null, status: false, windows: [] },
    ],
  },
];

/** One merge, after two quiet ticks; the same every time. */
const merge = (): Act => ({
  id: 'act:1',
  at: START + 2.5 * MINUTE,
  kind: 'merge',
  pipeline: 0,
  random: createRandom('exhaustive'),
});

async function run(
  faults: readonly FaultAt[],
): Promise<SimulationReport & { seen: readonly ExchangeSeen[] }> {
  const plan = chosenFaults(new Map(faults.map(({ number, fault }) => [number, fault])));
  const report = await simulate({
    seed: SEED,
    start: START,
    hours: 6 / 60,
    pipelines: 1,
    fleet: FLEET,
    acts: [merge()],
    faults: plan,
    rest: 'short',
    compareEvery: Number.POSITIVE_INFINITY,
  });
  return { ...report, seen: plan.seen };
}

/**
 * The exchanges from the tick before the claim to the end of the run that settles: ticks, runs and what starts them.
 * Where nothing settles, to the end.
 */
function ofThePromotion(seen: readonly ExchangeSeen[]): readonly ExchangeSeen[] {
  const first = seen.findIndex(({ what }) => what.includes('AttemptOpened'));
  const last = seen.findIndex(({ what }, index) => index > first && what.includes('AttemptSettled'));
  const from = seen.slice(0, first).findLastIndex(({ what }) => what.startsWith('query fleet'));
  const until = seen.findIndex(({ what }, index) => index > last && what.startsWith('query fleet'));
  return seen.slice(Math.max(0, from), last === -1 || until === -1 ? seen.length : until);
}

const faultsAt = ({ number, peer }: ExchangeSeen): readonly FaultAt[] =>
  APPLICABLE[peer].map((fault) => ({ number, fault }));

/** Pairs are tried where they meet: at the runs of promote and at what starts them. */
const isOfPromote = ({ what }: ExchangeSeen): boolean => what.includes('promote');

interface Trying {
  readonly part?: number;
  readonly parts?: number;
}

/** Every fault alone. */
export async function tryEach({ part = 0, parts = 1 }: Trying = {}): Promise<ExhaustiveReport> {
  const exchanges = ofThePromotion((await run([])).seen);
  const all = exchanges.flatMap(faultsAt).filter((_, index) => index % parts === part);
  const found: Found[] = [];
  for (const one of all) found.push(...foundBy(await run([one])));
  return { tried: all.length, found };
}

/** Every fault, and after it every other one at every exchange that there is then. */
export async function tryPairs({ part = 0, parts = 1 }: Trying = {}): Promise<ExhaustiveReport> {
  const exchanges = ofThePromotion((await run([])).seen).filter(isOfPromote);
  const firsts = exchanges.flatMap(faultsAt).filter((_, index) => index % parts === part);
  const found: Found[] = [];
  let tried = 0;
  for (const first of firsts) {
    const after = ofThePromotion((await run([first])).seen).filter(
      (exchange) => exchange.number > first.number && isOfPromote(exchange),
    );
    for (const second of after.flatMap(faultsAt)) {
      const report = await run([first, second]);
      if (faultsOf(report).length < 2)
        throw new Error(`One did not happen: ${JSON.stringify([first, second])}`);
      tried += 1;
      found.push(...foundBy(report));
    }
  }
  return { tried, found };
}

const faultsOf = ({ happened }: SimulationReport): readonly string[] =>
  happened.flatMap(({ id, what }) => (id.startsWith('io') ? [`${id} ${what}`] : []));

function foundBy(report: SimulationReport): readonly Found[] {
  const { violation } = report;
  if (violation === null) return [];
  return [{ faults: faultsOf(report), violation: `${violation.rule}: ${violation.what}` }];
}
