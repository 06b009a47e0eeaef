// What is asked of the function `api`, from the body of a request. Pure.

import * as z from 'zod';
import { expectedOf, problem, problemsOf, shown } from '../../shared/config/problem.ts';
import { HOLD_MS_DEFAULT } from '../../shared/domain/hold.ts';
import { expiryOf } from '../../shared/operations/expiry.ts';

/** What most verbs take. */
export interface Scoped {
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

/** Every run reads the reasons of holds and rejections. */
const reason = words.max(1_000);

const scoped = { pipeline: words, wave: words.optional(), reason };
const scopeBody = z.strictObject(scoped);
const holdBody = z.strictObject({
  ...scoped,
  expiresAt: z.string({ error: 'an instant with its zone, or null for never' }).nullable().optional(),
});
const unholdBody = z.strictObject({ ...scoped, holds: z.array(words).optional() });
const acceptBody = z.strictObject({
  ...scoped,
  seenAt: z.iso.datetime({ offset: true, error: 'an instant with its zone' }).optional(),
  means: words.optional(),
});
const codeBody = z.strictObject({ pipeline: words, commit: words, reason });

export function readScope(body: unknown): Read<Scoped> {
  return then(shaped(scopeBody, body), scopeOf);
}

/** `holds`: ids; empty for what is the caller's own on exactly that scope. */
export function readUnhold(body: unknown): Read<Scoped & { readonly ids: readonly string[] }> {
  return then(shaped(unholdBody, body), (read) => ({ ...scopeOf(read), ids: read.holds ?? [] }));
}

/**
 * `seenAt`: epoch ms, of the decision that the caller had before them. `means`: the id of the Heroku pipeline behind the
 * name, where another one waits there.
 */
export function readAccept(
  body: unknown,
): Read<Scoped & { readonly seenAt?: number; readonly means?: string }> {
  return then(shaped(acceptBody, body), (read) => ({
    ...scopeOf(read),
    ...(read.seenAt !== undefined && { seenAt: Date.parse(read.seenAt) }),
    ...(read.means !== undefined && { means: read.means }),
  }));
}

export function readCode(body: unknown): Read<z.output<typeof codeBody>> {
  return shaped(codeBody, body);
}

/** `expiresAt` is epoch ms, null for never; left out, it is a day from now. */
export function readHold(body: unknown, now: number): Read<Scoped & { readonly expiresAt: number | null }> {
  const read = shaped(holdBody, body);
  if (!read.ok) return read;
  const { expiresAt: text } = read.value;
  const until = (expiresAt: number | null) =>
    ({ ok: true, value: { ...scopeOf(read.value), expiresAt } }) as const;
  if (text === null) return until(null);
  if (text === undefined) return until(now + HOLD_MS_DEFAULT);
  const expiry = expiryOf(text, now);
  if (expiry.ok) return until(expiry.at);
  return { ok: false, error: problem('body', ['expiresAt'], shown(text), expiry.expected).message };
}

function scopeOf({ pipeline, wave, reason }: z.output<typeof scopeBody>): Scoped {
  return { pipeline, wave: wave ?? null, reason };
}

function then<A, B>(read: Read<A>, make: (value: A) => B): Read<B> {
  return read.ok ? { ok: true, value: make(read.value) } : read;
}

function shaped<T>(schema: z.ZodType<T>, body: unknown): Read<T> {
  const parsed = schema.safeParse(body, { error: expectedOf });
  if (parsed.success) return { ok: true, value: parsed.data };
  const [first] = problemsOf('body', body, parsed.error.issues.slice(0, 1));
  return { ok: false, error: first?.message ?? 'body: not in the expected shape' };
}
