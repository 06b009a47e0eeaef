// A short digest of any value, equal for equal values whatever the order of their keys. Pure.

import { hash } from 'node:crypto';

/** 16 hex digits of the SHA-256 of the value written as JSON with sorted keys. Keys without a value do not count. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value)).slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
