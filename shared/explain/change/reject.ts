// Rejections and their lifting in words: what goes no further, or may again, and what moves next because of it. Pure.

import { allowCommand, type Rejection } from '../../domain/rejection.ts';
import { instant } from '../../domain/words.ts';
import type { Code } from '../../operations/code.ts';
import type { Account } from '../account.ts';
import { explainNext, type Next, nextMoves } from '../next.ts';
import { type Block, command, type Explanation, quiet, row, strong, words } from '../text.ts';

interface About {
  readonly account: Account;
  readonly code: Code;
}

export function explainRejecting(all: readonly About[]): Explanation {
  return all.map(({ account, code }) => [
    [row(0, words('Rejecting ', strong(named(code)), ` on ${account.name}: it goes no further.`))],
    unknown(code),
    isNext(account, code).map(({ wave }) => row(1, '· stops', `${code.name} to ${wave}`)),
  ]);
}

/** `account`: as it was right after. */
export function explainRejected(all: readonly About[]): Explanation {
  return all.map(({ account, code }) => {
    const others = nextMoves(account).filter((move) => !isOf(move, code));
    const passed = isNext(account, code).map(({ wave }) =>
      row(1, quiet('next'), `${wave}: something else in its place, if there is any; the next tick looks`),
    );
    const open = account.open.filter((attempt) => isOf(attempt, code));
    return [
      [row(0, words('Rejected: ', strong(named(code)), ` on ${account.name}; newer ones pass it by.`))],
      unknown(code),
      open.map(({ to }) => row(1, '! already', `on its way to ${to}: Heroku finishes what it has begun`)),
      [row(1, quiet('take it back'), command(allowCommand(account.name, code.name)))],
      passed,
      others.length === 0 ? [] : explainNext(account, others),
    ];
  });
}

/** `isDone`: false before it is. */
export function explainAllow(
  all: readonly (About & { readonly rejections: readonly Rejection[] })[],
  isDone: boolean,
): Explanation {
  return all.map(({ account, code, rejections }) => {
    const lifted = new Set(rejections.map(({ id }) => id));
    const after = { ...account, rejections: account.rejections.filter(({ id }) => !lifted.has(id)) };
    return [
      [
        row(
          0,
          words(isDone ? 'Allowed again: ' : 'Allowing again: ', strong(named(code)), ` on ${account.name}`),
        ),
      ],
      rejections.map((one) => row(1, isDone ? '✓ lifted' : '· lifts', sentence(one))),
      explainNext(after, nextMoves(after)),
    ];
  });
}

const named = ({ commit, artifact, name }: Code): string => commit ?? (artifact === null ? name : artifact);

function sentence({ why, actor, at, app, reason }: Rejection): string {
  const what = why === 'person' ? 'the rejection' : `the rollback${app === null ? '' : ` of ${app.name}`}`;
  return `${what} by ${actor} at ${instant(at)}: ${reason}`;
}

function unknown({ isInPlay }: Code): Block {
  return isInPlay
    ? []
    : [row(1, '! unseen', 'nothing in play has this commit; it counts from when it comes')];
}

function isOf({ artifact, commit }: Pick<Next, 'artifact' | 'commit'>, code: Code): boolean {
  return code.artifact === artifact || (code.commit !== null && commit?.toLowerCase() === code.commit);
}

const isNext = (account: Account, code: Code): readonly Next[] =>
  nextMoves(account).filter((move) => move.state !== 'promoting' && isOf(move, code));
