// Whatever text comes from outside, a terminal obeys none of it, and JSON keeps its value.

import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { jsonText } from '../../shared/json.ts';
import { tame, tameJson, tameLines } from '../../shared/tame.ts';

it.each([
  { what: 'a title', text: '\u001b]0;owned\u0007web', tamed: ' ]0;owned web' },
  { what: 'the clipboard', text: '\u001b]52;c;cm0gLXJm\u001b\\ok', tamed: ' ]52;c;cm0gLXJm \\ok' },
  { what: 'a colour', text: '\u001b[31mred\u001b[0m', tamed: ' [31mred [0m' },
  { what: 'a faked line', text: 'ok\r\n12:00  ✓ all green', tamed: 'ok 12:00  ✓ all green' },
  { what: 'one byte of C1 that begins a sequence', text: 'a\u009b2Jb\u0085c', tamed: 'a 2Jb c' },
  { what: 'the separator of lines', text: 'a\u2028b\u2029c', tamed: 'a b c' },
  { what: 'what turns the order', text: 'web\u202egpj.exe\u2066x', tamed: 'web\ufffdgpj.exe\ufffdx' },
  {
    what: 'what has no width',
    text: 'a\u200bd\u200dm\ufeffin\u00ad',
    tamed: 'a\ufffdd\ufffdm\ufffdin\ufffd',
  },
  { what: 'half a character', text: 'a\ud800b', tamed: 'a\ufffdb' },
  { what: 'words in any language, with their emoji', text: 'fixé 直す ⚠️ 🚀', tamed: 'fixé 直す ⚠ 🚀' },
])('$what', ({ text, tamed }) => {
  expect(tame(text)).toBe(tamed);
});

it('keeps the lines of what has several', () => {
  expect(tameLines('one\u001b[2J\ntwo\t.')).toBe('one [2J\ntwo .');
});

it('writes all of it as \\uXXXX in JSON', () => {
  const reason = 'a\u001b\u009b\u202e\u200b\u2028\ufe0f\u{e0041}b';
  expect(jsonText({ reason })).toBe(
    '{\n  "reason": "a\\u001b\\u009b\\u202e\\u200b\\u2028\\ufe0f\\udb40\\udc41b"\n}\n',
  );
});

const HARMLESS = /^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u;

test.prop([fc.string({ unit: 'binary' })])('nothing of it is left, whatever the text', (text) => {
  expect(tame(text)).toMatch(HARMLESS);
  expect(tame(tame(text))).toBe(tame(text));
});

test.prop([fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))])(
  'JSON has the same value, in characters that are seen',
  (value) => {
    const json = tameJson(JSON.stringify(value));
    expect(json).toMatch(HARMLESS);
    expect(JSON.parse(json)).toEqual(value);
  },
);
