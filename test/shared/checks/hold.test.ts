// Hold: a stop that a person placed, with its reason, owner and end.

import { describe, expect, test } from 'vitest';
import { hold } from '../../../shared/checks/hold.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import { ask, HOUR, T0 } from './question.ts';

function held(parts: Partial<Hold> = {}): Hold {
  return {
    id: 'hold-1',
    pipelineId: 'pipeline-id',
    wave: 'canary',
    reason: 'the database is being moved',
    owner: 'ann@example.com',
    placedAt: T0 - HOUR,
    expiresAt: T0 + 23 * HOUR,
    liftedAt: null,
    liftedBy: null,
    ...parts,
  };
}

describe('A hold', () => {
  test('on the wave waits until it ends, and says who holds it, why, and how to go on', async () => {
    expect(await ask(hold, {}, { holds: [held()] })).toMatchObject({
      state: 'wait',
      about: 'world',
      reason:
        'ann@example.com holds router canary since 2026-11-23 09:00Z until 2026-11-24 09:00Z: the database is being moved',
      until: T0 + 23 * HOUR,
      since: T0 - HOUR,
      unblock: 'sluice unhold router --wave canary --hold hold-1 --reason "…"',
      onEvent: true,
    });
  });

  test('on the pipeline stops every wave', async () => {
    expect(await ask(hold, {}, { holds: [held({ wave: null })] })).toMatchObject({
      state: 'wait',
      reason: expect.stringContaining('holds router since'),
      unblock: 'sluice unhold router --hold hold-1 --reason "…"',
    });
  });

  test('on a wave that has another name by now holds every wave, and says so', async () => {
    expect(await ask(hold, {}, { holds: [held({ wave: 'europe' })] })).toMatchObject({
      state: 'wait',
      reason:
        'ann@example.com holds router europe since 2026-11-23 09:00Z until 2026-11-24 09:00Z (no wave is called europe now, so it holds all of router): the database is being moved',
      unblock: 'sluice unhold router --wave europe --hold hold-1 --reason "…"',
    });
  });

  test('without an end holds until somebody lifts it', async () => {
    const holds = [
      held(),
      held({ id: 'hold-2', owner: 'bob', expiresAt: null, placedAt: T0, reason: 'wait' }),
    ];
    const verdict = await ask(hold, {}, { holds });
    expect(verdict.until).toBeNull();
    expect(verdict.reason).toMatch(/^ann@example\.com holds .*; bob holds router canary since .*: wait$/);
    expect(verdict.evidence).toEqual({ holds: ['hold-1', 'hold-2'] });
    expect(verdict.unblock).toBe(
      'sluice unhold router --wave canary --hold hold-1 --hold hold-2 --reason "…"',
    );
  });

  test('and another one are over when the later one is', async () => {
    const holds = [held(), held({ id: 'hold-2', expiresAt: T0 + HOUR })];
    expect((await ask(hold, {}, { holds })).until).toBe(T0 + 23 * HOUR);
  });

  test.for([
    ['has ended', held({ expiresAt: T0 })],
    ['was lifted', held({ liftedAt: T0 - 1, liftedBy: 'ann@example.com' })],
    ['is on another wave', held({ wave: 'world' })],
  ] as const)('that %s stops nothing', async ([, one]) => {
    expect(await ask(hold, {}, { holds: [one] })).toMatchObject({
      state: 'pass',
      reason: 'Nobody holds router canary.',
    });
  });
});
