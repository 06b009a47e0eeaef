// Which commit contains which, as GitHub has said it: what follows from its answers, what a soak makes of them, and what
// is still to be asked.

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { pairKey, pairOf, tells } from '../../../shared/domain/ancestry.ts';
import { candidatesOf } from '../../../shared/domain/candidate.ts';
import { choiceOf } from '../../../shared/domain/difference.ts';
import type { Counting } from '../../../shared/domain/pipeline.ts';
import { ancestryOf, app, at, factsOf, pipelineOf, stepTo, type Telling, wave } from './fleet.ts';

const pair = (letters: string) => {
  const [earlier = '', later = ''] = letters.toLowerCase();
  return { earlier: earlier.repeat(40), later: later.repeat(40) };
};
const lettersOf = (list: readonly { earlier: string; later: string }[]) =>
  [...new Set(list.map(({ earlier, later }) => `${earlier[0]}${later[0]}`.toUpperCase()))].join(' ');

describe('what GitHub has said', () => {
  it.each([
    { says: { AB: true }, of: 'AB', tells: true, why: 'it was asked' },
    { says: { AB: false }, of: 'AB', tells: false, why: 'it was asked' },
    { says: { AB: true, BC: true }, of: 'AC', tells: true, why: 'what contains B contains A' },
    { says: { AB: true, BC: true }, of: 'CA', tells: false, why: 'A cannot contain what contains it' },
    { says: { AB: true, BC: true, AC: false }, of: 'AC', tells: false, why: 'its own word comes first' },
    { says: { AB: false, BC: true }, of: 'AC', tells: undefined, why: 'C may have A from elsewhere' },
    { says: { AB: true, AC: true }, of: 'BC', tells: undefined, why: 'two branches from A' },
    { says: { AB: false }, of: 'BA', tells: undefined, why: 'they may have diverged' },
    { says: {}, of: 'AB', tells: undefined, why: 'nothing was said' },
  ])('of $of tells $tells: $why', ({ says, of, tells: told }) => {
    expect(tells(ancestryOf(says), pair(of))).toBe(told);
  });

  test.prop([fc.shuffledSubarray(['A', 'B', 'C', 'D', 'E', 'F'], { minLength: 6 }), fc.context()])(
    'of a line of commits, each with the next, tells every pair',
    (line) => {
      const links = line.slice(1).map((later, index) => [`${line[index]}${later}`, true]);
      const ancestry = ancestryOf(Object.fromEntries(links));
      for (const [i, one] of line.entries()) {
        for (const [j, other] of line.entries()) {
          if (i !== j) expect(tells(ancestry, pair(`${one}${other}`))).toBe(i < j);
        }
      }
    },
  );

  it('is about full commits only', () => {
    const full = `commit:${'a'.repeat(40)}`;
    expect(pairOf(full, `commit:${'b'.repeat(64)}`)).toEqual({
      earlier: 'a'.repeat(40),
      later: 'b'.repeat(64),
    });
    expect(pairOf(full, 'slug:B')).toBeNull();
    expect(pairOf('slug:A', full)).toBeNull();
    expect(pairKey({ earlier: 'a', later: 'b' })).toBe('a...b');
  });
});

/** The candidates of `qa` after an hour, for a soak of ten minutes unless said otherwise. */
function offered(
  apps: Record<string, string>,
  says: Record<string, boolean> | null,
  {
    soak = 10,
    now = 60,
    counting,
    byOrder = false,
    ...more
  }: { soak?: number; now?: number; counting?: Counting; byOrder?: boolean } & Omit<
    Partial<Telling>,
    'apps'
  > = {},
) {
  const canary = { ...wave('canary', 'va-1', soak), ...(counting && { counting }) };
  const pipeline = pipelineOf(wave('qa', Object.keys(apps).join(' ')), canary);
  const facts = factsOf({
    apps: { ...apps, 'va-1': '' },
    ...more,
    ...(says && { ancestry: { ...ancestryOf(says), byOrder } }),
  });
  return candidatesOf(
    stepTo(pipeline, 'canary'),
    facts,
    at(now),
    () => true,
    () => true,
  );
}
const candidate = (letter: string, ...asked: Parameters<typeof offered>) =>
  offered(...asked).find(({ artifact }) => artifact === `slug:${letter}`);
