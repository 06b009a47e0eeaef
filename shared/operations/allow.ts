// Takes rejections of one code back, and does nothing else: whoever rejected it, and whether by word or by a rollback.

import { fullCommit } from '../domain/past.ts';
import { isRejecting, type Rejection } from '../domain/rejection.ts';
import type { Account } from '../explain/account.ts';
import { type Code, codesOf, findCode, inPlay, isOneOf, listed } from './code.ts';
import { OperationRefused } from './refused.ts';
import { isAboutCode } from './reject.ts';
import { type Asker, liftBy, type OperationPorts, tellRuns } from './request.ts';

export interface Allowing {
  readonly code: Code;
  readonly rejections: readonly Rejection[];
}

/** @throws OperationRefused for what is not rejected. */
export function allowing(account: Account, asked: string): Allowing {
  const active = account.rejections.filter(isRejecting);
  const rejected = codesOf(active.map((one) => asKnown(one, account)));
  try {
    const code = findCode(account.name, asked, rejected, false);
    return { code, rejections: active.filter((one) => isAboutCode(one, code)) };
  } catch (error) {
    if (!(error instanceof OperationRefused && error.kind === 'nothing')) throw error;
    throw new OperationRefused('nothing', notRejected(account, asked, rejected));
  }
}

function notRejected(account: Account, asked: string, rejected: readonly Code[]): string {
  const known = isOneOf(asked, inPlay(account)) ? 'is not rejected' : 'is not known';
  const what = `${JSON.stringify(asked)} ${known} on ${account.name}`;
  const those = rejected.length === 0 ? 'Nothing is rejected there' : `Rejected there: ${listed(rejected)}`;
  return `Commit ${what}. ${those}.`;
}

/** With what Heroku shows in place of a full commit: it is told by that. */
function asKnown(
  { artifact, commit }: Rejection,
  { commits }: Account,
): Pick<Rejection, 'artifact' | 'commit'> {
  const label = artifact === null ? null : (commits[artifact] ?? null);
  return { artifact, commit: commit ?? (fullCommit(label) === null ? label : null) };
}

export async function allow(
  account: Account,
  asker: Asker & { readonly commit: string },
  ports: OperationPorts,
): Promise<readonly Rejection[]> {
  const by = liftBy(asker, ports.clock.now());
  const lifted: Rejection[] = [];
  for (const one of allowing(account, asker.commit).rejections) {
    if ((await ports.table.liftRejection(one, by)) === 'won') {
      lifted.push({ ...one, liftedAt: by.at, liftedBy: by.by, liftReason: by.reason });
    }
  }
  if (lifted.length > 0) await tellRuns(account, 'allow', ports);
  return lifted;
}
