// How likely each fault is in one simulation: a few kinds, drawn from the seed, each with odds of its own. All of them at
// once would hide each other.

import type { Fault, Peer } from './faults.ts';
import { createRandom } from './random.ts';

const ODDS = [0, 0, 0, 0.002, 0.01, 0.04] as const;

export function oddsOf(seed: string | number): (peer: Peer, fault: Fault) => number {
  const isCalm = createRandom(seed, 'calm').chance(0.2);
  const known = new Map<string, number>();
  return (peer, fault) => {
    const key = `${peer} ${fault}`;
    let odds = known.get(key);
    if (odds === undefined) {
      // There are few promotions among all exchanges: what goes wrong with them goes wrong more often.
      const weight = peer === 'promotion' ? 8 : 1;
      odds = isCalm ? 0 : createRandom(seed, 'odds', key).pick(ODDS) * weight;
      known.set(key, odds);
    }
    return odds;
  };
}
