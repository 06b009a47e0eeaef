// What can go wrong at one exchange with the world, and how a run decides that it does. The choice for exchange number n
// depends on the seed and on n alone, so that one fault can be taken out and the others stay.

import { createRandom, type Random } from './random.ts';

/** What becomes of one exchange between a function and the world. */
export type Fault =
  /** The far side refuses: nothing is done, an error comes back. */
  | 'refuse'
  /** The request never arrives; the caller waits in vain. */
  | 'lose-request'
  /** It is done, and the answer is lost; the caller waits in vain. */
  | 'lose-reply'
  /** The caller gives up, and it is done later all the same. */
  | 'late'
  /** It is done twice: the first answer was lost, and the client sent it again. */
  | 'twice'
  /** It takes seconds. */
  | 'slow'
  /** The answer is cut or garbled. */
  | 'garble'
  /** The caller is killed before it sends. */
  | 'kill-before'
  /** It is done, and the caller is killed before it hears of it. */
  | 'kill-after'
  /** The caller stands still for a while after it was done. */
  | 'freeze'
  /** It is done, and then every cached row of the table is gone. */
  | 'forget';

/** The kinds of things that are exchanged with. */
export type Peer = 'table' | 'bus' | 'heroku' | 'promotion' | 'invoke';

/** What can go wrong with whom. */
export const APPLICABLE: Readonly<Record<Peer, readonly Fault[]>> = {
  table: [
    'refuse',
    'lose-request',
    'lose-reply',
    'twice',
    'slow',
    'kill-before',
    'kill-after',
    'freeze',
    'forget',
  ],
  bus: [
    'refuse',
    'lose-request',
    'lose-reply',
    'twice',
    'slow',
    'late',
    'kill-before',
    'kill-after',
    'freeze',
  ],
  heroku: ['refuse', 'lose-request', 'lose-reply', 'slow', 'garble', 'kill-before', 'kill-after', 'freeze'],
  promotion: [
    'refuse',
    'lose-request',
    'lose-reply',
    'late',
    'slow',
    'garble',
    'kill-before',
    'kill-after',
    'freeze',
  ],
  invoke: ['lose-request', 'twice', 'late'],
};

export interface Happened {
  /** `io:17` for exchange 17; `act:3` for what a person did. */
  readonly id: string;
  readonly what: string;
}

/** The lot of one exchange. `random`: for how long things take, its own. */
export interface Lot {
  readonly fault: Fault | null;
  readonly random: Random;
}

export interface FaultPlan {
  next(peer: Peer, what: string, now: number): Lot;
  readonly happened: readonly Happened[];
}

export interface SeededFaults {
  readonly seed: string | number;
  /** How likely a fault is at an exchange, by peer and kind: a run has a few kinds, often, rather than all, seldom. */
  readonly odds: (peer: Peer, fault: Fault, what: string) => number;
  /** No faults after this instant, epoch ms. */
  readonly until: number;
  /** Faults taken out, by id. */
  readonly without: ReadonlySet<string>;
}

export function seededFaults({ seed, odds, until, without }: SeededFaults): FaultPlan {
  const happened: Happened[] = [];
  let count = 0;
  return {
    happened,
    next(peer, what, now) {
      count += 1;
      const id = `io:${count}`;
      const random = createRandom(seed, id, 'times');
      if (now >= until || without.has(id)) return { fault: null, random };
      const lot = createRandom(seed, id);
      const fault = APPLICABLE[peer].find((one) => lot.chance(odds(peer, one, what))) ?? null;
      if (fault !== null) happened.push({ id, what: `${fault} at ${what}` });
      return { fault, random };
    },
  };
}

export interface ExchangeSeen {
  /** Counts from 1. */
  readonly number: number;
  readonly peer: Peer;
  readonly what: string;
}

/** Faults at chosen exchanges and at no others: for trying all of them one by one. */
export function chosenFaults(
  chosen: ReadonlyMap<number, Fault>,
): FaultPlan & { readonly seen: readonly ExchangeSeen[] } {
  const happened: Happened[] = [];
  const seen: ExchangeSeen[] = [];
  return {
    happened,
    seen,
    next(peer, what) {
      const number = seen.length + 1;
      seen.push({ number, peer, what });
      const wanted = chosen.get(number) ?? null;
      // After an earlier fault another exchange may have this number.
      const fault = wanted !== null && APPLICABLE[peer].includes(wanted) ? wanted : null;
      if (fault !== null) happened.push({ id: `io:${number}`, what: `${fault} at ${what}` });
      return { fault, random: createRandom(number, 'times') };
    },
  };
}
