// A retry in words: which apps may be given again what they failed to take, and what moves next because of it. Pure.

import type { Retry } from '../../domain/said.ts';
import { shortId } from '../../domain/words.ts';
import type { Account } from '../account.ts';
import { explainNext, nextMoves } from '../next.ts';
import { type Explanation, row, strong, words } from '../text.ts';

interface Retried {
  readonly account: Account;
  readonly retried: Retry['retried'];
  readonly wave: string | null;
}

/** `isDone`: false before it is. */
export function explainRetry(all: readonly Retried[], isDone: boolean): Explanation {
  return all.map(({ account, retried, wave }) => {
    const scope = wave === null ? account.name : `${account.name} ${wave}`;
    return [
      [row(0, words(isDone ? 'Tried again on ' : 'Trying again on ', strong(scope), ':'))],
      retried.map(({ app, attemptId }) =>
        row(
          1,
          isDone ? '✓ again' : '· again',
          `${app.name} may be given what it failed to take (attempt ${shortId(attemptId)})`,
        ),
      ),
      explainNext(account, nextMoves(account, { retried }, wave)),
    ];
  });
}
