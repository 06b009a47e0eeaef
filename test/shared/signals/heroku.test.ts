// What Heroku tells: that an app has a release. A hint, never a fact.

import { describe, expect, test } from 'vitest';
import { heroku } from '../../../shared/signals/heroku.ts';
import { COMMIT, herokuRelease } from './payloads.ts';
import { problemOf, read } from './reading.ts';

const APP_ID = '4335bcdb-0000-4000-8000-000000000002';

describe('A release at Heroku', () => {
  test('is no signal: it concerns its app and its commit, so that their pipeline looks for itself', () => {
    expect(read(heroku, herokuRelease())).toEqual({
      ok: true,
      deliveryId: 'e-1',
      signals: [],
      concerns: [APP_ID, 'router-qa01', COMMIT],
      note: 'api:release',
    });
  });

  test.each([
    ['has no slug, as on Fir', { slug: null }],
    ['was not built from a commit', { slug: { id: 's', commit: null } }],
    ['has an empty commit', { slug: { id: 's', commit: '' } }],
  ])('concerns its app alone when it %s', (_, changed) => {
    expect(read(heroku, herokuRelease(changed)).concerns).toEqual([APP_ID, 'router-qa01']);
  });

  test('is told apart by its event, which a redelivery repeats, and not by the delivery', () => {
    const again = herokuRelease();
    again.webhook_metadata.attempt.id = 'a-2';
    again.webhook_metadata.delivery.id = 'd-2';
    expect(read(heroku, again).deliveryId).toBe('e-1');
  });

  test('is the only event that is used', () => {
    const build = herokuRelease();
    build.webhook_metadata.event.include = 'api:build';
    expect(read(heroku, build)).toMatchObject({ concerns: [], note: 'not an event that is used' });
  });

  test('without an app is refused in a sentence', () => {
    expect(problemOf(heroku, herokuRelease({ app: undefined }))).toBe(
      'body: data.app: found nothing, expected a mapping of keys to values',
    );
  });
});
