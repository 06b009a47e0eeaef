// Asking: every check gets its turn and its time, and what cannot be asked never passes. Virtual time only.

import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { z } from 'zod';
import { askAll } from '../../../shared/checks/ask.ts';
import type { Check } from '../../../shared/checks/check.ts';
import type { CheckConfig } from '../../../shared/domain/pipeline.ts';
import { pass } from '../../../shared/domain/verdict.ts';
import { COMMIT, HOUR, portsWith, questionOf, signalOf, T0 } from './question.ts';

/** A clock whose sleeps end when told to, or when nobody waits for them any more. */
function virtualClock() {
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();
  let now = T0;
  return {
    sleeping,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const sleeper = { until: now + ms, wake };
        function wake() {
          sleeping.delete(sleeper);
          resolve();
        }
        sleeping.add(sleeper);
        signal?.addEventListener('abort', wake);
      }),
    advance(ms: number) {
      now += ms;
      for (const sleeper of sleeping) if (sleeper.until <= now) sleeper.wake();
    },
  };
}

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

function check(name: string, ask: Check['ask'], more: Partial<Check> = {}): Check {
  return { name, about: 'source', summary: '', always: false, schema: z.unknown(), ask, ...more };
}

const passes = (name: string, more: Partial<Check> = {}) =>
  check(name, () => pass({ check: 'whatever', about: 'world', reason: 'Fine.' }), more);

function asking(
  checks: readonly Check[] | undefined,
  configured: readonly CheckConfig[],
  clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> } = virtualClock(),
) {
  return askAll({
    question: questionOf(null),
    configured,
    ports: portsWith([signalOf({ commit: COMMIT, name: 'ci/circleci: build' })]),
    clock,
    timeLimitMs: 10_000,
    ...(checks && { checks }),
  });
}

const plain = (...names: readonly string[]) => names.map((name) => ({ name, options: {} }));

describe('Asking the checks of a step', () => {
  test('asks soak, release, rejected and hold before every wave, then the configured ones as they are listed', async () => {
    const options = { context: ['ci/circleci: build'], ignore: [], skipped: 'pass' };
    const configured = [
      { name: 'heroku-status', options: { allow: 'green' } },
      { name: 'ci', options },
    ];
    const verdicts = await asking(undefined, configured);
    expect(verdicts.map((v) => [v.check, v.state])).toEqual([
      ['soak', 'pass'],
      ['release', 'pass'],
      ['rejected', 'pass'],
      ['hold', 'pass'],
      ['heroku-status', 'pass'],
      ['ci ci/circleci: build', 'pass'],
    ]);
  });

  test('reads the results of a commit once for all of them', async () => {
    let reads = 0;
    const ports = portsWith([]);
    const signals = {
      ...ports.signals,
      signalsOfCommit: async () => {
        reads += 1;
        return [];
      },
    };
    const reader = (name: string) =>
      check(name, async (_, { signals: of }) => {
        await of.signalsOfCommit(COMMIT);
        return pass({ check: name, about: 'world', reason: 'Fine.' });
      });
    await askAll({
      question: questionOf(null),
      configured: plain('a', 'b'),
      ports: { ...ports, signals },
      clock: virtualClock(),
      checks: [reader('a'), reader('b')],
    });
    expect(reads).toBe(1);
  });

  test('gives a check that is configured twice two names', async () => {
    const argument = (options: unknown) => (options as { name: string | null }).name;
    const checks = [passes('signal', { argument })];
    const configured = ['smoke', 'load', 'smoke', null].map((name) => ({
      name: 'signal',
      options: { name },
    }));
    const verdicts = await asking(checks, configured);
    expect(verdicts.map((v) => v.check)).toEqual([
      'signal smoke',
      'signal load',
      'signal smoke (2)',
      'signal',
    ]);
  });

  test('does not ask one after the other: a slow check delays no other', async () => {
    const asked: string[] = [];
    const slow = (name: string) =>
      check(name, async () => {
        asked.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        return pass({ check: name, about: 'world', reason: 'Fine.' });
      });
    const verdicts = asking([slow('a'), slow('b')], plain('a', 'b'));
    expect(asked).toEqual(['a', 'b']);
    expect((await verdicts).map((v) => v.state)).toEqual(['pass', 'pass']);
  });
});

