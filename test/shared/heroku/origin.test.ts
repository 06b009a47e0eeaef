// Which addresses of an API are taken, and what is said of the others.

import { describe, expect, test } from 'vitest';
import { createHerokuReads } from '../../../shared/heroku/client.ts';
import { apiOrigin } from '../../../shared/heroku/origin.ts';
import { createPromote } from '../../../shared/heroku/promote.ts';
import { cleanText } from '../../../shared/heroku/secret.ts';
import { createHerokuStatus } from '../../../shared/heroku/status.ts';
import { testClock } from './server.ts';

describe('The address of an API', () => {
  test.for([
    'https://api.heroku.com',
    'https://api.heroku.com/',
    'https://proxy.example.com:8443',
    'http://127.0.0.1:5001',
    'http://localhost:5001',
    'http://[::1]:5001',
    'HTTP://127.0.0.1:443',
  ])('may be %s', (address) => {
    expect(apiOrigin(address, 'here').protocol).toMatch(/^https?:$/);
  });

  test.for([
    ['https://example.com/heroku', 'path'],
    ['https://example.com/?a=b', 'query'],
    ['ftp://example.com', 'scheme ftp:'],
    ['http://api.heroku.com', 'http to api.heroku.com'],
    ['http://127.0.0.1.example.com', 'http to'],
    ['https://user:hunter2@example.com', 'user name or password'],
    ['api.heroku.com', 'no URL'],
    ['', 'no URL'],
    ['HRKU-secret', 'no URL'],
  ] as const)('may not be %s', ([address, said]) => {
    const options = { url: address, token: () => 't', clock: testClock() };
    for (const make of [createHerokuReads, createPromote, createHerokuStatus]) {
      expect(() => make(options)).toThrow(TypeError);
      expect(() => make(options)).toThrow(said);
      expect(() => make(options)).not.toThrow(/hunter2|HRKU/);
    }
  });
});

describe('Text from the network', () => {
  test('is cleared of the token before it is shortened, so that no half of it remains', () => {
    const token = 'HRKU-abcdef';
    expect(cleanText(`${'x'.repeat(295)}${token}`, token)).toBe(`${'x'.repeat(295)}[toke…`);
  });

  test('is one line without control characters', () => {
    expect(cleanText('a\r\n\u001b[31mb\u0000c  d', 't0ken')).toBe('a [31mb c d');
  });
});
