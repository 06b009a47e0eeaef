// How likely each kind of fault is at each kind of exchange, drawn from the seed: a simulation has a few kinds of faults,
// often, rather than all of them, seldom, which would hide each other. Most have weak spots besides, where faults strike
// again and again: what takes two or three faults at the same few steps would hardly ever come about otherwise.

import { APPLICABLE, type Fault, type Peer } from './faults.ts';
import { createRandom } from './random.ts';

const ODDS = [0, 0, 0, 0.002, 0.01, 0.04] as const;
const AT_WEAK_SPOT = 0.3;

/** A kind of fault at exchanges that have these words. */
export type Spot = readonly [peer: Peer, words: string, fault: Fault];

/** Spots that make trouble together. */
export const AIMS = {
  'two runs, one of which stands still after its claim': [
    ['bus', 'AttemptOpened', 'freeze'],
    ['invoke', 'promote', 'twice'],
  ],
  'two runs, one of which stands still after its reads': [
    ['heroku', 'latest-deployments', 'freeze'],
    ['invoke', 'promote', 'twice'],
  ],
  'runs that stand still after their claims, and are killed after their records': [
    ['bus', 'AttemptOpened', 'freeze'],
    ['table', 'put pipeline', 'kill-after'],
  ],
  'a ledger that is gone while two runs are at work': [
    ['table', 'query pipeline', 'forget'],
    ['table', 'hot#ledger', 'freeze'],
    ['invoke', 'promote', 'twice'],
  ],
  'lookups that take long': [
    ['table', 'query fleet', 'forget'],
    ['heroku', 'GET /pipelines?', 'freeze'],
    ['heroku', 'pipeline-couplings', 'slow'],
  ],
  'reads of releases that fail': [
    ['table', 'query pipeline', 'forget'],
    ['heroku', '/releases', 'refuse'],
    ['heroku', '/releases', 'freeze'],
  ],
  'answers that are lost': [
    ['promotion', 'POST', 'lose-reply'],
    ['promotion', 'POST', 'late'],
  ],
} as const satisfies Record<string, readonly Spot[]>;
export type Aim = keyof typeof AIMS;

/** Where faults strike apart from that, each with any of those that apply. */
const PLACES: readonly [Place, ...Place[]] = [
  ['table', 'hot#ledger'],
  ['table', 'put pipeline'],
  ['table', 'query pipeline'],
  ['bus', 'AttemptOpened'],
  ['bus', 'PipelineDue'],
  ['heroku', 'latest-deployments'],
  ['heroku', 'GET /pipelines'],
  ['promotion', 'POST'],
  ['invoke', 'promote'],
];
type Place = readonly [Peer, string];

export type Odds = (peer: Peer, fault: Fault, what: string) => number;

/** `aim`: the weak spots; drawn from the seed unless given. */
export function oddsOf(seed: string | number, aim?: Aim): Odds {
  if (aim === undefined && createRandom(seed, 'calm').chance(0.2)) return () => 0;
  const known = new Map<string, number>();
  const spots = aim === undefined ? weakSpotsOf(seed) : AIMS[aim];
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
    return isWeak ? Math.max(odds, AT_WEAK_SPOT) : odds;
  };
}

function weakSpotsOf(seed: string | number): readonly Spot[] {
  const random = createRandom(seed, 'weak');
  if (random.chance(0.25)) return [];
  const [first, ...others] = Object.values(AIMS);
  if (random.chance(0.5) && first !== undefined) return random.pick<readonly Spot[]>([first, ...others]);
  return [0, 1].flatMap((): Spot[] => {
    const [peer, words] = random.pick(PLACES);
    const [one, ...more] = APPLICABLE[peer];
    return one === undefined ? [] : [[peer, words, random.pick([one, ...more])]];
  });
}
