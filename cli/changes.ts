// How a change reaches the table: written by the command itself, or sent to the function `api` of a deployed Sluice, which
// has AWS say who asks. What sends is loaded only when it is used.

import type { Hold } from '../shared/domain/hold.ts';
import type { Rejection } from '../shared/domain/rejection.ts';
import type { Accept, Retry } from '../shared/domain/said.ts';
import type { Account } from '../shared/explain/account.ts';
import { accept } from '../shared/operations/accept.ts';
import { allow } from '../shared/operations/allow.ts';
import { placeHold } from '../shared/operations/hold.ts';
import { reject } from '../shared/operations/reject.ts';
import { retry } from '../shared/operations/retry.ts';
import { type Unheld, unhold } from '../shared/operations/unhold.ts';
import type { ChangingVerb } from '../shared/operations/verbs.ts';
import { Refusal, UsageError } from './errors.ts';
import type { Send } from './sender.ts';
import type { Context } from './verb.ts';
import type { WhoAndWhy } from './who.ts';

interface Why {
  readonly reason: string;
}

interface Scope extends Why {
  /** Null: every wave. */
  readonly wave: string | null;
}

export interface Changes {
  /** Null where only AWS can say who asks. */
  readonly actor: string | null;
  /** `expiresAt`: epoch ms, null for never. */
  hold(account: Account, change: Scope & { readonly expiresAt: number | null }): Promise<Hold>;
  unhold(account: Account, change: Scope & { readonly ids: readonly string[] }): Promise<Unheld>;
  /** With what the person was shown: when it was decided, epoch ms, or the Heroku pipeline that waits behind the name. */
  accept(
    account: Account,
    change: Scope & ({ readonly seenAt: number } | { readonly means: string }),
  ): Promise<Accept>;
  retry(account: Account, change: Scope): Promise<Retry>;
  reject(account: Account, change: Why & { readonly commit: string }): Promise<Rejection>;
  allow(account: Account, change: Why & { readonly commit: string }): Promise<readonly Rejection[]>;
}

/** @throws UsageError when the actor is named and AWS is to say it. */
export function changesOf({ data, ports }: Context, { as }: WhoAndWhy): Changes {
  const { table, clock, sender } = data;
  if (sender === null) {
    const actor = as ?? ports.actor;
    const operation = { table, clock, newId: ports.newId };
    return {
      actor,
      hold: (account, change) => placeHold(account, { ...change, actor }, operation),
      unhold: (account, change) => unhold(account, { ...change, actor }, operation),
      accept: (account, change) => accept(account, { ...change, actor }, operation),
      retry: (account, change) => retry(account, { ...change, actor }, operation),
      reject: (account, change) => reject(account, { ...change, actor }, operation),
      allow: (account, change) => allow(account, { ...change, actor }, operation),
    };
  }
  if (as !== undefined) {
    throw new UsageError(
      `--as: found ${JSON.stringify(as)}, expected nothing: of a deployed Sluice, AWS says who asks, by the credentials. Leave it out, or ask as another: AWS_PROFILE=… sluice …`,
    );
  }
  return sentBy(sender);
}

function sentBy(sender: () => Promise<Send>): Changes {
  /** Sends it and takes what the answer has under `name`. */
  const ask = async (
    verb: ChangingVerb,
    account: Account,
    change: object,
  ): Promise<Record<string, unknown>> => (await sender())(verb, { pipeline: account.pipelineId, ...change });
  const record = <T>(verb: ChangingVerb, found: unknown): T => {
    if (typeof found === 'object' && found !== null) return found as T;
    throw otherAnswer(verb);
  };
  const list = <T>(verb: ChangingVerb, found: unknown): readonly T[] => {
    if (Array.isArray(found)) return found as readonly T[];
    throw otherAnswer(verb);
  };
  return {
    actor: null,
    hold: async (account, { expiresAt, ...change }) => {
      const until = expiresAt === null ? null : iso(expiresAt);
      const answer = await ask('hold', account, { ...scopeOf(change), expiresAt: until });
      return record('hold', answer['hold']);
    },
    unhold: async (account, { ids, ...change }) => {
      const holds = ids.length === 0 ? {} : { holds: ids };
      const { lifted, stay } = await ask('unhold', account, { ...scopeOf(change), ...holds });
      return { lifted: list('unhold', lifted), stay: list('unhold', stay) };
    },
    accept: async (account, change) => {
      const shown = 'means' in change ? { means: change.means } : { seenAt: iso(change.seenAt) };
      const answer = await ask('accept', account, { ...scopeOf(change), ...shown });
      return record('accept', answer['accept']);
    },
    retry: async (account, change) =>
      record('retry', (await ask('retry', account, scopeOf(change)))['retry']),
    reject: async (account, change) => record('reject', (await ask('reject', account, change))['rejection']),
    allow: async (account, change) => list('allow', (await ask('allow', account, change))['lifted']),
  };
}

function scopeOf({ wave, reason }: Scope): Record<string, unknown> {
  return { ...(wave !== null && { wave }), reason };
}

const iso = (at: number): string => new Date(at).toISOString();

function otherAnswer(verb: ChangingVerb): Refusal {
  return new Refusal(
    `The ${verb} was answered with something else than its record. Whether it was done: sluice history. Is the stack of another version? sluice doctor`,
  );
}
