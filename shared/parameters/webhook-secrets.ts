// The secrets of webhook senders, kept for a few minutes, missing ones too: a stranger who tries names costs no reads.

import type { Clock } from '../clock.ts';
import type { ParameterNames } from './names.ts';
import type { ParameterReads } from './port.ts';

export interface WebhookSecrets {
  /** Null: not set. `refused`: the value before did not sign a delivery; it may have been replaced since. */
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
  let kept: { readonly at: number; readonly values: ReadonlyMap<string, string> } | null = null;
  const read = async (maxAgeMs: number): Promise<ReadonlyMap<string, string>> => {
    const now = clock.now();
    if (kept !== null && now - kept.at < maxAgeMs) return kept.values;
    try {
      const found = await parameters.secretsUnder(names.webhooks);
      kept = { at: now, values: new Map(found.map((one) => [one.name, one.value])) };
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
      const known = (await read(KEPT_MS)).get(name) ?? null;
      if (known !== null && known !== refused) return known;
      return (await read(REREAD_MS)).get(name) ?? null;
    },
  };
}