const soakOf = (...asked: Parameters<typeof candidate>) => {
  const found = candidate(...asked);
  const soakedAt = found?.soakedAt;
  return soakedAt == null ? soakedAt : (soakedAt - at(0)) / 60_000;
};

describe('a soak inside later code', () => {
  const merges = { 'qa-1': 'A@0 B@50 C@53' };

  it('counts where GitHub says that the later code contains it', () => {
    expect(soakOf('B', merges, { AB: true, BC: true })).toBe(60);
    expect(candidate('B', merges, { AB: true, BC: true })?.untold).toEqual([]);
  });

  it('does not count where GitHub says that it does not, whatever the order of deployments', () => {
    expect(soakOf('B', merges, { BC: false })).toBeNull();
    expect(soakOf('B', merges, null)).toBe(60);
    expect(soakOf('C', merges, { BC: false })).toBe(63);
  });

  it('begins anew where what came next did not contain what ran before it: something was taken back', () => {
    // A is in both, and B is not in C: a force push, or another branch.
    const apps = { 'qa-1': 'A@50 B@52 C@54' };
    expect(soakOf('A', apps, { AB: true, BC: false, AC: true })).toBe(64);
    expect(soakOf('A', apps, { AB: true, BC: true })).toBe(60);
  });

  it('that was complete by its own stay needs nobody to say so', () => {
    const apps = { 'qa-1': 'A@0 B@30 C@50' };
    expect(soakOf('B', apps, { BC: false })).toBe(40);
    expect(candidate('B', apps, {})?.untold).toEqual([]);
  });

  it('does not count for what GitHub has not said, which is to be asked', () => {
    const found = candidate('B', merges, {});
    expect(found).toMatchObject({ soakedAt: null, soaked: false, supposedAt: at(60) });
    expect(lettersOf(found?.untold ?? [])).toBe('BC');
  });

  it('counts up to where GitHub has not said that it goes on', () => {
    const apps = { 'qa-1': 'A@30 B@40 C@50' };
    const says = { BC: true, AC: true };
    expect(candidate('A', apps, says, { soak: 25 })).toMatchObject({ soakedAt: at(75), supposedAt: at(55) });
    expect(lettersOf(candidate('A', apps, says, { soak: 25 })?.untold ?? [])).toBe('AB');
  });

  it('goes by the order of deployments where there is no token, and what is untold is asked for once there is', () => {
    const found = candidate('B', merges, {}, { byOrder: true });
    expect(found).toMatchObject({ soakedAt: at(60), supposedAt: at(60) });
    expect(lettersOf(found?.untold ?? [])).toBe('BC');
    expect(soakOf('B', merges, { BC: false }, { byOrder: true })).toBeNull();
  });

  it('still breaks where something was taken back, or ran that cannot be compared', () => {
    const says = { AB: true, BC: true };
    expect(soakOf('B', { 'qa-1': 'A@0 B@20 C@25 B@28' }, says, { now: 35 })).toBe(38);
    expect(candidate('B', { 'qa-1': 'A@0 B@20 A@25 C@28' }, says)).toBeUndefined();
  });

  it('begins anew with a deploy of older code that had not run there before', () => {
    // A is in B, and comes after it: the order of deployments would take A for the newer.
    const apps = { 'qa-1': 'B@30 A@55' };
    expect(soakOf('A', apps, { AB: true })).toBe(65);
    expect(soakOf('B', apps, { AB: true }, { soak: 28 })).toBeNull();
    expect(soakOf('B', apps, null, { soak: 28 })).toBe(58);
    expect(soakOf('B', apps, { BA: false }, { soak: 28 })).toBeNull();
  });

  it('counts where the order of deployments cannot tell: an app was never given the artifact itself', () => {
    const apps = { 'qa-1': 'A@40', 'qa-2': 'B@45' };
    expect(candidate('A', apps, null)).toMatchObject({ missing: [app('qa-2')], soakedAt: null });
    expect(lettersOf(candidate('A', apps, {})?.untold ?? [])).toBe('AB');
    expect(candidate('A', apps, {})).toMatchObject({ missing: [app('qa-2')], supposedAt: at(55) });
    expect(candidate('A', apps, { AB: true })).toMatchObject({ missing: [], soakedAt: at(55), untold: [] });
    expect(candidate('A', apps, { AB: false })).toMatchObject({ missing: [app('qa-2')], soakedAt: null });
  });

  it('is still asked for where nothing runs the artifact any more, and one app never did', () => {
    const apps = { 'qa-1': 'A@40 C@50', 'qa-2': 'B@35 C@52' };
    expect(candidate('A', apps, {})).toMatchObject({
      missing: [app('qa-2')],
      soaked: false,
      supposedAt: at(50),
    });
    expect(lettersOf(candidate('A', apps, {})?.untold ?? [])).toContain('AC');
    expect(candidate('A', apps, { AC: true, BC: true, AB: true })).toMatchObject({ soaked: true });
    // Neither is it kept for ever once GitHub has said that it is gone.
    expect(candidate('A', apps, { AC: false })).toBeUndefined();
  });

  it('is of the newest by its own stay, and then nothing is asked about it', () => {
    // By the two apps, B may be newer than A or older.
    const apps = { 'qa-1': 'A@0 B@55', 'qa-2': 'B@0 A@1 B@55' };
    expect(candidate('B', apps, {})).toMatchObject({ soakedAt: at(65), supposedAt: at(65), untold: [] });
  });

  it('is not counted where the artifact itself has to stay, and nothing is asked', () => {
    const [found] = [candidate('B', merges, { BC: true }, { counting: 'occupancy' })];
    expect(found).toMatchObject({ soakedAt: null, untold: [] });
    expect(candidate('B', merges, {}, { counting: 'occupancy' })?.untold).toEqual([]);
  });

  it('asks nothing about what has no full commit', () => {
    const commits = { 'slug:A': 'a'.repeat(40), 'slug:B': 'bbbb2222', 'slug:C': null };
    expect(offered(merges, {}, { commits }).flatMap(({ untold }) => untold)).toEqual([]);
    expect(soakOf('B', merges, {}, { commits })).toBe(60);
  });
});

