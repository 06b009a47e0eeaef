// Whether a live secret of the sender signed the request. The caller learns yes or no, the log learns why not.

import type { Log } from '../../shared/events.ts';
import { DEFAULT_PREFIX, setSecretCommand } from '../../shared/parameters/names.ts';
import type { Route } from '../../shared/signals/route.ts';
import { type Headers, isSigned, readClaim } from '../../shared/signals/signature.ts';
import type { WebhookPorts } from './handler.ts';

interface Signed {
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** Epoch ms. */
  readonly receivedAt: number;
}

interface VerifyPorts {
  readonly secrets: WebhookPorts['secrets'];
  readonly log: Log;
  readonly prefix?: string;
}

export type Proof = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Never throws for what a caller sends; errors of the secrets pass through. */
export async function verify(
  { source, sender }: Route,
  { headers, bytes, receivedAt }: Signed,
  { secrets, log, prefix = DEFAULT_PREFIX }: VerifyPorts,
): Promise<Proof> {
  const claim = readClaim(sender.scheme, headers, receivedAt);
  if (!claim.ok) return claim;
  const secret = await secrets.webhookSecret(source);
  if (secret === null || secret.trim() === '') {
    const command = setSecretCommand(`webhooks/${source}`, prefix);
    log('warn', `There is no secret for ${source}, so nothing it sends can be verified. Set it: ${command}`, {
      source,
    });
    return { ok: false, why: 'no secret' };
  }
  if (isSigned(claim, bytes, secret)) return { ok: true };
  // It may have been replaced since it was read.
  const newer = await secrets.webhookSecret(source, secret);
  const isNewer = newer !== null && newer !== secret && isSigned(claim, bytes, newer);
  return isNewer ? { ok: true } : { ok: false, why: 'wrong signature' };
}
