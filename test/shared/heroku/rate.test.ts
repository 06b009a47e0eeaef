// Heroku's rate limit: what reads leave for others, and that a refusal ends by itself.

import { describe, expect, onTestFinished, test } from 'vitest';
import { createHerokuReads, type HerokuReadsClient } from '../../../shared/heroku/client.ts';
import { createRateMeter } from '../../../shared/heroku/rate.ts';
import { json, serve, testClock } from './server.ts';

type Headers = Record<string, string | number>;

async function limited(headers: Headers, status = 200, rateFloor = 300) {
  const clock = testClock();
  const server = await serve((_, response) => json(response, status, [], headers));
  const reads = createHerokuReads({ url: server.url, token: () => 't', clock, rateFloor });
  onTestFinished(() => reads.close());
  return { clock, server, reads };
}

const refused = (reads: HerokuReadsClient): Promise<unknown> =>
  reads.apps().then(
    () => null,
    (error: unknown) => error,
  );

describe('The rate limit', () => {
  test('is known from every answer', async () => {
    const { reads } = await limited({ 'RateLimit-Remaining': '4211' });
    expect(reads.rateLimitRemaining()).toBeNull();
    await reads.apps();
    expect(reads.rateLimitRemaining()).toBe(4211);
  });

  test('is known from errors too', async () => {
    const { reads } = await limited({ 'RateLimit-Remaining': '299' }, 404);
    await refused(reads);
    expect(reads.rateLimitRemaining()).toBe(299);
    expect(await refused(reads)).toMatchObject({ code: 'rate-limited' });
  });

  test('stops reads before they are sent once too little is left, and says for how long', async () => {
    const { reads, server } = await limited({ 'RateLimit-Remaining': 225 });
    await reads.apps();
    expect(await refused(reads)).toMatchObject({
      code: 'rate-limited',
      message:
        "GET /apps was not sent: 225 calls of Heroku's rate limit remain, and reads leave 300 for promotions and people; that many are there again in 60 s.",
    });
    expect([server.requests.length, reads.callCount()]).toEqual([1, 1]);
  });

  test('refills at 75 calls a minute, after which reads go on', async () => {
    const { reads, clock } = await limited({ 'RateLimit-Remaining': 225 });
    await reads.apps();
    clock.advance(59_000);
    expect(await refused(reads)).toMatchObject({ code: 'rate-limited' });
    clock.advance(1_000);
    expect(await reads.apps()).toEqual([]);
  });

  test('refills faster on an account with a multiplier', async () => {
    const { reads, clock } = await limited({ 'RateLimit-Remaining': 225, 'RateLimit-Multiplier': '4' });
    await reads.apps();
    clock.advance(15_000);
    expect(await reads.apps()).toEqual([]);
  });

  test('is taken to be used up by a 429 that does not say', async () => {
    const { reads, clock, server } = await limited({}, 429);
    expect(await refused(reads)).toMatchObject({ code: 'rate-limited' });
    expect(await refused(reads)).toMatchObject({ message: expect.stringContaining('0 calls') });
    expect(server.requests).toHaveLength(1);
    clock.advance(240_000);
    await refused(reads);
    expect(server.requests).toHaveLength(2);
  });

  test('does not spend a retry below the floor', async () => {
    const { reads, server } = await limited({ 'RateLimit-Remaining': 10 }, 503);
    expect(await refused(reads)).toMatchObject({ code: 'rate-limited' });
    expect(server.requests).toHaveLength(1);
  });

  test.for(['', 'many', '-1', 'Infinity'])('ignores a header that says "%s"', async (said) => {
    const { reads } = await limited({ 'RateLimit-Remaining': said });
    await reads.apps();
    expect(reads.rateLimitRemaining()).toBeNull();
  });

  test('can be left alone with a floor of 0', async () => {
    const { reads } = await limited({ 'RateLimit-Remaining': 0 }, 200, 0);
    await reads.apps();
    expect(await reads.apps()).toEqual([]);
  });
});

describe('The rate meter', () => {
  test('does not refuse for longer because the clock was set back', () => {
    const clock = testClock();
    const meter = createRateMeter(clock, 300);
    meter.note(200, { 'ratelimit-remaining': '225' });
    clock.advance(-86_400_000);
    expect(meter.shortfall()).toEqual({ remaining: 225, waitMs: 60_000 });
    clock.advance(60_000);
    expect(meter.shortfall()).toBeNull();
  });
});
