// Holds: whom they stop, and for how long.

import { describe, expect, it } from 'vitest';
import { HOLD_MS_DEFAULT, type Hold, holdsOn, isActive, scopeOf } from '../../../shared/domain/hold.ts';
import { app, at, HOUR } from './fleet.ts';

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

const waves = ['qa', 'canary', 'world'].map((name) => ({ name, apps: [app(`${name}-1`), app(`${name}-2`)] }));
const waveOf = (name: string) => ({ name, apps: waves.find((wave) => wave.name === name)?.apps ?? [] });

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
    const on = (name: string) =>
      holdsOn([ofWave, ofAll, ended], waves, waveOf(name), at(2)).map((one) => one.id);
    expect(on('canary')).toEqual(['of-canary', 'of-all']);
    expect(on('world')).toEqual(['of-all']);
  });

  describe('on a wave that is not there by that name', () => {
    const held = hold({ wave: 'europe' });
    const stopped = (one: Hold, all = waves) =>
      all.slice(1).flatMap((wave) => (holdsOn([one], all, wave, at(2)).length > 0 ? [wave.name] : []));

    it('holds the whole pipeline: whom it was meant to stop, nobody can tell', () => {
      expect(stopped(held)).toEqual(['canary', 'world']);
    });

    it('the same when that wave is the first by now, to which nothing is promoted', () => {
      expect(stopped(hold({ wave: 'qa' }))).toEqual(['canary', 'world']);
    });

    it('goes with the apps that it held when its wave is split and keeps its name', () => {
      const [qa, canary, world] = waves;
      if (qa === undefined || canary === undefined || world === undefined) throw new Error('three waves');
      const asia = { name: 'asia', apps: world.apps.slice(1) };
      const split = [qa, canary, { ...world, apps: world.apps.slice(0, 1) }, asia];
      const ofWorld = hold({ wave: 'world', apps: world.apps });
      expect(stopped(ofWorld)).toEqual(['world']);
      expect(stopped(ofWorld, split)).toEqual(['world', 'asia']);
    });

    it('goes with its apps into a wave that had another name', () => {
      const ofWorld = hold({ wave: 'world', apps: waves[2]?.apps ?? [] });
      const swapped = waves.map(({ name, apps }) => ({
        name: ({ canary: 'world', world: 'canary' } as Record<string, string>)[name] ?? name,
        apps,
      }));
      expect(stopped(ofWorld, swapped)).toEqual(['world', 'canary']);
    });
  });

  it('is listed oldest first', () => {
    const holds = [
      hold({ id: 'c', placedAt: at(3) }),
      hold({ id: 'a', placedAt: at(1) }),
      hold({ id: 'b', placedAt: at(2) }),
    ];
    expect(holdsOn(holds, waves, waveOf('canary'), at(9)).map((one) => one.id)).toEqual(['a', 'b', 'c']);
  });

  it('says what it stops', () => {
    expect(scopeOf(hold(), { name: 'router' })).toBe('router');
    expect(scopeOf(hold({ wave: 'canary' }), { name: 'router' })).toBe('router canary');
  });
});
