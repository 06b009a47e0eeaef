// Holds: whom they stop, and for how long.

import { describe, expect, it } from 'vitest';
import { HOLD_MS_DEFAULT, type Hold, holdsOn, isActive, scopeOf } from '../../../shared/domain/hold.ts';
import { at, HOUR } from './fleet.ts';

const hold = (more: Partial<Hold> = {}): Hold => ({
  id: 'hold-1',
  pipelineId: 'id-router',
  wave: null,
  reason: 'looking at the latency',
  owner: 'oncall@example.com',
  placedAt: at(0),
  expiresAt: null,
  liftedAt: null,
  liftedBy: null,
  ...more,
});

describe('a hold', () => {
  it('lasts until somebody lifts it', () => {
    expect(isActive(hold(), at(1_000_000))).toBe(true);
    expect(isActive(hold({ liftedAt: at(5) }), at(6))).toBe(false);
  });

  it('ends at its expiry, to the millisecond', () => {
    const short = hold({ expiresAt: at(10) });
    expect(isActive(short, at(10) - 1)).toBe(true);
    expect(isActive(short, at(10))).toBe(false);
  });

  it('that was lifted stays lifted, however late its expiry', () => {
    expect(isActive(hold({ liftedAt: at(5), expiresAt: at(10) }), at(6))).toBe(false);
  });

  it('lasts a day when nobody says how long', () => {
    expect(HOLD_MS_DEFAULT).toBe(24 * HOUR);
  });

  it('of one wave stops that wave only, of the pipeline every wave', () => {
    const ofWave = hold({ id: 'of-canary', wave: 'canary' });
    const ofAll = hold({ id: 'of-all' });
    const ended = hold({ id: 'ended', expiresAt: at(1) });
    const on = (name: string) => holdsOn([ofWave, ofAll, ended], name, at(2)).map((one) => one.id);
    expect(on('canary')).toEqual(['of-canary', 'of-all']);
    expect(on('world')).toEqual(['of-all']);
  });

  it('is listed oldest first', () => {
    const holds = [
      hold({ id: 'c', placedAt: at(3) }),
      hold({ id: 'a', placedAt: at(1) }),
      hold({ id: 'b', placedAt: at(2) }),
    ];
    expect(holdsOn(holds, 'canary', at(9)).map((one) => one.id)).toEqual(['a', 'b', 'c']);
  });

  it('says what it stops', () => {
    expect(scopeOf(hold(), { name: 'router' })).toBe('router');
    expect(scopeOf(hold({ wave: 'canary' }), { name: 'router' })).toBe('router canary');
  });
});
