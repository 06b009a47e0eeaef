// What every sender of webhooks has in common: a verified delivery goes in, the facts it tells come out. Pure.

import * as z from 'zod';
import { expectedOf, problemsOf } from '../config/problem.ts';
import { commitKey, isFullCommit, type Signal } from './signal.ts';
import type { Headers, SchemeName } from './signature.ts';

/** A delivery whose signature was verified. */
export interface Delivery {
  /** The body as parsed from JSON. */
  readonly body: unknown;
  /** Not signed by any sender: good for telling events apart, not for facts or for identity. */
  readonly headers: Headers;
  /** Of the signed bytes: the identity of a delivery whose sender puts none under its signature. */
  readonly digest: string;
  /** Epoch ms. */
  readonly receivedAt: number;
}

export interface Reading {
  readonly ok: true;
  /** The same for every delivery of the same event, a replayed one included: it comes from what was signed. */
  readonly deliveryId: string;
  readonly signals: readonly Omit<Signal, 'receivedAt'>[];
  /** Commits, app names and app ids that a pipeline may want to be woken for. Empty: the delivery is of no use. */
  readonly concerns: readonly string[];
  /** What it was, in our words, for the log; never what the sender wrote in the body. */
  readonly note: string;
}

/** A verified delivery of an event we use, in a shape we cannot read. */
export interface Misshapen {
  readonly ok: false;
  /** Where in the body, for the log: keys that we know, never the sender's own. */
  readonly path: string;
  /** For the sender: path, what was found, what is expected; at most 300 characters. */
  readonly message: string;
}

export interface Sender {
  /** The signature it uses. */
  readonly scheme: SchemeName;
  parse(delivery: Delivery): Reading | Misshapen;
}

/** A delivery that tells nothing we use. */
export function ignored(deliveryId: string, note: string): Reading {
  return { ok: true, deliveryId, signals: [], concerns: [], note };
}

/** A delivery that tells one result about a commit. */
export function resultOf(
  signal: Omit<Signal, 'receivedAt' | 'app'> & { commit: string },
  note: string,
): Reading {
  const { deliveryId, commit } = signal;
  return { ok: true, deliveryId, signals: [{ ...signal, app: null }], concerns: [commit], note };
}

const MESSAGE_LENGTH_MAX = 300;

/** The body in the schema's shape, or the first thing wrong with it. */
export function shape<T>(
  schema: z.ZodType<T>,
  body: unknown,
): { readonly ok: true; readonly value: T } | Misshapen {
  const parsed = schema.safeParse(body, { error: expectedOf });
  if (parsed.success) return { ok: true, value: parsed.data };
  const { issues } = parsed.error;
  const [problem] = problemsOf('body', body, issues.slice(0, 1));
  const message = problem?.message ?? 'body: not in the expected shape';
  return { ok: false, path: issues[0]?.path.join('.') ?? '', message: message.slice(0, MESSAGE_LENGTH_MAX) };
}

/** Of a vendor: a full commit in lower case; null for anything else, which no result can be looked up by. */
export const fullCommit = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && isFullCommit(value) ? value.toLowerCase() : null));

/** Of a vendor: a whole number that can order; null for anything else. */
export const number = z
  .unknown()
  .optional()
  .transform((value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null));

const NAME_LENGTH_MAX = 1_000;

/** Of a vendor: a name, cut where it is endless; null for none. */
export const looseName = z
  .unknown()
  .optional()
  .transform((value) =>
    typeof value === 'string' && value.trim() !== '' ? value.slice(0, NAME_LENGTH_MAX) : null,
  );

const INSTANT = 'an ISO-8601 time with its offset, like 2026-11-23T10:00:00Z';
/** Epoch ms from ISO-8601. The year 1, which some senders mean as "never", is no time. */
export const instant = z.iso
  .datetime({ offset: true, error: INSTANT })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0, { error: INSTANT });

/** Of a vendor: a time; null for anything else, the year 1 included. */
export const looseInstant = z
  .unknown()
  .optional()
  .transform((value) => instant.safeParse(value).data ?? null);

const NAME = 'a name of 1 to 255 characters';
export const name = z.string({ error: NAME }).min(1, { error: NAME }).max(255, { error: NAME });

const COMMIT = 'a commit, of 1 to 255 characters';
/** Of a generic callback: whatever Heroku shows as the commit; a full one in lower case. */
export const commit = z
  .string({ error: COMMIT })
  .min(1, { error: COMMIT })
  .max(255, { error: COMMIT })
  .transform(commitKey);

const ID = 'an id of at most 128 letters, digits and -';
/** A sender's id of an event. */
export const eventId = z.string({ error: ID }).regex(/^[\w.:-]{1,128}$/, { error: ID });

const URL_LENGTH_MAX = 2_000;

/** True for what may become a link on a page: http or https, and not endless. */
export function isWebUrl(text: string): boolean {
  return text.length <= URL_LENGTH_MAX && /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** A link where the sender gives a usable one; a bad link is no reason to refuse a result. */
export const link = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && isWebUrl(value) ? value : null));
