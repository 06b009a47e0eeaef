// The identity of signed bytes.

import { createHash } from 'node:crypto';

/** 128 bits of SHA-256 in hex: the same for the same bytes, whoever sends them again. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
