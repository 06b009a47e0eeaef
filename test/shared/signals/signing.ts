// The senders' side of the signatures, written from their documents and not with our code.

import { createHmac } from 'node:crypto';
import type { SchemeName } from '../../../shared/signals/signature.ts';
import { T0 } from './payloads.ts';

/** A header and its value. */
export type Signing = readonly [string, string];

/** The header that a sender with the secret puts on the body, at `at` epoch ms. */
export function signed(
  scheme: SchemeName,
  secret: string,
  body: string | Uint8Array,
  at: number = T0,
): Record<string, string> {
  const mac = (before = '') => createHmac('sha256', secret).update(before).update(body);
  const t = Math.floor(at / 1000);
  if (scheme === 'github') return { 'x-hub-signature-256': `sha256=${mac().digest('hex')}` };
  if (scheme === 'circleci') return { 'circleci-signature': `v1=${mac().digest('hex')}` };
  if (scheme === 'heroku') return { 'heroku-webhook-hmac-sha256': mac().digest('base64') };
  return { 'x-sluice-signature': `t=${t},v1=${mac(`${t}.`).digest('hex')}` };
}
