// Signatures: what each sender signs with, and that nothing else passes.

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  type Headers,
  isSigned,
  readClaim,
  type SchemeName,
  signGeneric,
} from '../../../shared/signals/signature.ts';
import { T0 } from './payloads.ts';
import { signatureOf, signed } from './signing.ts';

/** Why it is not verified, or `verified`. */
function verdictOf(scheme: SchemeName, headers: Headers, body: string | Uint8Array, secrets: string): string {
  const claim = readClaim(scheme, headers, T0);
  if (!claim.ok) return claim.why;
  return isSigned(claim, Buffer.from(body), secrets) ? 'verified' : 'wrong signature';
}

const GITHUB = 'x-hub-signature-256';
const CIRCLE = 'circleci-signature';
const GENERIC = 'x-sluice-signature';
const helloWorld = '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a';

describe('The examples that senders publish verify', () => {
  test('GitHub’s', () => {
    const mac = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const secret = "It's a Secret to Everybody";
    expect(verdictOf('github', { [GITHUB]: `sha256=${mac}` }, 'Hello, World!', secret)).toBe('verified');
  });

  test.each([
    ['hello world', 'secret', helloWorld],
    ['lalala', 'another-secret', 'daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00'],
    [
      'an-important-request-payload',
      'hunter123',
      '9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa',
    ],
  ])('CircleCI’s of %j', (body, secret, mac) => {
    expect(verdictOf('circleci', { [CIRCLE]: `v1=${mac}` }, body, secret)).toBe('verified');
  });
});

describe('A signature', () => {
  test('of CircleCI is found in a list, among versions that are not ours to check', () => {
    const header = `v0=aaaa, v1=${'0'.repeat(64)},v1=${helloWorld},v2=${'1'.repeat(64)}`;
    expect(verdictOf('circleci', { [CIRCLE]: header }, 'hello world', 'secret')).toBe('verified');
    const other = { [CIRCLE]: `v2=${helloWorld}` };
    expect(verdictOf('circleci', other, 'hello world', 'secret')).toBe('malformed signature');
  });

  test('of GitHub’s SHA-1 header is not looked at', () => {
    const headers = { 'x-hub-signature': 'sha1=5cd55ee5eb2d7d1b5b3f4a1a2d8a51a0f0a0d6d0' };
    expect(verdictOf('github', headers, '{}', 's')).toBe('no signature');
  });

  test.each([
    ['github', { [GITHUB]: helloWorld }],
    ['github', { [GITHUB]: `sha1=${helloWorld}` }],
    ['github', { [GITHUB]: `sha256=${helloWorld.toUpperCase()}` }],
    ['github', { [GITHUB]: `sha256=${helloWorld}00` }],
    ['github', { [GITHUB]: 'sha256=' }],
    ['heroku', { 'heroku-webhook-hmac-sha256': helloWorld }],
    ['generic', { [GENERIC]: `v1=${helloWorld}` }],
    ['generic', { [GENERIC]: `t=,v1=${helloWorld}` }],
    ['generic', { [GENERIC]: `t=-1,v1=${helloWorld}` }],
    ['generic', { [GENERIC]: `t=1e9,v1=${helloWorld}` }],
    ['generic', { [GENERIC]: `t=${T0 / 1000},t=${T0 / 1000},v1=${helloWorld}` }],
    ['generic', { [GENERIC]: `t=${T0 / 1000}` }],
  ] as const)('of another form is not compared: %s, %o', (scheme, headers) => {
    expect(verdictOf(scheme, headers, 'hello world', 'secret')).toBe('malformed signature');
  });

  test.each([
    [-300, 'verified'],
    [300, 'verified'],
    [-301, 'stale timestamp'],
    [301, 'stale timestamp'],
  ])('of the generic callback, made %i seconds from now, is %s', (seconds, expected) => {
    const header = signGeneric('secret', '{}', T0 / 1000 + seconds);
    expect(verdictOf('generic', { [GENERIC]: header }, '{}', 'secret')).toBe(expected);
  });

  test('of the generic callback covers its time', () => {
    const header = signGeneric('secret', '{}', T0 / 1000 - 400).replace(/t=\d+/, `t=${T0 / 1000}`);
    expect(verdictOf('generic', { [GENERIC]: header }, '{}', 'secret')).toBe('wrong signature');
  });
});

describe('The secrets', () => {
  const headers = { [GENERIC]: signGeneric('new', '{}', T0 / 1000) };

  test.each([
    ['the first of two', 'new\nold'],
    ['the second of two', 'old\nnew'],
    ['one with a line break after it', 'new\n'],
    ['one with spaces around it', ' new '],
    ['among blank lines, from a file made on Windows', '\r\n\r\nold\r\n \r\nnew\r\n'],
  ])('verify with %s', (_, secrets) => {
    expect(verdictOf('generic', headers, '{}', secrets)).toBe('verified');
  });

  test.each([
    ['one that was taken out', 'old'],
    ['nothing', ''],
    ['blank lines', '\n \n'],
  ])('do not verify with %s', (_, secrets) => {
    expect(verdictOf('generic', headers, '{}', secrets)).toBe('wrong signature');
  });

  test.each(['', '\n', ' \n\t'])(
    'never verify when they are %j, though the sender’s is empty too',
    (secrets) => {
      const empty = { [GENERIC]: signGeneric('', '{}', T0 / 1000) };
      expect(verdictOf('generic', empty, '{}', secrets)).toBe('wrong signature');
    },
  );
});

const scheme = fc.constantFrom<SchemeName>('github', 'circleci', 'heroku', 'generic');
const body = fc.uint8Array({ minLength: 1, maxLength: 300 });
const secret = fc.stringMatching(/^[!-~]{1,40}$/);

/** The bytes with one of them changed. */
function changed(bytes: Uint8Array, at: number, by: number): Uint8Array {
  return bytes.map((byte, index) => (index === at % bytes.length ? byte ^ by : byte));
}

describe('Whatever is signed', () => {
  const runs = { numRuns: 1_000 };
  const by = fc.integer({ min: 1, max: 255 });

  property.prop([scheme, body, secret], runs)('verifies', (name, bytes, key) => {
    expect(verdictOf(name, signed(name, key, bytes), bytes, key)).toBe('verified');
  });

  property.prop([scheme, body, secret, fc.nat(), by], runs)(
    'is refused once a byte of the body is another',
    (name, bytes, key, at, flip) => {
      const headers = signed(name, key, bytes);
      expect(verdictOf(name, headers, changed(bytes, at, flip), key)).toBe('wrong signature');
    },
  );

  property.prop([scheme, body, secret, fc.nat(), by], runs)(
    'is refused once a byte of the signature is another',
    (name, bytes, key, at, flip) => {
      const { header, value } = signatureOf(name, key, bytes);
      const other = Buffer.from(changed(Buffer.from(value, 'latin1'), at, flip)).toString('latin1');
      expect(verdictOf(name, { [header]: other }, bytes, key)).not.toBe('verified');
    },
  );

  property.prop([scheme, body, secret, secret], runs)(
    'is refused with another secret',
    (name, bytes, a, b) => {
      fc.pre(a !== b);
      expect(verdictOf(name, signed(name, a, bytes), bytes, b)).toBe('wrong signature');
    },
  );

  property.prop([scheme, fc.string(), body, secret], runs)(
    'is refused with any text for a signature',
    (name, text, bytes, key) => {
      const { header } = signatureOf(name, key, bytes);
      expect(verdictOf(name, { [header]: text }, bytes, key)).not.toBe('verified');
    },
  );
});
