// The body of a request: the bytes that were signed, and the JSON in them. Nothing is parsed before it is verified.

import { createHash } from 'node:crypto';
import type { UrlEvent } from './url.ts';

/** The bytes as the sender sent them. Lambda hands a body over in base64 whenever it is not plain text. */
export function bytesOf({ body, isBase64Encoded }: UrlEvent): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
}

/** The identity of the bytes: 128 bits of SHA-256 in hex, the same whoever sends them again. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** The JSON of a body: GitHub's default is a form with the JSON in its field `payload`. What is signed stays the bytes. */
export function jsonBytesOf(bytes: Buffer, contentType = ''): Buffer {
  const isForm =
    /^\s*application\/x-www-form-urlencoded\b/i.test(contentType) || bytes.subarray(0, 8).equals(FORM);
  if (!isForm) return bytes;
  const payload = new URLSearchParams(bytes.toString('utf8')).get('payload');
  return payload === null ? bytes : Buffer.from(payload);
}

const FORM = Buffer.from('payload=');

/** GitHub's deepest event nests 7 levels. */
export const JSON_DEPTH_MAX = 32;

export type JsonRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

const NOT_JSON = { ok: false, error: 'The body is not JSON in UTF-8.' } as const;

export function readJson(bytes: Uint8Array): JsonRead {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (isDeeperThan(text, JSON_DEPTH_MAX)) {
      return { ok: false, error: `The body nests deeper than ${JSON_DEPTH_MAX} levels.` };
    }
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return NOT_JSON;
  }
}

/** Looks at the text, so that what is too deep is never built. */
function isDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > max) return true;
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return false;
}
