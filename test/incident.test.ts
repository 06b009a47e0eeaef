// The incident drill of docs/runbook.md as a story: stop everything, take the bad commit back, mend it, let go. The bad
// commit never comes back, whatever is lifted and accepted, and the fix arrives, on one promotion as on ten waves.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** Every commit that a wave after the first was given since, by pipeline. */
async function given(pipeline: string, since: number): Promise<readonly (string | null)[]> {
  const attempts = await world.attempts(pipeline);
  return attempts.filter(({ claimedAt }) => claimedAt >= since).map(({ commit }) => commit);
}

const runsOn = (pipeline: string, waves: number) =>
  Array.from({ length: waves }, (_, index) => world.runs(`${pipeline}-${index + 1}`));

/** What the drill is played on. */
function drillOn(waves: number, soak: string) {
  const last = `web-${waves}`;

  async function badIsOut(): Promise<string> {
    world = await World.open({ config: {} });
    const soaks = (wave: number) => (wave > 1 ? `    soak: ${soak}\n` : '');
    world.addPipeline(
      'web',
      Array.from({ length: waves }, () => 1),
      soaks,
    );
    world.addPipeline('other', [1, 1]);
    await world.ticks(1);
    const good = world.merge('web-1', 'good');
    await world.ticks(60);
    expect(world.runs(last)).toBe(good);
    const bad = world.merge('web-1', 'bad');
    await world.ticks(60);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => bad));
    return bad;
  }

  async function holdAll(): Promise<void> {
    for (const name of ['web', 'other']) await world.hold(name, null, 'incident 42', null);
  }

  async function unholdAll(): Promise<void> {
    for (const name of ['web', 'other']) await world.unhold(name);
  }

  return { last, badIsOut, holdAll, unholdAll };
}

describe.each([
  { case: 'one promotion', waves: 2, soak: '10m' },
  { case: 'ten waves', waves: 10, soak: '2m' },
])('An incident on $case', ({ waves, soak }) => {
  const { last, badIsOut, holdAll, unholdAll } = drillOn(waves, soak);

  it('is over when the fix has arrived; what was rolled back never comes back, accepted or not', async () => {
    const bad = await badIsOut();
    await holdAll();
    const since = world.clock.now();
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(30);
    await unholdAll();
    // The fix is not merged yet: the bad commit still runs on every wave before, soaked.
    await world.ticks(60);
    expect(await given('web', since)).toEqual([]);
    expect(world.runs(last)).toBe(commitOf('good'));

    const fix = world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => fix));
    expect(await given('web', since)).not.toContain(bad);
    expect(await world.table.words(world.id('web'))).toEqual([]);
  });

  it('is over the same when the fix is merged while everything is held', async () => {
    const bad = await badIsOut();
    await holdAll();
    const since = world.clock.now();
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(5);
    const fix = world.merge('web-1', 'fix');
    await world.ticks(30);
    expect(await given('web', since)).toEqual([]);
    await unholdAll();
    await world.ticks(90);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => fix));
    expect(await given('web', since)).not.toContain(bad);
    expect(await world.table.words(world.id('web'))).toEqual([]);
  });

  it('needs no rollback to keep a bad commit from going further: a word is enough', async () => {
    world = await World.open({ config: {} });
    const soaks = (wave: number) => (wave > 1 ? `    soak: ${soak}\n` : '');
    world.addPipeline(
      'web',
      Array.from({ length: waves }, () => 1),
      soaks,
    );
    await world.ticks(1);
    const bad = world.merge('web-1', 'bad');
    await world.ticks(1);
    await world.reject('web', bad.slice(0, 8));
    await world.ticks(60);
    expect(await given('web', 0)).toEqual([]);
    const step = await world.step('web', 'w2');
    expect(step.verdicts.find(({ check }) => check === 'rejected')).toMatchObject({
      state: 'fail',
      unblock: expect.stringMatching(/^sluice allow web 62616400 --reason "…" {3}/),
    });

    const fix = world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => fix));
    expect(await given('web', 0)).not.toContain(bad);
  });
});

