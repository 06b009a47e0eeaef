// What a sender makes of a verified delivery.

import type { Misshapen, Reading, Sender } from '../../../shared/signals/sender.ts';
import { T0 } from './payloads.ts';

export function parse(
  sender: Sender,
  body: unknown,
  headers: Record<string, string> = {},
): Reading | Misshapen {
  return sender.parse({ body, headers, digest: 'digest', receivedAt: T0 });
}

/** Of a delivery that can be read. */
export function read(sender: Sender, body: unknown, headers: Record<string, string> = {}): Reading {
  const parsed = parse(sender, body, headers);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

/** What is wrong with a delivery that cannot. */
export function problemOf(sender: Sender, body: unknown, headers: Record<string, string> = {}): string {
  const parsed = parse(sender, body, headers);
  if (parsed.ok) throw new Error(`It was read: ${parsed.note}`);
  return parsed.message;
}
