// Verdicts: what an answer says when a check does not, and what several answers mean for a step.

import { describe, expect, it } from 'vitest';
import {
  boundedVerdict,
  earliestMove,
  fail,
  firstBlocker,
  pass,
  unknown,
  wait,
} from '../../../shared/domain/verdict.ts';

const parts = { check: 'soak', about: 'source', reason: 'Because.' } as const;

describe('an answer', () => {
  it.each([
    ['pass', pass],
    ['wait', wait],
    ['fail', fail],
    ['unknown', unknown],
  ] as const)('%s promises nothing that the check did not say', (state, answer) => {
    expect(answer(parts)).toEqual({
      ...parts,
      state,
      until: null,
      since: null,
      unblock: null,
      onEvent: false,
      evidence: {},
    });
  });

  it('is what it is, whatever the parts say', () => {
    expect(fail({ ...parts, state: 'pass', until: 5 })).toMatchObject({ state: 'fail', until: 5 });
  });
});

describe('of several answers', () => {
  const good = () => pass({ ...parts, until: 90 });
  const late = () => wait({ ...parts, check: 'window', until: 20 });
  const bad = () => fail({ ...parts, check: 'ci' });

  it('the first that is no pass blocks', () => {
    expect(firstBlocker([good(), late(), bad()])).toEqual(late());
    expect(firstBlocker([good()])).toBeUndefined();
    expect(firstBlocker([])).toBeUndefined();
  });

  it('the latest known time of a blocker is the earliest move; a pass holds nothing back', () => {
    expect(earliestMove([good(), late(), wait({ ...parts, until: 30 }), bad()], 0, () => null)).toBe(30);
  });

  it('none that tells a time means that nobody knows', () => {
    expect(earliestMove([good(), bad()], 0, () => null)).toBeNull();
    expect(earliestMove([], 0, () => null)).toBeNull();
  });
});

describe('what is kept of an answer', () => {
  const parts = { check: 'ci', about: 'artifact', reason: 'No.' } as const;

  it('is all of it as a rule', () => {
    const answer = fail({ ...parts, evidence: { results: ['a'] } });
    expect(boundedVerdict(answer)).toBe(answer);
  });

  it('is a reason that people can read, and how much evidence was left out', () => {
    const evidence = { results: Array.from({ length: 5_000 }, (_, n) => `result ${n}`) };
    const kept = boundedVerdict(fail({ ...parts, reason: 'x'.repeat(9_000), evidence }));
    expect(kept.reason).toBe(`${'x'.repeat(1_999)}…`);
    expect(kept.evidence).toEqual({ leftOut: expect.stringMatching(/^\d+ characters$/) });
    expect(kept.state).toBe('fail');
  });
});
