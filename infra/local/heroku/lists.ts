// Heroku's paging: the Range grammar, Content-Range, Next-Range and 206. Pure.
// Source: Platform API Reference, "Ranges" (2014 copy), and every spelling that heroku/cli 11.10 sends.

import { ApiError } from './errors.ts';

const PAGE_SIZE_DEFAULT = 200;
const PAGE_SIZE_MAX = 1000;

type Key = string | number;

/** How a kind of thing can be ordered: the first property is the default. */
export type Orders<T> = Record<string, (item: T) => Key>;

interface Range {
  property: string;
  start: string;
  startExcluded: boolean;
  end: string;
  endExcluded: boolean;
  max: number;
  descending: boolean;
}

export interface Page<T> {
  status: 200 | 206;
  items: T[];
  headers: Record<string, string>;
}

export function pageOf<T>(items: readonly T[], orders: Orders<T>, header: string | undefined): Page<T> {
  const properties = Object.keys(orders);
  const range = parseRange(header ?? '', properties);
  const key = orders[range.property];
  if (key === undefined) throw unsatisfiable(header ?? '', properties);
  const direction = range.descending ? -1 : 1;
  const after = (item: T, bound: string) => direction * compare(key(item), bound);
  const inRange = items
    .filter((item) => {
      const fromStart = range.start === '' ? 1 : after(item, range.start);
      const fromEnd = range.end === '' ? -1 : after(item, range.end);
      return (
        (range.startExcluded ? fromStart > 0 : fromStart >= 0) &&
        (range.endExcluded ? fromEnd < 0 : fromEnd <= 0)
      );
    })
    .toSorted((a, b) => direction * compare(key(a), key(b)));
  const page = inRange.slice(0, range.max);
  const first = page[0];
  const last = page.at(-1);
  const tail = `; max=${range.max}${range.descending ? ', order=desc' : ''}`;
  const bounds = first === undefined || last === undefined ? '..' : `${key(first)}..${key(last)}`;
  const headers: Record<string, string> = {
    'Accept-Ranges': properties.join(', '),
    'Content-Range': `${range.property} ${bounds}${tail}`,
  };
  if (page.length === inRange.length || last === undefined) return { status: 200, items: page, headers };
  headers['Next-Range'] =
    `${range.property} ]${key(last)}..${range.end}${range.endExcluded ? '[' : ''}${tail}`;
  return { status: 206, items: page, headers };
}

function parseRange(header: string, properties: readonly string[]): Range {
  const range: Range = {
    property: properties[0] ?? 'id',
    start: '',
    startExcluded: false,
    end: '',
    endExcluded: false,
    max: PAGE_SIZE_DEFAULT,
    descending: false,
  };
  // Separators seen in the wild: `; max=1`, `;max=1;`, `, order=desc`, `,max=10;`.
  const [bounds = '', ...options] = header.split(/[;,]/).map((part) => part.trim());
  if (bounds !== '') {
    const match = /^(?<property>\w+)\s+(?<open>\]?)(?<start>.*?)\.\.(?<end>.*?)(?<close>\[?)$/.exec(bounds);
    const { property = '', start = '', end = '', open, close } = match?.groups ?? {};
    // An end without a start is no longer supported (Heroku changelog 314, 2013-08).
    if (!properties.includes(property) || (start === '' && end !== ''))
      throw unsatisfiable(header, properties);
    Object.assign(range, { property, start, end, startExcluded: open === ']', endExcluded: close === '[' });
  }
  for (const option of options) {
    const [name, value = ''] = option.split('=');
    if (name === '') continue;
    if (name === 'order' && (value === 'asc' || value === 'desc')) range.descending = value === 'desc';
    else if (name === 'max' && /^[1-9]\d*$/.test(value)) range.max = Math.min(Number(value), PAGE_SIZE_MAX);
    else throw unsatisfiable(header, properties);
  }
  return range;
}

function compare(a: Key, b: Key): number {
  if (typeof a === 'number') return a - Number(b);
  const [left, right] = [comparable(a), comparable(String(b))];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

// Instants are compared as instants, whichever way the client spells them.
function comparable(text: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text).toISOString() : text;
}

function unsatisfiable(header: string, properties: readonly string[]): ApiError {
  return new ApiError(
    416,
    'requested_range_not_satisfiable',
    `Range "${header}" cannot be satisfied. Available properties: ${properties.join(', ')}.`,
  );
}
