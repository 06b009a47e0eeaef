// A run that takes too long is ended by Lambda: it never answers early and goes on behind its back.

import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../functions/api/handler.ts';
import { createPromoteFunction } from '../../functions/promote/handler.ts';
import { createScan } from '../../functions/scan/handler.ts';
import { createWebhook } from '../../functions/webhook/handler.ts';
import { signGeneric } from '../../shared/signals/signature.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const MINUTE = 60_000;

/** A table that takes every question and answers none. */
const silent = new Proxy({}, { get: () => () => new Promise(() => {}) }) as never;
const clock = { now: () => NOW, sleep: async () => {} };
const log = () => {};
const measure = () => {};
/** What Lambda hands over: the time is all but up. */
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 6 } as never;
const body = JSON.stringify({ name: 'direwolf', app: 'web', state: 'success', at: '2026-11-23T10:00:00Z' });
const signed = { 'x-sluice-signature': signGeneric('s', body, NOW / 1000) };
const caller = { iam: { userArn: 'arn:aws:iam::1:user/ana' } };

const functions: Record<string, () => Promise<unknown>> = {
  scan: () =>
    createScan({
      clock,
      config: silent,
      heroku: silent,
      callsLeft: () => null,
      table: silent,
      bus: silent,
      log,
      measure,
      tickMs: MINUTE,
    })({}, context),
  promote: () =>
    createPromoteFunction({
      clock,
      newId: () => '01A',
      heroku: silent,
      promote: silent,
      github: silent,
      table: silent,
      checks: silent,
      bus: silent,
      log,
      dryRun: false,
    })(
      { detail: { type: 'PipelineDue', at: NOW, pipeline: { id: 'p', name: 'web', waves: [] } } as never },
      context,
    ),
  webhook: () =>
    createWebhook({
      secrets: { webhookSecret: async () => 's' },
      table: silent,
      bus: silent,
      clock,
      log,
      measure,
    })(
      {
        rawPath: '/signals/direwolf',
        headers: signed,
        body,
        requestContext: { http: { method: 'POST' } },
      },
      context,
    ),
  api: () =>
    createApi({ table: silent, clock, newId: () => '01A', log })(
      {
        rawPath: '/hold',
        headers: {},
        body: '{"pipeline": "web", "reason": "r"}',
        requestContext: { http: { method: 'POST' }, authorizer: caller },
      } as never,
      context,
    ),
};

describe.each(Object.keys(functions))('%s', (name) => {
  it('does not answer before what it waits for does, however little time is left', async () => {
    let answer: unknown = 'none';
    functions[name]?.().then(
      (given) => {
        answer = given;
      },
      (error: unknown) => {
        answer = error;
      },
    );
    // Middy's own timer is none that can be faked.
    await wait(50);
    expect(answer).toBe('none');
  });
});

describe('promote', () => {
  it('makes no run for an event that is older than any delivery can be: it was replayed', async () => {
    const lines: string[] = [];
    const promote = createPromoteFunction({
      clock,
      newId: () => '01A',
      heroku: silent,
      promote: silent,
      github: silent,
      table: silent,
      checks: silent,
      bus: silent,
      log: (_level, message) => lines.push(message),
      dryRun: false,
    });
    const detail = { type: 'PipelineDue', at: NOW - 3 * MINUTE - 1, pipeline: { id: 'p', name: 'web' } };
    expect(await promote({ detail: detail as never }, context)).toEqual({ pipeline: 'web', result: 'stale' });
    expect(lines).toEqual([
      'web: no run is made for an event of 2026-11-23 09:56Z; the next tick sends another.',
    ]);
  });
});
