// The lifting of holds in words: what will be lifted and what stays, and what moves next because of it. Pure.

import { type Hold, scopeOf, unholdCommand } from '../../domain/hold.ts';
import type { Account } from '../account.ts';
import { explainNext, nextMoves } from '../next.ts';
import { type Block, command, type Explanation, row, strong, words } from '../text.ts';
import { when } from '../time.ts';

interface Sorted {
  readonly account: Account;
  readonly lift: readonly Hold[];
  readonly stay: readonly Hold[];
}

/** Before. `isSure`: false where only AWS can say which of them are the asker's. */
export function explainUnholding(all: readonly Sorted[], isSure: boolean): Explanation {
  return all.map(({ account, lift, stay }) => {
    const title = isSure ? 'Lifting the holds on ' : 'Lifting the holds that AWS says are yours, on ';
    const after = { ...account, holds: account.holds.filter((hold) => !lift.includes(hold)) };
    return [
      [row(0, words(title, strong(account.name)))],
      lift.map((hold) => row(1, isSure ? '· lifts' : '· if yours', holdLine(account, hold))),
      staying(account, stay),
      isSure ? explainNext(after, nextMoves(after)) : [],
    ];
  });
}

/** `account`: as it was right after. */
export function explainUnheld(
  done: readonly {
    readonly account: Account;
    readonly lifted: readonly Hold[];
    readonly stay: readonly Hold[];
  }[],
): Explanation {
  return done.map(({ account, lifted, stay }) => [
    [row(0, words('Lifted on ', strong(account.name), ':'))],
    lifted.map((hold) => row(1, '✓ lifted', holdLine(account, hold))),
    staying(account, stay),
    explainNext(account, nextMoves(account)),
  ]);
}

function holdLine({ name, now }: Account, hold: Hold): string {
  return `the hold on ${scopeOf(hold, { name })} by ${hold.owner}, since ${when(hold.placedAt, now)}: ${hold.reason}`;
}

/** What others placed, or what holds something else: somebody else's decision, or another one. */
function staying(account: Account, stay: readonly Hold[]): Block {
  return stay.map((hold) =>
    row(
      1,
      '! stays',
      words(`${holdLine(account, hold)}. To lift it: `, command(unholdCommand(account.name, [hold]))),
    ),
  );
}
