// An accept in words: what will count from now on, and what moves next because of it. Pure.

import type { Stand } from '../../domain/attempt.ts';
import type { NameRecord } from '../../table/port.ts';
import { type Account, shortName } from '../account.ts';
import { explainNext, nextMoves } from '../next.ts';
import { type Explanation, quiet, row, type Section, strong, words } from '../text.ts';
import { when } from '../time.ts';

interface Accepted {
  readonly account: Account;
  readonly stands: readonly Stand[];
  readonly wave: string | null;
  readonly seenAt: number;
  /** Another Heroku pipeline behind the name, where the word is about that. */
  readonly waiting: Pick<NameRecord, 'pipelineId' | 'stranger'> | null;
}

export function explainAccepting(all: readonly Accepted[]): Explanation {
  return all.map((one) => {
    const { account, stands, wave, seenAt, waiting } = one;
    if (waiting !== null) return meaning('Accepting', '· accepts', account, waiting);
    return [
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
    ];
  });
}

export function explainAccepted(all: readonly Accepted[]): Explanation {
  return all.map((one) => {
    const { account, stands, wave, waiting } = one;
    if (waiting !== null) return meaning('Accepted', '✓ accepted', account, waiting);
    return [
      [row(0, words('Accepted on ', strong(scope(account, wave)), '; what was taken back stays rejected.'))],
      stands.map((stand) => row(1, '✓ accepted', sentence(account, stand))),
      explainNext(account, nextMoves(account, { accepted: stands }, wave)),
    ];
  });
}

function meaning(
  verb: 'Accepting' | 'Accepted',
  mark: string,
  { name }: Account,
  { pipelineId: before, stranger }: NonNullable<Accepted['waiting']>,
): Section {
  return [
    [row(0, words(`${verb} on `, strong(name), ':'))],
    [
      row(
        1,
        mark,
        `${name} means Heroku pipeline ${stranger?.pipelineId} (${stranger?.herokuName}) from now on, and ${before} no more; what was said of that one counts still, and nothing else is let count`,
      ),
    ],
    [row(1, quiet('next'), 'No run has looked at it yet: the next tick does.')],
  ];
}

const scope = ({ name }: Account, wave: string | null): string => (wave === null ? name : `${name} ${wave}`);

function sentence({ decision }: Account, { app, artifact, isAside }: Stand): string {
  const entry = decision?.waves.flatMap((one) => one.apps).find((one) => one.app.id === app.id);
  const what = shortName({ artifact, commit: entry?.artifact === artifact ? entry.commit : null });
  return isAside
    ? `${what} on ${app.name}: what it was put in the place of goes on; that app stays as it is`
    : `${what} on ${app.name}: from now on it counts as brought by the pipeline`;
}
