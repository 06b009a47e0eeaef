// Rejects one code: it goes no further, and newer ones pass it by. Does nothing else.

import { isAbout, isRejecting, type Rejection } from '../domain/rejection.ts';
import { instant } from '../domain/words.ts';
import type { Account } from '../explain/account.ts';
import { type Code, findCode, inPlay } from './code.ts';
import { OperationRefused } from './refused.ts';
import { type Asker, type OperationPorts, tellRuns } from './request.ts';

/** `takesUnknown`: a whole commit is taken though nothing in play has it. @throws OperationRefused for code that cannot be told, and for what a person has rejected already. */
export function rejecting(account: Account, asked: string, takesUnknown = true): Code {
  const code = findCode(account.name, asked, inPlay(account), takesUnknown);
  const before = account.rejections.find(
    (one) => one.why === 'person' && isRejecting(one) && isAboutCode(one, code),
  );
  if (before === undefined) return code;
  throw new OperationRefused(
    'senseless',
    `${code.name} of ${account.name} is rejected already: by ${before.actor} at ${instant(before.at)}: ${before.reason}`,
  );
}

export function isAboutCode(rejection: Rejection, { artifact, commit, label }: Code): boolean {
  return isAbout(rejection, {
    artifact: artifact ?? '',
    commit: artifact === null ? (commit ?? label) : null,
  });
}

export async function reject(
  account: Account,
  { commit: asked, reason, actor }: Asker & { readonly commit: string },
  ports: OperationPorts,
): Promise<Rejection> {
  const { pipelineId } = account;
  const { artifact, commit } = rejecting(account, asked);
  const at = ports.clock.now();
  const rejection: Rejection = {
    id: ports.newId(at),
    pipelineId,
    artifact,
    commit,
    why: 'person',
    actor,
    reason,
    at,
    app: null,
    releaseId: null,
    liftedAt: null,
    liftedBy: null,
  };
  await ports.table.writeRejection(rejection);
  await tellRuns(account, 'reject', ports);
  return rejection;
}
