// What is asked of the function `api`, from the body of a request. Pure.

import * as z from 'zod';
import { expectedOf, problem, problemsOf, shown } from '../../shared/config/problem.ts';
import { HOLD_MS_DEFAULT } from '../../shared/domain/hold.ts';
import { expiryOf } from '../../shared/operations/expiry.ts';

/** What both verbs take. */
export interface Asked {
  /** By name or id. */
  readonly pipeline: string;
  /** Null: every wave. */
  readonly wave: string | null;
  readonly reason: string;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

/** A name or a reason: not empty, without the spaces around it. */
const words = z.string().trim().min(1, { error: 'a few words' });

const asked = { pipeline: words, wave: words.optional(), reason: words };
const resumeBody = z.strictObject(asked);
const holdBody = z.strictObject({
  ...asked,
  expiresAt: z.string({ error: 'an instant with its zone, or null for never' }).nullable().optional(),
});

export function readResume(body: unknown): Read<Asked> {
  const read = shaped(resumeBody, body);
  return read.ok ? { ok: true, value: askedOf(read.value) } : read;
}

/** `expiresAt` is epoch ms, null for never; left out, it is a day from now. */
export function readHold(body: unknown, now: number): Read<Asked & { readonly expiresAt: number | null }> {
  const read = shaped(holdBody, body);
  if (!read.ok) return read;
  const { expiresAt: text } = read.value;
  const until = (expiresAt: number | null) =>
    ({ ok: true, value: { ...askedOf(read.value), expiresAt } }) as const;
  if (text === null) return until(null);
  if (text === undefined) return until(now + HOLD_MS_DEFAULT);
  const expiry = expiryOf(text, now);
  if (expiry.ok) return until(expiry.at);
  return { ok: false, error: problem('body', ['expiresAt'], shown(text), expiry.expected).message };
}

function askedOf({ pipeline, wave, reason }: z.output<typeof resumeBody>): Asked {
  return { pipeline, wave: wave ?? null, reason };
}

function shaped<T>(schema: z.ZodType<T>, body: unknown): Read<T> {
  const parsed = schema.safeParse(body, { error: expectedOf });
  if (parsed.success) return { ok: true, value: parsed.data };
  const [first] = problemsOf('body', body, parsed.error.issues.slice(0, 1));
  return { ok: false, error: first?.message ?? 'body: not in the expected shape' };
}
