// What the foreign Heroku makes of a request: lists are cut into short pages, and a promotion has to be spelled exactly.

import type { IncomingMessage } from 'node:http';
import type { Row } from './rows.ts';

/** Heroku gives at most 1,000 rows a page, and may give fewer than it is asked for. */
const PAGE = 2;

export class Refusal extends Error {
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.status = status;
    this.id = id;
  }
}

export function notFound(what: string): never {
  throw new Refusal(404, 'not_found', `Couldn't find that ${what}.`);
}

export function invalid(message: string): never {
  throw new Refusal(422, 'invalid_params', message);
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

const RANGE = /^(\w+) (\]?)([^\s.;]*)\.\.(?:; ?(.*))?$/;

/** A list by its `Range`; `by` are the properties that it can be sorted by. By id, when nothing is asked. */
export function page(rows: readonly Row[], range = 'id ..', by: readonly string[]): Answer {
  const [, property = '', exclusive, from = '', options = ''] = RANGE.exec(range) ?? [];
  if (!by.includes(property)) {
    throw new Refusal(416, 'requested_range_not_satisfiable', `Cannot list by "${range}".`);
  }
  const order = /order=desc/.test(options) ? -1 : 1;
  const max = Number(/max=(\d+)/.exec(options)?.[1] ?? 200);
  const sorted = rows.toSorted((a, b) => order * compare(a[property], b[property]));
  const rest = sorted.filter((row) => {
    const side =
      from === ''
        ? 1
        : order * compare(row[property], typeof row[property] === 'number' ? Number(from) : from);
    return exclusive === ']' ? side > 0 : side >= 0;
  });
  const body = rest.slice(0, Math.min(max, PAGE));
  const headers = { 'Accept-Ranges': by.join(', ') };
  if (body.length === rest.length) return { status: 200, body, headers };
  const next = `${property} ]${body.at(-1)?.[property]}..; max=${max}${order < 0 ? ', order=desc' : ''}`;
  return { status: 206, body, headers: { ...headers, 'Next-Range': next } };
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

export interface Wanted {
  readonly pipeline: { readonly id: string };
  readonly source: { readonly app: { readonly id: string }; readonly release: { readonly id: string } };
  readonly targets: readonly { readonly app: { readonly id: string } }[];
}

/** Nothing but ids, and every one of them: an unpinned promotion takes whatever is current when it comes in. */
export function promotionOf(text: string): Wanted {
  const body = record(parsed(text), 'pipeline', 'source', 'targets');
  const source = record(body['source'], 'app', 'release');
  const { targets } = body;
  if (!Array.isArray(targets)) invalid('targets must be a list.');
  return {
    pipeline: reference(body['pipeline']),
    source: { app: reference(source['app']), release: reference(source['release']) },
    targets: targets.map((target) => ({ app: reference(record(target, 'app')['app']) })),
  };
}

function reference(value: unknown): { readonly id: string } {
  const { id } = record(value, 'id');
  return typeof id === 'string' ? { id } : invalid('An id must be a text.');
}

/** An object with those keys and no others. */
function record(value: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) invalid(`Expected an object with ${keys.join(', ')}.`);
  const found = Object.keys(value).sort().join();
  return found === keys.toSorted().join()
    ? { ...value }
    : invalid(`Expected ${keys.join(', ')}, found ${found}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'bad_request', 'The body is not JSON.');
  }
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
