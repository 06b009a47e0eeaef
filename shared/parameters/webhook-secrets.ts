// The secrets of webhook senders, kept for a few minutes, missing ones too: a stranger who tries names costs no reads.

import type { Clock } from '../clock.ts';
import type { ParameterNames } from './names.ts';
import type { ParameterReads, SecretRead } from './port.ts';
import { unreadHint, unreadMessage } from './unread.ts';

export interface WebhookSecrets {
  /**
   * Null: not set. `refused`: the value before did not sign a delivery; it may have been replaced since.
   * @throws Error for one that is set and cannot be read.
   */
  webhookSecret(source: string, refused?: string | null): Promise<string | null>;
}

const KEPT_MS = 5 * 60_000;
/** While they cannot be read, those known are good for this long. */
const GOOD_MS = 60 * 60_000;
/** How soon after a read a missing or replaced secret is looked for again. */
const REREAD_MS = 20_000;

export function createWebhookSecrets({
  parameters,
  names,
  clock,
}: {
  readonly parameters: Pick<ParameterReads, 'secretsUnder'>;
  readonly names: ParameterNames;
  readonly clock: Clock;
}): WebhookSecrets {
  let kept: { readonly at: number; readonly values: ReadonlyMap<string, Known> } | null = null;
  /** One that cannot be read for the moment is what it was. */
  const known = (one: SecretRead, now: number): Known => {
    if (one.unread === undefined) return { value: one.value, readAt: now };
    const before = kept?.values.get(one.name);
    const isGood = before !== undefined && 'value' in before && now - before.readAt < GOOD_MS;
    return isGood ? before : { unread: one.unread };
  };
  const read = async (maxAgeMs: number): Promise<ReadonlyMap<string, Known>> => {
    const now = clock.now();
    if (kept !== null && now - kept.at < maxAgeMs) return kept.values;
    try {
      const found = await parameters.secretsUnder(names.webhooks);
      kept = { at: now, values: new Map(found.map((one) => [one.name, known(one, now)])) };
      return kept.values;
    } catch (error) {
      // GitHub does not send again what could not be verified in a moment of trouble.
      if (kept === null || now - kept.at >= GOOD_MS) throw error;
      return kept.values;
    }
  };
  return {
    async webhookSecret(source, refused) {
      const name = names.webhook(source);
      const first = (await read(KEPT_MS)).get(name);
      if (first !== undefined && 'value' in first && first.value !== refused) return first.value;
      const again = (await read(REREAD_MS)).get(name);
      if (again === undefined) return null;
      if ('value' in again) return again.value;
      throw new Error(`${unreadMessage(name, again.unread)} ${unreadHint(names.prefix)}`);
    },
  };
}

type Known = { readonly value: string; readonly readAt: number } | { readonly unread: string };
