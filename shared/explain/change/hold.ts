// A hold in words: what it will do, and what it has done. Pure.

import { type Hold, scopeOf } from '../../domain/hold.ts';
import { listOf } from '../../domain/words.ts';
import { type Account, shortName } from '../account.ts';
import { nextMoves } from '../next.ts';
import { type Block, command, type Explanation, quiet, row, strong, words } from '../text.ts';
import { when } from '../time.ts';
import { argument } from '../typed.ts';

export interface Holding {
  readonly wave: string | null;
  /** Epoch ms, null for never. */
  readonly expiresAt: number | null;
  /** True when nobody said for how long. */
  readonly isDefault: boolean;
  /** Who holds it, where that was said with `--as`: nobody else's `unhold` lifts it without its id. */
  readonly as?: string;
}

const scopes = (accounts: readonly Account[], wave: string | null): string =>
  listOf(accounts.map(({ name }) => scopeOf({ wave }, { name })));

/** Before it is placed: what would have moved. */
export function explainHolding(accounts: readonly Account[], { wave }: Holding): Explanation {
  const stopped: Block = accounts.flatMap((account) =>
    nextMoves(account, {}, wave)
      .filter(({ state }) => state === 'ready')
      .map((move) =>
        row(1, quiet('stops'), `${account.name}: ${shortName(move)} to ${move.wave}, at the next tick`),
      ),
  );
  return [
    [
      [
        row(
          0,
          words(
            'Holding ',
            strong(scopes(accounts, wave)),
            accounts.length === 1
              ? ': nothing more is promoted to it.'
              : ': nothing more is promoted to them.',
          ),
        ),
      ],
      stopped,
    ],
  ];
}

/** `accounts`: each as it was right after the hold was placed. */
export function explainHeld(
  done: readonly { readonly account: Account; readonly hold: Hold }[],
  { wave, expiresAt, isDefault, as }: Holding,
): Explanation {
  const [first] = done;
  if (first === undefined) return [];
  const { account, hold } = first;
  const hint = isDefault ? quiet(', a day, as nothing else was said: --for, --until, --no-expiry') : '';
  const until = expiresAt === null ? 'somebody lifts it' : when(expiresAt, account.now);
  const names = done.map((one) => one.account.name).join(' ');
  const scope = wave === null ? '' : ` --wave ${wave}`;
  const who = as === undefined ? '' : ` --as ${argument(as)}`;
  const open = done.flatMap((one) => one.account.open.filter(({ to }) => wave === null || to === wave));
  return [
    [
      [
        row(
          0,
          words(
            'Held: ',
            strong(
              scopes(
                done.map((one) => one.account),
                wave,
              ),
            ),
          ),
        ),
      ],
      [
        row(1, quiet('until'), words(until, hint)),
        row(1, quiet('by'), hold.owner),
        row(1, quiet('reason'), hold.reason),
        row(1, quiet('lift it'), command(`sluice unhold ${names}${scope}${who} --reason "…"`)),
        row(1, quiet('next'), 'Nothing moves there until then.'),
      ],
      open.map((attempt) =>
        row(
          0,
          `${shortName(attempt)} is on its way to ${attempt.pipeline} ${attempt.to} already: Heroku finishes what it has begun.`,
        ),
      ),
    ],
  ];
}
