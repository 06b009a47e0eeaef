// A digest changes exactly when the value does.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { digestOf } from '../../../shared/config/digest.ts';

describe('A digest', () => {
  test('is short, and the same on every machine', () => {
    expect(digestOf({ pipeline: 'router', waves: null })).toBe('d638ae2fab4aa463');
  });

  test('does not depend on the order of keys', () => {
    expect(digestOf({ a: 1, b: { c: 2, d: 3 } })).toBe(digestOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(digestOf({ a: 1, b: undefined })).toBe(digestOf({ a: 1 }));
  });

  test.prop([fc.jsonValue(), fc.jsonValue()])('is equal for equal values and for no others', (a, b) => {
    const same = (one: unknown) => JSON.stringify(JSON.parse(JSON.stringify(one)));
    fc.pre(!/"__proto__"/.test(same(a) + same(b)));
    expect(digestOf(JSON.parse(same(a)))).toBe(digestOf(a));
    if (typeof a !== 'object' && same(a) !== same(b)) expect(digestOf(a)).not.toBe(digestOf(b));
  });
});
