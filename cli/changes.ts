// How a hold or a resume reaches the table: written by the command itself, or sent to the function `api` of a deployed
// Sluice, which has AWS say who asks. What sends is loaded only when it is used.

import type { Hold } from '../shared/domain/hold.ts';
import { placeHold, type Resumed, resume } from '../shared/operations/stop.ts';
import { Refusal, UsageError } from './errors.ts';
import type { Send } from './sender.ts';
import type { Context } from './verb.ts';
import type { WhoAndWhy } from './who.ts';

interface Change {
  readonly pipelineId: string;
  /** Null: every wave. */
  readonly wave: string | null;
  readonly reason: string;
}

export interface Changes {
  /** `expiresAt`: epoch ms, null for never. */
  hold(change: Change & { readonly expiresAt: number | null }): Promise<Hold>;
  resume(change: Change): Promise<Resumed>;
}

/** @throws UsageError when the actor is named and AWS is to say it. */
export function changesOf({ data, ports }: Context, { as }: WhoAndWhy): Changes {
  const { table, clock, sender } = data;
  if (sender === null) {
    const who = { actor: as ?? ports.actor };
    const operation = { table, clock, newId: ports.newId };
    return {
      hold: (change) => placeHold({ ...change, ...who }, operation),
      resume: (change) => resume({ ...change, ...who }, operation),
    };
  }
  if (as !== undefined) {
    throw new UsageError(
      `--as: found ${JSON.stringify(as)}, expected nothing: of a deployed Sluice, AWS says who asks, by the credentials. Leave it out, or ask as another: AWS_PROFILE=… npx sluice …`,
    );
  }
  return sentBy(sender);
}

function sentBy(sender: () => Promise<Send>): Changes {
  return {
    async hold({ expiresAt, ...change }) {
      const until = expiresAt === null ? null : new Date(expiresAt).toISOString();
      const answer = await (await sender())('hold', { ...bodyOf(change), expiresAt: until });
      if (isRecord(answer['hold'])) return answer['hold'] as unknown as Hold;
      throw otherAnswer('hold');
    },
    async resume(change) {
      const answer = await (await sender())('resume', bodyOf(change));
      const { lifted, accept, retry } = answer as Partial<Resumed>;
      if (Array.isArray(lifted) && accept !== undefined && retry !== undefined)
        return { lifted, accept, retry };
      throw otherAnswer('resume');
    },
  };
}

function bodyOf({ pipelineId, wave, reason }: Change): Record<string, unknown> {
  return { pipeline: pipelineId, ...(wave !== null && { wave }), reason };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function otherAnswer(verb: string): Refusal {
  return new Refusal(
    `The ${verb} was answered with something else than its record. Whether it was done: sluice status. Is the stack of another version? sluice doctor`,
  );
}
