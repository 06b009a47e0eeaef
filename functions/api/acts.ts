// What each verb does with a request, and the records it answers with.

import type { Account } from '../../shared/explain/account.ts';
import { type Cleared, nextMoves } from '../../shared/explain/next.ts';
import { accept } from '../../shared/operations/accept.ts';
import { allow } from '../../shared/operations/allow.ts';
import { placeHold } from '../../shared/operations/hold.ts';
import { checkHoldable, findPipeline, readAccount } from '../../shared/operations/pipelines.ts';
import { reject } from '../../shared/operations/reject.ts';
import type { OperationPorts } from '../../shared/operations/request.ts';
import { retry } from '../../shared/operations/retry.ts';
import { unhold } from '../../shared/operations/unhold.ts';
import type { ChangingVerb } from '../../shared/operations/verbs.ts';
import { type Read, readAccept, readCode, readHold, readScope, readUnhold } from './request.ts';

export interface Done {
  /** For the log: `router`, `router world`. */
  readonly scope: string;
  readonly pipeline: string;
  readonly records: Readonly<Record<string, unknown>>;
}

type Act = (body: unknown, actor: string, ports: OperationPorts) => Promise<Read<Done>>;

interface Asked {
  readonly pipeline: string;
  readonly wave?: string | null;
}

/** Reads the body, finds the pipeline, does it, and looks at what moves next. */
function act<A extends Asked>(
  read: (body: unknown, now: number) => Read<A>,
  perform: (
    account: Account,
    asked: A & { readonly actor: string },
    ports: OperationPorts,
  ) => Promise<{
    readonly records: Done['records'];
    readonly cleared?: Cleared;
    /** It is about another Heroku pipeline from now on: what moves next, the next tick tells. */
    readonly isAnother?: boolean;
  }>,
): Act {
  return async (body, actor, ports) => {
    const { table, clock } = ports;
    const asked = read(body, clock.now());
    if (!asked.ok) return asked;
    const { pipeline, wave = null } = asked.value;
    const view = await findPipeline(table, pipeline);
    const account = await readAccount(table, view, clock.now());
    const { records, cleared, isAnother = false } = await perform(account, { ...asked.value, actor }, ports);
    // What began while it was being done is told too.
    const after = await readAccount(table, view, clock.now());
    const scope = wave === null ? view.name : `${view.name} ${wave}`;
    const next = isAnother ? [] : nextMoves(after, cleared, wave);
    const all = 'hold' in records ? { ...records, openAttempts: after.open, next } : { ...records, next };
    return { ok: true, value: { scope, pipeline: view.name, records: all } };
  };
}

export const ACTS: Readonly<Record<ChangingVerb, Act>> = {
  hold: act(readHold, async (account, asked, ports) => {
    if (asked.wave !== null) checkHoldable(account, asked.wave);
    return { records: { hold: await placeHold(account, asked, ports) } };
  }),
  unhold: act(readUnhold, async (account, asked, ports) => ({
    records: { ...(await unhold(account, asked, ports)) },
  })),
  accept: act(readAccept, async (account, asked, ports) => {
    const word = await accept(account, asked, ports);
    const isAnother = word.means !== undefined;
    return { records: { accept: word }, cleared: { accepted: word.accepted }, isAnother };
  }),
  retry: act(readScope, async (account, asked, ports) => {
    const word = await retry(account, asked, ports);
    return { records: { retry: word }, cleared: { retried: word.retried } };
  }),
  reject: act(readCode, async (account, asked, ports) => ({
    records: { rejection: await reject(account, asked, ports) },
  })),
  allow: act(readCode, async (account, asked, ports) => ({
    records: { lifted: await allow(account, asked, ports) },
  })),
};
