// The trouble of one simulation, drawn from its seed: how likely each kind of fault is at each kind of exchange. A
// simulation has a few kinds of faults, often, rather than all of them, seldom, which would hide each other. Most have
// weak spots besides, or people who do not keep their hands off.

import { AIMS, type Spot, type Trouble } from './aims.ts';
import type { Reading } from './dynamo.ts';
import { APPLICABLE, type Fault, type Peer } from './faults.ts';
import { type Aim, MORE_AIMS } from './more-aims.ts';
import { createRandom, type Random } from './random.ts';

const ODDS = [0, 0, 0, 0.002, 0.01, 0.04] as const;
const AT_WEAK_SPOT = 0.3;

/** Where faults strike apart from that, each with any of those that apply. */
const PLACES: readonly [Place, ...Place[]] = [
  ['table', 'hot#ledger'],
  ['table', 'put pipeline'],
  ['table', 'query pipeline'],
  ['bus', 'AttemptOpened'],
  ['bus', 'PipelineDue'],
  ['heroku', 'latest-releases'],
  ['heroku', 'GET /pipelines'],
  ['promotion', 'POST'],
  ['invoke', 'promote'],
];
type Place = readonly [Peer, string];

export type Odds = (peer: Peer, fault: Fault, what: string) => number;

export interface Drawn extends Trouble {
  /** True: merges come all the time, and people act every ten minutes. */
  readonly isBusy: boolean;
  /** True: nothing goes wrong but what people do. */
  readonly isQuiet: boolean;
  /** What people do to each pipeline, and ask of it, by its number, where that is not the same for all. */
  readonly people?: (pipeline: number) => Pick<Trouble, 'often' | 'everyMinutes' | 'asks'>;
}

/** `aim`: what is looked for; drawn from the seed unless given. */
export function troubleOf(seed: string | number, aim?: Aim): Drawn {
  if (aim !== undefined) return aimed({ ...AIMS, ...MORE_AIMS }[aim]);
  if (createRandom(seed, 'calm').chance(0.2)) return { spots: [], often: [], isBusy: false, isQuiet: true };
  const random = createRandom(seed, 'weak');
  if (random.chance(0.25)) return { spots: [], often: [], isBusy: false, isQuiet: false };
  const [first, ...others] = Object.values(AIMS);
  const isAimed = random.chance(0.5) && first !== undefined;
  const trouble: Drawn = isAimed
    ? aimed(random.pick<Trouble>([first, ...others]))
    : { spots: [spot(random), spot(random)], often: [], isBusy: false, isQuiet: false };
  // Whose trouble must stay with one pipeline leaves the others alone.
  return trouble.isLocal ? trouble : { ...trouble, people: peopleOf(seed, trouble) };
}

/** Teams differ: to many pipelines people do what another aim has them do. */
function peopleOf(seed: string | number, trouble: Trouble): NonNullable<Drawn['people']> {
  const all: readonly Trouble[] = [...Object.values(AIMS), ...Object.values(MORE_AIMS)];
  const [first, ...others] = all.filter(
    ({ often, asks, isLocal }) => (often.length > 0 || asks !== undefined) && isLocal !== true,
  );
  return (pipeline) => {
    const random = createRandom(seed, 'team', pipeline);
    // Where the seed's own trouble has people do nothing together, most teams do something else.
    const isAsOthers = random.chance(trouble.often.length === 0 ? 0.25 : 0.5);
    return isAsOthers || first === undefined ? trouble : random.pick<Trouble>([first, ...others]);
  };
}

/** Without spots it is about people alone. */
function aimed(trouble: Trouble): Drawn {
  const isQuiet = trouble.spots.length === 0;
  return { ...trouble, isBusy: !isQuiet, isQuiet };
}

function spot(random: Random): Spot {
  const [peer, words] = random.pick(PLACES);
  const [first, ...others] = APPLICABLE[peer];
  if (first === undefined) throw new Error(`Nothing can go wrong with ${peer}.`);
  return [peer, words, random.pick([first, ...others])];
}

export function oddsOf(seed: string | number, { spots, isQuiet, atSpots = AT_WEAK_SPOT }: Drawn): Odds {
  if (isQuiet) return () => 0;
  const known = new Map<string, number>();
  return (peer, fault, what) => {
    const key = `${peer} ${fault}`;
    let odds = known.get(key);
    if (odds === undefined) {
      // There are few promotions among all exchanges: what goes wrong with them goes wrong more often.
      const weight = peer === 'promotion' ? 8 : 1;
      odds = createRandom(seed, 'odds', key).pick(ODDS) * weight;
      known.set(key, odds);
    }
    const isWeak = spots.some(([its, words, kind]) => its === peer && kind === fault && what.includes(words));
    return isWeak ? Math.max(odds, atSpots) : odds;
  };
}

/** How the table is read: on one page or on many, of which a read that does not ask for the newest gets old ones. */
export function readingOf(seed: string | number): Reading {
  const random = createRandom(seed, 'reading');
  const pageMax = random.pick([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 50, 10]);
  return { pageMax, staleMs: () => (random.chance(0.5) ? random.between(1, 12_000) : 0) };
}
