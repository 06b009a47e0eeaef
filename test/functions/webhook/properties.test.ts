// What holds for every delivery: a forged one leaves no trace, a signed one never fails us, a repeated one is one.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  checkRun,
  checkSuite,
  circleJob,
  circleWorkflow,
  githubStatus,
  herokuRelease,
  suiteResult,
  workflowRun,
} from '../../shared/signals/payloads.ts';
import { signed } from '../../shared/signals/signing.ts';
import { Receiver, SECRETS } from './receiver.ts';

interface Case {
  readonly source: string;
  readonly event: string;
  readonly payload: unknown;
}

const cases: readonly Case[] = [
  { source: 'github', event: 'status', payload: githubStatus() },
  { source: 'github', event: 'check_run', payload: checkRun() },
  { source: 'github', event: 'check_suite', payload: checkSuite() },
  { source: 'github', event: 'workflow_run', payload: workflowRun() },
  { source: 'circleci', event: '', payload: circleJob() },
  { source: 'circleci', event: '', payload: circleWorkflow() },
  { source: 'heroku', event: '', payload: herokuRelease() },
  { source: 'direwolf', event: '', payload: suiteResult() },
];
const anyCase = fc.constantFrom(...cases);

/** The payload with whatever is at one place in it replaced. */
function replaced(payload: unknown, place: number, value: unknown): unknown {
  const places: (() => void)[] = [];
  const copy = structuredClone(payload);
  const walk = (here: unknown): void => {
    if (typeof here !== 'object' || here === null) return;
    const container = here as Record<string, unknown>;
    for (const key of Object.keys(container)) {
      places.push(() => {
        container[key] = value;
      });
      walk(container[key]);
    }
  };
  walk(copy);
  places[place % places.length]?.();
  return copy;
}

const schemeOf = (source: string) =>
  source === 'github' || source === 'circleci' || source === 'heroku' ? source : ('generic' as const);

describe('The webhook', () => {
  test.prop([anyCase, fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 1_000 })(
    'refuses every body of which a byte has changed on the way',
    async ({ source, event, payload }, at, flip) => {
      const receiver = new Receiver();
      const body = Buffer.from(JSON.stringify(payload));
      const scheme = schemeOf(source);
      const headers = { ...signed(scheme, SECRETS[source] ?? '', body), 'x-github-event': event };
      body[at % body.length] = (body[at % body.length] ?? 0) ^ flip;
      const path = scheme === 'generic' ? `/signals/${source}` : `/${source}`;
      expect((await receiver.request({ path, headers, body })).status).toBe(401);
      expect(receiver.isUntouched).toBe(true);
    },
  );

  test.prop([anyCase, fc.jsonValue({ maxDepth: 8 })], { numRuns: 500 })(
    'has an answer for any JSON that is signed',
    async ({ source, event }, value) => {
      const answer = await new Receiver().deliver(source, value, { 'x-github-event': event });
      expect([200, 202, 400]).toContain(answer.status);
    },
  );

  test.prop([anyCase, fc.nat(), fc.oneof(fc.jsonValue(), fc.constant('__proto__'))], { numRuns: 2_000 })(
    'has an answer for a payload with anything in any place, and records whole signals or none',
    async ({ source, event, payload }, place, value) => {
      const receiver = new Receiver();
      const answer = await receiver.deliver(source, replaced(payload, place, value), {
        'x-github-event': event,
      });
      expect([200, 202, 400]).toContain(answer.status);
      if (answer.status !== 202) expect(receiver.isUntouched).toBe(true);
      for (const signal of receiver.signals) {
        expect(signal.commit ?? signal.app).toBeTruthy();
        if (source !== 'direwolf') expect(signal.commit ?? '').toMatch(/^([0-9a-f]{40}|[0-9a-f]{64})?$/);
        expect(signal.name.length).toBeGreaterThan(0);
        expect(Number.isSafeInteger(signal.at)).toBe(true);
        expect(signal.url ?? 'https://').toMatch(/^https?:\/\//i);
      }
    },
  );

  test.prop([fc.dictionary(fc.string(), fc.string()), fc.string(), fc.string(), fc.string(), fc.boolean()])(
    'has an answer for any request, and it is never a success',
    async (headers, path, method, body, isBase64Encoded) => {
      const receiver = new Receiver();
      const event = { rawPath: path, headers, body, isBase64Encoded, requestContext: { http: { method } } };
      expect([404, 405, 401]).toContain((await receiver.hand(event)).status);
      expect(receiver.isUntouched).toBe(true);
    },
  );

  test.prop([anyCase, fc.array(fc.nat({ max: 200_000 }), { minLength: 1, maxLength: 5 })])(
    'records a delivery once, however often it comes',
    async ({ source, event, payload }, pauses) => {
      const receiver = new Receiver();
      await receiver.deliver(source, payload, { 'x-github-event': event });
      const [rows, events] = [receiver.rows.size, receiver.events.length];
      for (const pause of pauses) {
        receiver.now += pause;
        const again = await receiver.deliver(source, payload, { 'x-github-event': event });
        expect(again.json).toEqual({ duplicate: true });
      }
      expect([receiver.rows.size, receiver.events.length]).toEqual([rows, events]);
    },
  );
});
