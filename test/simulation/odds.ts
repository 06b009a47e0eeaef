// How likely each kind of fault is at each kind of exchange, drawn from the seed: a simulation has a few kinds of faults,
// often, rather than all of them, seldom, which would hide each other. And most have a weak spot, where two kinds strike
// again and again: what takes two or three faults at the same few steps would hardly ever come about otherwise.

import { APPLICABLE, type Fault, type Peer } from './faults.ts';
import { createRandom } from './random.ts';

const ODDS = [0, 0, 0, 0.002, 0.01, 0.04] as const;
const AT_WEAK_SPOT = 0.2;

type Spot = readonly [Peer, string];

/** Steps of the protocol, by the words of their exchange. */
const SPOTS: readonly [Spot, ...Spot[]] = [
  ['table', 'hot#ledger'],
  ['table', 'put pipeline#'],
  ['table', 'query pipeline#'],
  ['bus', 'AttemptOpened'],
  ['bus', 'PipelineDue'],
  ['heroku', 'latest-deployments'],
  ['heroku', 'GET /pipelines'],
  ['heroku', '/releases'],
  ['promotion', 'POST'],
  ['invoke', 'promote'],
];

export type Odds = (peer: Peer, fault: Fault, what: string) => number;

export function oddsOf(seed: string | number): Odds {
  if (createRandom(seed, 'calm').chance(0.2)) return () => 0;
  const known = new Map<string, number>();
  const isWeak = weakSpotsOf(seed);
  return (peer, fault, what) => {
    const key = `${peer} ${fault}`;
    let odds = known.get(key);
    if (odds === undefined) {
      // There are few promotions among all exchanges: what goes wrong with them goes wrong more often.
      const weight = peer === 'promotion' ? 8 : 1;
      odds = createRandom(seed, 'odds', key).pick(ODDS) * weight;
      known.set(key, odds);
    }
    return isWeak(peer, fault, what) ? Math.max(odds, AT_WEAK_SPOT) : odds;
  };
}

/** Two spots, with one kind of fault each; for a quarter of the seeds none. */
function weakSpotsOf(seed: string | number): (...at: Parameters<Odds>) => boolean {
  const random = createRandom(seed, 'weak');
  if (random.chance(0.25)) return () => false;
  const spots = [0, 1].map(() => {
    const [peer, words] = random.pick(SPOTS);
    const [first, ...others] = APPLICABLE[peer];
    return { peer, words, fault: first === undefined ? null : random.pick([first, ...others]) };
  });
  return (peer, fault, what) =>
    spots.some((spot) => spot.peer === peer && spot.fault === fault && what.includes(spot.words));
}
