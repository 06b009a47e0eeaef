// What real senders sent, delivered into the real function on an embedded table: what `ci` says then.

import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWebhook } from '../../../functions/webhook/handler.ts';
import { ci } from '../../../shared/checks/ci.ts';
import { openEmbeddedTable } from '../../../shared/table/embedded.ts';
import { ask, NEW } from '../../shared/checks/question.ts';
import { NO_CONTEXT } from './receiver.ts';

type Payload = Record<string, unknown>;
type Step = ['again', number] | ['matrix', number] | ['github' | 'form' | 'circleci', string, Payload];
interface Case {
  readonly commit: string;
  readonly ci: unknown;
  readonly expected: string;
  readonly why: string;
  readonly steps: readonly Step[];
}

const folder = new URL('field-cases/', import.meta.url);
const cases = readdirSync(folder)
  .toSorted()
  .map((file): [string, Case] => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]);

function request(kind: string, event: string, payload: unknown) {
  const json = JSON.stringify(payload);
  const body = kind === 'form' ? `payload=${encodeURIComponent(json)}` : json;
  const mac = createHmac('sha256', 's').update(body).digest('hex');
  const signature =
    kind === 'circleci' ? { 'circleci-signature': `v1=${mac}` } : { 'x-hub-signature-256': `sha256=${mac}` };
  const type = kind === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    rawPath: kind === 'circleci' ? '/circleci' : '/github',
    headers: { 'content-type': type, 'x-github-event': event, ...signature },
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' } },
  };
}

/** Two events for each job: it was created, it succeeded. */
function matrix(count: number, proto: Payload) {
  return Array.from({ length: count }, (_, n) =>
    [false, true].map((done) => {
      const check_run = {
        ...(proto['check_run'] as Payload),
        id: 1000 + n,
        name: `e2e (${n}, chrome)`,
        status: done ? 'completed' : 'queued',
        conclusion: done ? 'success' : null,
        completed_at: done ? new Date(Date.parse('2026-11-23T10:05:00Z') + n * 1000).toISOString() : null,
      };
      return request('github', 'check_run', { ...proto, check_run });
    }),
  ).flat();
}

test.each(cases)('%s', async (_, { commit, ci: written, expected, steps }) => {
  const store = await openEmbeddedTable();
  let now = Date.parse('2026-11-23T12:00:00Z');
  const webhook = createWebhook({
    secrets: { webhookSecret: async () => 's' },
    table: store.table,
    bus: { signalReceived: async () => undefined },
    clock: { now: () => now, sleep: async () => undefined },
    log: () => undefined,
    measure: () => undefined,
  });
  const sent: ReturnType<typeof request>[] = [];
  try {
    for (const step of steps) {
      const first = steps[0]?.[2] ?? {};
      if (step[0] === 'again') sent.push(sent[step[1]] as (typeof sent)[number]);
      else if (step[0] === 'matrix') sent.push(...matrix(step[1], first));
      else sent.push(request(...step));
    }
    for (const one of sent) {
      now += 100;
      expect((await webhook(one, NO_CONTEXT)).statusCode).toBeLessThan(300);
    }
    const ports = { signals: store.table, status: { current: () => Promise.reject(new Error('not asked')) } };
    const verdict = await ask(ci, written, { commits: { [NEW]: commit } }, ports);
    expect(verdict.state).toBe(expected);
  } finally {
    await store.close();
  }
});
