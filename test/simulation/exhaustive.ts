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

export interface Found {
  readonly faults: readonly string[];
  readonly violation: string;
}

export interface ExhaustiveReport {
  readonly exchanges: number;
  readonly tried: number;
  readonly found: readonly Found[];
}

/** With it a promotion settles at the tick after the one that made it. */
const SEED = 'c';

const FLEET: readonly PipelinePlan[] = [
  {
    name: 'p0',
    waves: [
      { name: 'w0', apps: ['p0-w0-0'], soakMs: 0, ci: false, status: false, window: null },
      { name: 'w1', apps: ['p0-w1-0', 'p0-w1-1'], soakMs: 0, ci: false, status: false, window: null },
    ],
  },
];

/** One merge, after two quiet ticks. */
const ACTS: readonly Act[] = [
  { id: 'act:1', at: START + 2.5 * MINUTE, kind: 'merge', pipeline: 0, random: createRandom('exhaustive') },
];

async function run(
  faults: readonly FaultAt[],
): Promise<SimulationReport & { seen: readonly ExchangeSeen[] }> {
  const plan = chosenFaults(new Map(faults.map(({ number, fault }) => [number, fault])));
  const report = await simulate({
    seed: SEED,
    hours: 6 / 60,
    pipelines: 1,
    fleet: FLEET,
    acts: ACTS,
    faults: plan,
    rest: 'short',
  });
  return { ...report, seen: plan.seen };
}

/** The exchanges of the promotion when nothing goes wrong: its ticks, its runs and what starts them. */
async function exchangesOfThePromotion(): Promise<readonly ExchangeSeen[]> {
  const { seen, violation } = await run([]);
  if (violation !== null) throw new Error(`Without a fault: ${violation.rule}: ${violation.what}`);
  const first = seen.findIndex(({ what }) => what.includes('AttemptOpened'));
  const last = seen.findLastIndex(({ what }) => what.includes('AttemptSettled'));
  // From the tick before the claim to the end of the run that settles.
  const from = seen.slice(0, first).findLastIndex(({ what }) => what.startsWith('query fleet'));
  const until = seen.findIndex(({ what }, index) => index > last && what.startsWith('query fleet'));
  return seen.slice(from, until === -1 ? seen.length : until);
}

export async function tryAll(
  size: 1 | 2,
  {
    part = 0,
    parts = 1,
    onTried = () => {},
  }: { part?: number; parts?: number; onTried?: (tried: number) => void } = {},
): Promise<ExhaustiveReport> {
  const all = await exchangesOfThePromotion();
  // Pairs are tried where they meet: at the runs of promote and at what starts them.
  const exchanges = size === 1 ? all : all.filter(({ what }) => /promote/.test(what));
  const single = exchanges.flatMap(({ number, peer }) =>
    APPLICABLE[peer].map((fault): FaultAt => ({ number, fault })),
  );
  const sets =
    size === 1
      ? single.map((one) => [one])
      : single.flatMap((one, index) =>
          single.slice(index + 1).flatMap((other) => (other.number > one.number ? [[one, other]] : [])),
        );
  const found: Found[] = [];
  let tried = 0;
  for (const [index, faults] of sets.entries()) {
    if (index % parts !== part) continue;
    const { violation, happened } = await run(faults);
    tried += 1;
    onTried(tried);
    if (violation !== null) {
      found.push({
        faults: happened.filter(({ id }) => id.startsWith('io')).map(({ what, id }) => `${id} ${what}`),
        violation: `${violation.rule}: ${violation.what}`,
      });
    }
  }
  return { exchanges: exchanges.length, tried, found };
}