describe('what is to be asked', () => {
  it('is each deployment with the next first, the newest first', () => {
    const merges = { 'qa-1': 'A@52 B@54 C@56 D@58' };
    expect(lettersOf(candidate('A', merges, {})?.untold ?? [])).toBe('CD BC AB AD AC');
    // Which tells the rest.
    expect(candidate('A', merges, { CD: true, BC: true, AB: true })?.untold).toEqual([]);
    // One that GitHub does not know leaves the rest to be asked by itself.
    expect(lettersOf(candidate('A', merges, { CD: true, AB: true })?.untold ?? [])).toBe('BC AD AC');
  });

  it('is not what came before the time that is asked for, but for what ran then', () => {
    const merges = { 'qa-1': 'A@0 B@3 C@5 D@30 E@55' };
    expect(lettersOf(candidate('C', merges, {}, { soak: 26 })?.untold ?? [])).toBe('DE CE CD');
    expect(lettersOf(candidate('A', merges, {}, { soak: 26 })?.untold ?? [])).toBe('DE AE AD');
    // What is told of that time is enough.
    const says = { DE: true, CD: true };
    expect(candidate('C', merges, says, { soak: 26 })).toMatchObject({ soaked: true, untold: [] });
  });

  it('ends where GitHub has said that something was taken back', () => {
    expect(
      lettersOf(candidate('A', { 'qa-1': 'A@52 B@54 C@56 D@58' }, { CD: false, AD: true })?.untold ?? []),
    ).toBe('AC');
  });

  it('is nothing where nobody asks GitHub', () => {
    expect(offered({ 'qa-1': 'A@52 B@54 C@56' }, null).flatMap(({ untold }) => untold)).toEqual([]);
  });

  it('is of candidates that could move only: not of what was rejected, nor of what the targets have', () => {
    const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', 30));
    const apps = { 'qa-1': 'A@40 B@45 C@50', 'va-1': 'A@41' };
    const told = factsOf({ apps, ancestry: ancestryOf({}) });
    const { untold } = choiceOf(pipeline, stepTo(pipeline, 'canary'), told, at(60));
    expect(lettersOf(untold)).toBe('BC');
  });
});
