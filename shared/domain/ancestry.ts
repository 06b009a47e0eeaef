// Which commit contains which, as far as GitHub has said. Pure.

import type { Code } from './past.ts';

/** A question: does the later commit contain everything of the earlier? Both are full commits, in lower case. */
export interface Pair {
  readonly earlier: string;
  readonly later: string;
}

/** Why GitHub has not said something. */
export interface Unsaid {
  /** For people, without a full stop. */
  readonly why: string;
  /** True: GitHub's own trouble, or its limit. It passes by itself. */
  readonly isPassing?: boolean;
}

export interface Ancestry {
  /** What GitHub has said of pairs, by `pairKey`. Two full commits have one answer for ever. */
  readonly contains: Readonly<Record<string, boolean>>;
  /** Why GitHub had no answer, by `pairKey`, of each pair that it was asked about in this look. */
  readonly untold?: Readonly<Record<string, Unsaid>>;
  /** Why nothing more could be asked in this look, about any pair; absent: it could. */
  readonly unread?: Unsaid;
  /** True: no token is set, so nobody can be asked, and the order of deployments is taken for what GitHub has not said. */
  readonly byOrder?: boolean;
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
  const containers = containersIn(contains);
  if (containers(pair.earlier).has(pair.later)) return true;
  return containers(pair.later).has(pair.earlier) ? false : undefined;
}

type ContainersOf = (commit: string) => ReadonlySet<string>;

const known = new WeakMap<Ancestry['contains'], ContainersOf>();

/** All that contains a commit. Made once for each set of answers: a run asks thousands of times. */
function containersIn(contains: Ancestry['contains']): ContainersOf {
  const kept = known.get(contains);
  if (kept !== undefined) return kept;
  const next = new Map<string, string[]>();
  for (const [key, isInside] of Object.entries(contains)) {
    const [earlier = '', later = ''] = key.split('...');
    if (isInside) next.set(earlier, [...(next.get(earlier) ?? []), later]);
  }
  const all = new Map<string, ReadonlySet<string>>();
  const containersOf = (commit: string): ReadonlySet<string> => {
    const told = all.get(commit);
    if (told !== undefined) return told;
    const found = new Set(next.get(commit));
    for (const one of found) for (const other of next.get(one) ?? []) found.add(other);
    all.set(commit, found);
    return found;
  };
  known.set(contains, containersOf);
  return containersOf;
}
