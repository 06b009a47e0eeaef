// Who signed a delivery: the signature header of each sender, and whether one of our secrets made it.
//
// Signatures are over the raw bytes as they came in. The MAC we expect leaves this file in no way: a log or an error
// that carried it would sign for whoever reads it.

import { createHmac, timingSafeEqual } from 'node:crypto';

/** Headers of a request, names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

export type SchemeName = 'github' | 'circleci' | 'heroku' | 'generic';

interface Scheme {
  readonly header: string;
  /** What stands before a MAC. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
  /** A comma-separated list, of which any entry with the prefix may match. */
  readonly list: boolean;
  /** The list holds `t=<unix seconds>`, and `<t>.` is signed before the body. */
  readonly timed: boolean;
}

/**
 * The senders' signature headers.
 *
 * Source: GitHub, "Validating webhook deliveries" (the SHA-1 header `X-Hub-Signature` is never read); CircleCI,
 * "Validate outbound webhooks" (versions other than v1 are never read); Heroku, "App Webhooks". All read 2026-10.
 */
const SCHEMES: Readonly<Record<SchemeName, Scheme>> = {
  github: { header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex', list: false, timed: false },
  circleci: { header: 'circleci-signature', prefix: 'v1=', encoding: 'hex', list: true, timed: false },
  heroku: { header: 'heroku-webhook-hmac-sha256', prefix: '', encoding: 'base64', list: false, timed: false },
  generic: { header: 'x-sluice-signature', prefix: 'v1=', encoding: 'hex', list: true, timed: true },
};

/** How far the time in a timed signature may be from ours, both ways. */
export const TOLERANCE_MS = 5 * 60_000;

/** Why nothing is verified. For our log: a caller is told none of it. */
export type Unverified = 'no signature' | 'malformed signature' | 'stale timestamp' | 'wrong signature';

/** What a request says about its signature; nothing of it is proven yet. */
export type Claim =
  | {
      readonly ok: true;
      readonly scheme: SchemeName;
      readonly macs: readonly string[];
      readonly time: string;
    }
  | { readonly ok: false; readonly why: Unverified };

/**
 * Reads the signature header without a secret, so that a request without one costs no look at the secrets.
 *
 * Units: `now` epoch ms.
 */
export function readClaim(scheme: SchemeName, headers: Headers, now: number): Claim {
  const { header, prefix, encoding, list, timed } = SCHEMES[scheme];
  const value = headers[header];
  if (value === undefined || value === '') return { ok: false, why: 'no signature' };
  const entries = (list ? value.split(',') : [value]).map((entry) => entry.trim());
  // The text is compared, not what it decodes to: base64 has several spellings of the same bytes.
  const form = encoding === 'hex' ? /^[0-9a-f]{64}$/ : /^[0-9A-Za-z+/]{43}=$/;
  const macs = entries
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .filter((mac) => form.test(mac));
  const malformed = { ok: false, why: 'malformed signature' } as const;
  if (macs.length === 0) return malformed;
  if (!timed) return { ok: true, scheme, macs, time: '' };

  const times = entries.filter((entry) => entry.startsWith('t=')).map((entry) => entry.slice(2));
  const [time] = times;
  if (time === undefined || times.length > 1 || !/^\d{1,12}$/.test(time)) return malformed;
  if (Math.abs(Number(time) * 1000 - now) > TOLERANCE_MS) return { ok: false, why: 'stale timestamp' };
  return { ok: true, scheme, macs, time };
}

/**
 * True when one of the secrets signed the body.
 *
 * Shape: `secrets` is the parameter's value, one secret a line, so that an old and a new one are both live while a
 * sender is moved to the new one; blank lines and white space around a secret do not count, and an empty secret never
 * verifies.
 */
export function isSigned(claim: Claim & { ok: true }, body: Uint8Array, secrets: string): boolean {
  const { encoding, timed } = SCHEMES[claim.scheme];
  const live = secrets
    .split(/\r?\n/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  return live.some((secret) => {
    const expected = macOf(secret, timed ? `${claim.time}.` : '', body, encoding);
    return claim.macs.some((mac) => areEqual(mac, expected));
  });
}

/** The `X-Sluice-Signature` of a generic callback, for whoever sends one. */
export function signGeneric(secret: string, body: string | Uint8Array, unixSeconds: number): string {
  return `t=${unixSeconds},v1=${macOf(secret, `${unixSeconds}.`, body, 'hex')}`;
}

function macOf(
  secret: string,
  before: string,
  body: string | Uint8Array,
  encoding: 'hex' | 'base64',
): string {
  return createHmac('sha256', secret).update(before).update(body).digest(encoding);
}

function areEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
