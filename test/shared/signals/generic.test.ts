// The generic callback: what anyone with a secret may tell, and how a mistake in it is answered.

import { describe, expect, test } from 'vitest';
import { generic } from '../../../shared/signals/generic.ts';
import { COMMIT, suiteResult } from './payloads.ts';
import { problemOf, read } from './reading.ts';

const direwolf = generic('direwolf');

describe('A generic result', () => {
  test('is about an app and a commit', () => {
    expect(read(direwolf, suiteResult())).toMatchObject({
      ok: true,
      deliveryId: 'digest',
      signals: [
        {
          source: 'direwolf',
          name: 'direwolf',
          app: 'router-qa01',
          commit: COMMIT,
          state: 'success',
          url: 'https://direwolf.example.com/runs/7',
          at: Date.parse('2026-11-23T09:59:00Z'),
          deliveryId: 'digest',
        },
      ],
      concerns: ['router-qa01', COMMIT],
      note: 'result',
    });
  });

  test('may be about an app alone, or about a commit alone', () => {
    const ofApp = read(direwolf, suiteResult({ commit: undefined, url: undefined }));
    expect(ofApp.signals).toMatchObject([{ app: 'router-qa01', commit: null, url: null }]);
    expect(ofApp.concerns).toEqual(['router-qa01']);
    const ofCommit = read(direwolf, suiteResult({ app: null, url: null }));
    expect(ofCommit.signals).toMatchObject([{ app: null, commit: COMMIT, url: null }]);
    expect(ofCommit.concerns).toEqual([COMMIT]);
  });

  test('may name any commit text that Heroku shows', () => {
    expect(read(direwolf, suiteResult({ app: null, commit: 'v1.2.3' })).signals[0]?.commit).toBe('v1.2.3');
  });

  test('may be about an app by its uuid', () => {
    const app = '4335bcdb-0000-4000-8000-000000000002';
    expect(read(direwolf, suiteResult({ app })).concerns).toEqual([app, COMMIT]);
  });

  test('may come from a clock that is ahead, by as much as the signature’s may be', () => {
    expect(read(direwolf, suiteResult({ at: '2026-11-23T10:05:00Z' })).signals).toHaveLength(1);
  });
});

describe('A generic result is refused, and the answer says what to change,', () => {
  test.each([
    ['unknown key', { sate: 'success' }, 'body: sate: found an unknown key, expected the key state'],
    ['name', { name: undefined }, 'body: name: found nothing, expected a name of 1 to 255 characters'],
    ['state', { state: 'ok' }, 'body: state: found "ok", expected success, failure or pending'],
    ['subject', { app: null, commit: null }, 'body: app: found nothing, expected an app, a commit, or both'],
    ['app', { app: 'router qa' }, 'body: app: found "router qa", expected the name or uuid of a Heroku app'],
    ['commit', { commit: '' }, 'body: commit: found "", expected a commit, of 1 to 255 characters'],
    ['link', { url: 'javascript:1' }, 'body: url: found "javascript:1", expected an http or https address'],
    [
      'time without an offset',
      { at: '2026-11-23T10:00:00' },
      'body: at: found "2026-11-23T10:00:00", expected an ISO-8601 time with its offset, like 2026-11-23T10:00:00Z',
    ],
    [
      'time to come',
      { at: '2026-11-23T10:05:01Z' },
      'body: at: found "2026-11-23T10:05:01Z", expected a time that has come; it is 2026-11-23T10:00:00.000Z here',
    ],
  ])('for its %s', (_, changed, message) => {
    expect(problemOf(direwolf, suiteResult(changed))).toBe(message);
  });

  test.each([
    [[], 'body: found [], expected a mapping of keys to values'],
    [null, 'body: found nothing, expected a mapping of keys to values'],
  ])('for being %j', (body, message) => {
    expect(problemOf(direwolf, body)).toBe(message);
  });

  test('in at most 300 characters, whatever it holds', () => {
    expect(problemOf(direwolf, suiteResult({ ['k'.repeat(100_000)]: 1 })).length).toBe(300);
  });
});
