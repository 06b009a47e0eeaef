// The senders' side of the signatures, written from their documents and not with our code.

import { createHmac } from 'node:crypto';
import type { SchemeName } from '../../../shared/signals/signature.ts';
import { T0 } from './payloads.ts';

export interface Signature {
  readonly header: string;
  readonly value: string;
}

/** What a sender with the secret puts on the body, at `at` epoch ms. */
export function signatureOf(
  scheme: SchemeName,
  secret: string,
  body: string | Uint8Array,
  at: number = T0,
): Signature {
  const mac = (before = '') => createHmac('sha256', secret).update(before).update(body);
  if (scheme === 'github') return { header: 'x-hub-signature-256', value: `sha256=${mac().digest('hex')}` };
  if (scheme === 'circleci') return { header: 'circleci-signature', value: `v1=${mac().digest('hex')}` };
  if (scheme === 'heroku') return { header: 'heroku-webhook-hmac-sha256', value: mac().digest('base64') };
  const t = Math.floor(at / 1000);
  return { header: 'x-sluice-signature', value: `t=${t},v1=${mac(`${t}.`).digest('hex')}` };
}

/** The same, as headers. */
export function signed(...of: Parameters<typeof signatureOf>): Record<string, string> {
  const { header, value } = signatureOf(...of);
  return { [header]: value };
}
