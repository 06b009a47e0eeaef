// A soak that hangs on what GitHub has not said: which commit, why GitHub has not said it, and when it is asked again.

import { pairKey } from '../domain/ancestry.ts';
import { nameOf } from '../domain/facts.ts';
import { unknown, type Verdict } from '../domain/verdict.ts';
import type { Question } from './check.ts';

const short = (commit: string): string => commit.slice(0, 8);

const DEPLOYED = 'sluice doctor   (tells whether GitHub can be asked)';

/** What GitHub has not said counts for nothing. Why it has not may change from one look to the next, and is no news. */
export function untold({ candidate, facts }: Question, remedy = DEPLOYED): Verdict {
  const { untold: whys = {}, unread } = facts.ancestry ?? {};
  const asked = candidate.untold.find((pair) => whys[pairKey(pair)] !== undefined);
  const { earlier, later } = asked ?? candidate.untold[0] ?? { earlier: '', later: '' };
  const unsaid = (asked && whys[pairKey(asked)]) ?? unread;
  const what = `whether ${short(later)} contains ${short(earlier)}, and the soak of ${nameOf(facts, candidate.artifact)} hangs on it`;
  const parts = { check: 'soak', about: 'source' as const, key: 'GitHub has not said' };
  if (unsaid === undefined) {
    return unknown({
      ...parts,
      reason: `GitHub has not been asked yet ${what}: more had to be asked than one look asks. The next look goes on.`,
    });
  }
  return unknown({
    ...parts,
    reason: `GitHub has not said ${what}: ${unsaid.why}. It is asked again at the next look, and until it has said so no time inside later code counts.`,
    unblock: unsaid.isPassing ? null : remedy,
    isSlow: true,
  });
}
