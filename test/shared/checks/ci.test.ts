// CI: the results that came in for the commit, and which of them count.

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { askAll } from '../../../shared/checks/ask.ts';
import { ci } from '../../../shared/checks/ci.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import { createDocumentTable, type Documents } from '../../../shared/table/dynamo.ts';
import { ask, COMMIT, MINUTE, NEW, portsWith, questionOf, signalOf, T0 } from './question.ts';

const result = (parts: Partial<Signal> = {}) => signalOf({ commit: COMMIT, ...parts });
const answer = (written: unknown, signals: readonly Signal[], commits = { [NEW]: COMMIT }) =>
  ask(ci, written, { commits }, portsWith(signals));

describe('CI believes', () => {
  const e2e = result({ source: 'e2e', name: 'ci/circleci: build' });
  test('its vendors alone, unless it is told whom to believe', async () => {
    expect(await answer({ context: 'ci/circleci: build' }, [e2e])).toMatchObject({ state: 'wait' });
    expect(await answer({ context: 'ci/circleci: build', source: 'e2e' }, [e2e])).toMatchObject({
      state: 'pass',
    });
  });

  test('a source about the names it may report, and no others', async () => {
    const source = ['github', { name: 'e2e', names: 'e2e *' }];
    expect(await answer({ source }, [e2e])).toMatchObject({ state: 'wait' });
    expect(await answer({ source }, [{ ...e2e, name: 'e2e chrome' }])).toMatchObject({ state: 'pass' });
  });
});

describe('Names for CI', () => {
  test('may hold *, and may be ignored', async () => {
    const jobs = [result({ name: 'build (20)' }), result({ name: 'build (22)', state: 'failure' })];
    expect(await answer({ context: 'build (*)' }, jobs)).toMatchObject({ state: 'fail' });
    expect(await answer({ context: 'build (*)', ignore: 'build (22)' }, jobs)).toMatchObject({
      state: 'pass',
    });
    expect(await answer({ ignore: ['build*'] }, jobs)).toMatchObject({ state: 'wait' });
  });

  test('that have not come in are told with those that are near', async () => {
    expect(await answer({ context: 'Build' }, [result({ name: 'build / test' })])).toMatchObject({
      reason: 'For c0ffee01 no result of Build has come in (there is build / test).',
      unblock: expect.stringContaining('Redeliver'),
    });
  });
});

test('A job that was skipped is said to be, and can be refused', async () => {
  const jobs = [result({ skipped: true })];
  expect(await answer({}, jobs)).toMatchObject({
    state: 'pass',
    reason: expect.stringContaining('was skipped'),
  });
  expect(await answer({ skipped: 'fail' }, jobs)).toMatchObject({ state: 'fail' });
});

test('Where no delivery ever came, none can: CI says so, with the command', async () => {
  const ports = portsWith([]);
  const signals = { ...ports.signals, hasDelivered: async () => false };
  expect(await ask(ci, {}, {}, { ...ports, signals })).toMatchObject({
    state: 'wait',
    reason: expect.stringContaining('none can'),
    unblock: 'sluice secrets set webhooks/github   (and the webhook at the sender: docs/install.md)',
  });
  const remedies = { webhook: async (source: string) => `put it into webhooks/${source}`, github: '' };
  expect(await ask(ci, { source: 'circleci' }, {}, { ...ports, signals, remedies })).toMatchObject({
    unblock: 'put it into webhooks/circleci',
  });
});

test('More results of one commit than are weighed are unknown, and said', async () => {
  // A table that answers like one with 5,001 results of the commit.
  const item = { pk: '', sk: '', body: JSON.stringify(result()) };
  const db = { send: async () => ({ Items: Array.from({ length: 5_001 }, () => item) }) };
  const full = createDocumentTable('sluice', db as unknown as Documents);
  const { signals, ...ports } = portsWith([]);
  const reads = { ...signals, signalsOfCommit: full.signalsOfCommit };
  const asked = await askAll({
    question: questionOf({}),
    configured: [{ name: 'ci', options: ci.schema.parse({}) }],
    ports: { ...ports, signals: reads },
    clock: { sleep: () => new Promise(() => {}) },
  });
  expect(asked.find(({ check }) => check === 'ci')).toMatchObject({
    state: 'unknown',
    reason: `ci could not be asked: there are more than 5000 results of ${COMMIT}`,
  });
});

test('A commit that is no full SHA is unknown to CI', async () => {
  for (const commit of ['v1.2.3', '7c1d4e9']) {
    expect(await answer({}, [], { [NEW]: commit })).toMatchObject({
      state: 'unknown',
      unblock: expect.any(String),
    });
  }
});

