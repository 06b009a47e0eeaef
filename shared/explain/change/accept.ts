// An accept in words: what will count from now on, and what moves next because of it. Pure.

import type { Stand } from '../../domain/attempt.ts';
import { type Account, shortName } from '../account.ts';
import { explainNext, nextMoves } from '../next.ts';
import { type Explanation, row, strong, words } from '../text.ts';
import { when } from '../time.ts';

interface Accepted {
  readonly account: Account;
  readonly stands: readonly Stand[];
  readonly wave: string | null;
}

export function explainAccepting(all: readonly (Accepted & { readonly seenAt: number })[]): Explanation {
  return all.map(({ account, stands, wave, seenAt }) => [
    [
      row(
        0,
        words(
          'Accepting on ',
          strong(scope(account, wave)),
          `, as it was seen ${when(seenAt, account.now)}:`,
        ),
      ),
    ],
    stands.map((stand) => row(1, '· accepts', sentence(account, stand))),
    explainNext(account, nextMoves(account, { accepted: stands }, wave)),
  ]);
}

export function explainAccepted(all: readonly Accepted[]): Explanation {
  return all.map(({ account, stands, wave }) => [
    [row(0, words('Accepted on ', strong(scope(account, wave)), '; what was taken back stays rejected.'))],
    stands.map((stand) => row(1, '✓ accepted', sentence(account, stand))),
    explainNext(account, nextMoves(account, { accepted: stands }, wave)),
  ]);
}

const scope = ({ name }: Account, wave: string | null): string => (wave === null ? name : `${name} ${wave}`);

function sentence({ decision }: Account, { app, artifact, isAside }: Stand): string {
  const entry = decision?.waves.flatMap((one) => one.apps).find((one) => one.app.id === app.id);
  const what = shortName({ artifact, commit: entry?.artifact === artifact ? entry.commit : null });
  return isAside
    ? `${what} on ${app.name}: what it was put in the place of goes on; that app stays as it is`
    : `${what} on ${app.name}: from now on it counts as brought by the pipeline`;
}