describe('A check that cannot be asked is unknown', () => {
  test('when it throws', async () => {
    const thrower = check('odd', () => {
      throw new TypeError('x is not\n a function');
    });
    const rejecter = check('late', () => Promise.reject(new Error('')));
    const verdicts = await asking([thrower, rejecter, passes('fine')], plain('odd', 'late', 'fine'));
    expect(verdicts.map((v) => [v.state, v.reason, v.onEvent])).toEqual([
      ['unknown', 'odd could not be asked: x is not a function', false],
      ['unknown', 'late could not be asked: it does not say why', false],
      ['pass', 'Fine.', false],
    ]);
  });

  test('when it gives no answer within its time limit', async () => {
    const clock = virtualClock();
    const hangs = check('stuck', () => new Promise(() => {}));
    const verdicts = asking([hangs, passes('fine')], plain('stuck', 'fine'), clock);
    clock.advance(10_000);
    expect(await verdicts).toMatchObject([
      {
        check: 'stuck',
        state: 'unknown',
        about: 'source',
        reason: 'stuck gave no answer within 10s.',
        onEvent: false,
      },
      { check: 'fine', state: 'pass' },
    ]);
    expect(clock.sleeping.size).toBe(0);
  });

  test('and what it still reads then ends: nothing may be under way when a run returns', async () => {
    const clock = virtualClock();
    const reads: { readonly of: unknown; readonly signal: AbortSignal | undefined }[] = [];
    const read = (of: unknown, signal?: AbortSignal) => {
      reads.push({ of, signal });
      return new Promise<never>(() => {});
    };
    const signals = {
      signalsOfCommit: read,
      signalsOfApp: (of: unknown, _about: unknown, signal?: AbortSignal) => read(of, signal),
    };
    const about = { name: 'direwolf', from: 0, until: 1, isWanted: () => true };
    const reader = check('reader', async (_, ports) => {
      await Promise.race([
        ports.signals.signalsOfCommit(COMMIT),
        ports.signals.signalsOfApp(['va-1'], about),
      ]);
      return pass({ check: 'reader', about: 'world', reason: 'Fine.' });
    });
    const verdicts = askAll({
      question: questionOf(null),
      configured: plain('reader'),
      ports: { ...portsWith([]), signals },
      clock,
      timeLimitMs: 10_000,
      checks: [reader],
    });
    expect(reads.map(({ of, signal }) => [of, signal?.aborted])).toEqual([
      [COMMIT, false],
      [['va-1'], false],
    ]);
    clock.advance(10_000);
    await verdicts;
    expect(reads.map(({ signal }) => signal?.aborted)).toEqual([true, true]);
  });

  test('when its late answer is an error, which nobody hears', async () => {
    const clock = virtualClock();
    let reject: (error: Error) => void = () => {};
    const late = check('late', () => new Promise((_, no) => (reject = no)));
    const verdicts = asking([late], plain('late'), clock);
    clock.advance(10_000);
    expect((await verdicts)[0]?.reason).toBe('late gave no answer within 10s.');
    reject(new Error('too late'));
  });

  test('when this version has no such check', async () => {
    expect(await asking([], plain('horoscope'))).toMatchObject([
      { state: 'unknown', reason: 'This version of Sluice has no check horoscope.' },
    ]);
  });

  const whole = pass({ check: 'a', about: 'world', reason: 'Fine.' });
  const broken = fc.oneof(
    fc.anything(),
    fc
      .constantFrom('state', 'about', 'reason', 'until', 'since', 'unblock', 'onEvent', 'evidence')
      .map((key) => ({ ...whole, [key]: undefined })),
  );

  test.prop([broken])('when what it gives is no verdict', async (answer) => {
    const giver = check('odd', (() => Promise.resolve(answer)) as unknown as Check['ask']);
    expect(await asking([giver], plain('odd'))).toMatchObject([{ check: 'odd', state: 'unknown' }]);
  });
});

test('Nothing sleeps on once the checks have answered', async () => {
  const clock = virtualClock();
  const slow = check('slow', async () => pass({ check: 'slow', about: 'world', reason: 'Fine.' }));
  await asking([slow, passes('quick')], plain('slow', 'quick'), clock);
  expect(clock.sleeping.size).toBe(0);
  clock.advance(HOUR);
});