describe('CI', () => {
  test('passes when the named context succeeded for the commit', async () => {
    const signals = [result({ name: 'ci/circleci: build', url: 'https://ci.example/7' })];
    expect(await answer({ context: 'ci/circleci: build' }, signals)).toMatchObject({
      state: 'pass',
      about: 'artifact',
      reason: 'CI succeeded for c0ffee01: ci/circleci: build at 2026-11-23 10:00Z (https://ci.example/7).',
      since: T0,
    });
  });

  test('fails when a context failed, and says where to look', async () => {
    const signals = [
      result({ name: 'lint' }),
      result({ name: 'build', state: 'failure', url: 'https://x/1' }),
    ];
    expect(await answer({}, signals)).toMatchObject({
      state: 'fail',
      reason: 'CI failed for c0ffee01: build at 2026-11-23 10:00Z (https://x/1).',
      unblock: 'run it again at https://x/1, or merge a fix',
      onEvent: true,
    });
  });

  test('waits for every named context, and for what has not finished', async () => {
    const signals = [result({ name: 'build', state: 'pending' })];
    expect(await answer({ context: ['build', 'smoke'] }, signals)).toMatchObject({
      state: 'wait',
      reason:
        'CI has not finished for c0ffee01: build at 2026-11-23 10:00Z; for c0ffee01 no result of smoke has come in.',
      onEvent: true,
      until: null,
    });
  });

  test('does not pass on one named context for another that has not reported', async () => {
    expect(await answer({ context: ['build', 'smoke'] }, [result({ name: 'build' })])).toMatchObject({
      state: 'wait',
      reason: 'For c0ffee01 no result of smoke has come in.',
    });
  });

  test('without a named context wants one result at least', async () => {
    expect(await answer({}, [])).toMatchObject({
      state: 'wait',
      reason: 'For c0ffee01 no result has come in.',
    });
    expect(await answer({}, [result()])).toMatchObject({ state: 'pass' });
  });

  test('takes the newest result of each sender: a rerun that succeeds clears a failure', async () => {
    const failure = result({ state: 'failure' });
    const rerun = result({ at: T0 + MINUTE });
    expect(await answer({}, [rerun, failure])).toMatchObject({ state: 'pass' });
    expect(
      await answer({}, [rerun, failure, result({ source: 'circleci', state: 'failure' })]),
    ).toMatchObject({
      state: 'fail',
    });
  });

  test('from one source does not listen to another', async () => {
    const signals = [result({ source: 'circleci', state: 'failure' })];
    expect(await answer({ source: 'github' }, signals)).toMatchObject({
      state: 'wait',
      reason: 'For c0ffee01 no result from github has come in.',
    });
  });

  test("does not take a test suite's result about an app for its own, unless it is named", async () => {
    const signals = [result({ name: 'direwolf', app: 'router-qa01', state: 'failure' }), result()];
    expect(await answer({}, signals)).toMatchObject({ state: 'pass' });
    expect(await answer({ context: 'direwolf' }, signals)).toMatchObject({ state: 'fail' });
  });

  test('cannot be asked without a commit', async () => {
    expect(await ask(ci, {}, { commits: { [NEW]: null } })).toMatchObject({
      state: 'unknown',
      reason: 'Heroku knows no commit of slug 11111111, so no result can be looked up for it.',
    });
    expect(await ask(ci, {}, { commits: {} })).toMatchObject({
      state: 'unknown',
      reason: 'The commit of slug 11111111 could not be read from Heroku.',
    });
  });

  const anyResult = fc.record({
    source: fc.constantFrom('github', 'circleci'),
    name: fc.constantFrom('build', 'test'),
    state: fc.constantFrom('success', 'failure', 'pending'),
    at: fc.integer({ min: T0, max: T0 + 3 }),
    receivedAt: fc.integer({ min: T0, max: T0 + 6 }),
    deliveryId: fc.uuid(),
  });

  test.prop([fc.array(anyResult, { maxLength: 8 }), fc.infiniteStream(fc.nat())])(
    'answers the same in whatever order the results are read',
    async (parts, dice) => {
      const signals = parts.map((part) => result(part));
      const shuffled = signals
        .map((signal) => ({ signal, order: dice.next().value ?? 0 }))
        .sort((a, b) => a.order - b.order)
        .map(({ signal }) => signal);
      expect((await answer({}, shuffled)).state).toBe((await answer({}, signals)).state);
    },
  );

  test.prop([fc.array(anyResult, { maxLength: 8 })])(
    'passes only when nothing that counts is other than a success',
    async (parts) => {
      const signals = parts.map((part) => result(part));
      const verdict = await answer({}, signals);
      const { results } = verdict.evidence as { results: readonly Signal[] };
      const isGood = results.length > 0 && results.every((one) => one.state === 'success');
      expect(verdict.state === 'pass').toBe(isGood);
    },
  );
});