describe('What a person did on production', () => {
  const waves = 2;
  const { last, badIsOut, holdAll, unholdAll } = drillOn(waves, '10m');

  it('is over the same when what was rolled back has been accepted', async () => {
    const bad = await badIsOut();
    await holdAll();
    const since = world.clock.now();
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(30);
    await unholdAll();
    await world.accept('web');
    await world.ticks(30);
    expect(await given('web', since)).toEqual([]);
    const fix = world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => fix));
    expect(await given('web', since)).not.toContain(bad);
  });

  it('is over the same when the older commit was deployed again, in place of a rollback', async () => {
    const bad = await badIsOut();
    await holdAll();
    const since = world.clock.now();
    world.merge(last, 'good');
    await world.ticks(5);
    const fix = world.merge('web-1', 'fix');
    await unholdAll();
    await world.ticks(120);
    expect(runsOn('web', waves)).toEqual(Array.from({ length: waves }, () => fix));
    expect(await given('web', since)).not.toContain(bad);
  });

  it('leaves the rollback alone with what was merged before it: the person may have meant that too', async () => {
    await badIsOut();
    await holdAll();
    const since = world.clock.now();
    world.merge('web-1', 'on top of bad');
    await world.ticks(2);
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(2);
    await unholdAll();
    await world.ticks(90);
    expect(world.runs(last)).toBe(commitOf('good'));
    const step = await world.step('web', `w${waves}`);
    expect(step.verdicts.find(({ check }) => check === 'stands')).toMatchObject({
      reason: expect.stringMatching(/stands until somebody lets go, or something newer is merged\.$/),
      unblock: expect.stringMatching(/^sluice accept web --wave /),
    });
    const fix = world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(world.runs(last)).toBe(fix);
    expect((await given('web', since)).filter((commit) => commit === commitOf('bad'))).toEqual([]);
  });

  it('leaves the rollback alone with a merge that was in its release phase then', async () => {
    await badIsOut();
    world.heroku.setReleasePhase('web-1', { seconds: 300 });
    world.merge('web-1', 'on top of bad');
    await world.ticks(1);
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(60);
    expect(world.runs(last)).toBe(commitOf('good'));
    expect((await world.step('web', `w${waves}`)).blocker).toBe('stands');
    const fix = world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(world.runs(last)).toBe(fix);
  });

  it('promises no move of what was taken back: accepted, the app goes on, and that stays rejected', async () => {
    const bad = await badIsOut();
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(2);
    const { verdicts } = await world.step('web', `w${waves}`);
    expect(verdicts.find(({ check }) => check === 'stands')?.unblock).toBe(
      `sluice accept web --wave w${waves} --reason "…"   (it counts then; ${bad.slice(0, 8)} stays rejected and does not go there)`,
    );
  });

  it('takes no word that names the whole commit for nothing where Heroku knows its beginning', async () => {
    await badIsOut();
    const whole = commitOf('short at Heroku');
    await world.hold('web', null, 'incident 43', null);
    world.heroku.deploy('web-1', { commit: whole.slice(0, 9), slug: 'new' });
    await world.ticks(2);
    await world.reject('web', whole);
    await world.unhold('web');
    await world.ticks(30);
    expect(world.runs(last)).toBe(commitOf('bad'));
    await world.allow('web', whole);
    await world.ticks(30);
    expect(world.runs(last)).toBe(whole.slice(0, 9));
  });

  it('leaves a hotfix alone, whatever is merged', async () => {
    await badIsOut();
    world.merge(last, 'hotfix');
    await world.ticks(2);
    world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(world.runs(last)).toBe(commitOf('hotfix'));
    expect((await world.step('web', `w${waves}`)).blocker).toBe('stands');
  });

  it('leaves a hotfix alone that somebody went back to', async () => {
    await badIsOut();
    world.merge(last, 'hotfix');
    await world.ticks(2);
    world.merge(last, 'another hotfix');
    await world.ticks(2);
    world.heroku.rollback(last, { user: 'oncall@example.com' });
    await world.ticks(2);
    world.merge('web-1', 'fix');
    await world.ticks(90);
    expect(world.runs(last)).toBe(commitOf('hotfix'));
  });
});

describe('After an accept', () => {
  it('what was taken back stays rejected, until somebody allows it', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    const bad = world.merge('web-1', 'bad');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(bad);
    world.heroku.rollback('web-2', { user: 'oncall@example.com' });
    await world.ticks(3);
    await world.accept('web').catch(() => undefined);
    await world.ticks(30);
    expect(world.runs('web-2')).toBe(commitOf('web base'));
    await world.allow('web', bad);
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(bad);
  });
});

describe('The runbook', () => {
  it('tells to type what the drill does, and nothing else', () => {
    const page = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8');
    const [, section = ''] = page.split('\n## An incident\n');
    const [first = ''] = section.split('\n## ');
    const drill = [...first.matchAll(/^\$ (.+)$/gm)].slice(0, 3).map(([, command]) => command);
    expect(drill).toEqual([
      './sluice hold --all --reason "incident 42" --no-expiry --prefix /sluice',
      'heroku rollback v41 --app router-va01',
      './sluice unhold --all --reason "incident 42 is over" --prefix /sluice',
    ]);
  });
});

describe('A hotfix on an app that Sluice never promoted to', () => {
  it('stands however many merges follow it', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    const hotfix = world.merge('web-2', 'hotfix');
    await world.ticks(1);
    for (let merge = 0; merge < 70; merge++) {
      world.merge('web-1', `merge ${merge}`);
      await world.ticks(1);
    }
    expect(world.posts()).toEqual([]);
    expect(world.runs('web-2')).toBe(hotfix);
    await world.forget();
    await world.ticks(10);
    expect(world.posts()).toEqual([]);
    await world.accept('web');
    await world.ticks(3);
    expect(world.runs('web-2')).toBe(commitOf('merge 69'));
  });
});
