// Which commit contains which, as far as GitHub has said. Pure.

import type { Code } from './past.ts';

/** A question: does the later commit contain everything of the earlier? Both are full commits, in lower case. */
export interface Pair {
  readonly earlier: string;
  readonly later: string;
}

export interface Ancestry {
  /** What GitHub has said of pairs, by `pairKey`. Two full commits have one answer for ever. */
  readonly contains: Readonly<Record<string, boolean>>;
  /** Why not all that was wanted could be read this time, without a full stop; absent: it could. */
  readonly unread?: string;
}

/** As GitHub's compare writes it. */
export const pairKey = ({ earlier, later }: Pair): string => `${earlier}...${later}`;

const COMMIT = 'commit:';

/** Null where one of the two has no full commit: GitHub cannot be asked about it. */
export function pairOf(earlier: Code, later: Code): Pair | null {
  if (!earlier.startsWith(COMMIT) || !later.startsWith(COMMIT)) return null;
  return { earlier: earlier.slice(COMMIT.length), later: later.slice(COMMIT.length) };
}

/**
 * What follows from what GitHub has said; undefined: nothing does. What contains something contains all that is in it,
 * and of two different commits one at most contains the other.
 */
export function tells({ contains }: Ancestry, pair: Pair): boolean | undefined {
  const said = contains[pairKey(pair)];
  if (said !== undefined) return said;
  const into = containersOf(contains);
  if (reaches(into, pair.earlier, pair.later)) return true;
  return reaches(into, pair.later, pair.earlier) ? false : undefined;
}

type Containers = ReadonlyMap<string, readonly string[]>;

const known = new WeakMap<Ancestry['contains'], Containers>();

/** For each commit those that are said to contain it. Made once for each set of answers: a run asks thousands of times. */
function containersOf(contains: Ancestry['contains']): Containers {
  const kept = known.get(contains);
  if (kept !== undefined) return kept;
  const into = new Map<string, string[]>();
  for (const [key, isInside] of Object.entries(contains)) {
    const [earlier = '', later = ''] = key.split('...');
    if (isInside) into.set(earlier, [...(into.get(earlier) ?? []), later]);
  }
  known.set(contains, into);
  return into;
}

function reaches(into: Containers, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const commit of seen) {
    if (commit === to) return true;
    for (const next of into.get(commit) ?? []) seen.add(next);
  }
  return false;
}
