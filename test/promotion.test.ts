// The main job, told as stories: merges roll through the waves, held back by what holds them back.

import { afterEach, describe, expect, it } from 'vitest';
import { commitOf, World } from './world.ts';

let world: World;
afterEach(() => world.close());

const appsOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${name}-${n + 1}`);

/** Which label each app runs, as one string: `BBAA…`. */
const picture = (apps: readonly string[], labels: readonly string[]): string =>
  apps.map((app) => labels.find((label) => world.runs(app) === commitOf(label)) ?? '.').join('');

describe('a merge', () => {
  it('rolls through six waves of twelve apps, one promotion request a wave, pinned', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 2, 3, 2, 3]);
    await world.ticks(1);
    expect(world.posts()).toEqual([]);

    world.merge('router-1', 'A');
    await world.ticks(8);

    expect(picture(appsOf('router', 12), ['A'])).toBe('AAAAAAAAAAAA');
    expect(world.posts()).toHaveLength(5);
    expect(world.posts().every((post) => JSON.stringify(post.body).includes('"release":{"id":'))).toBe(true);
    const attempts = await world.attempts('router');
    expect(attempts.map((a) => [a.to, a.state, a.targets.length])).toEqual([
      ['w2', 'succeeded', 1],
      ['w3', 'succeeded', 2],
      ['w4', 'succeeded', 3],
      ['w5', 'succeeded', 2],
      ['w6', 'succeeded', 3],
    ]);
  });

  it('converges from any order of ticks when promotions take minutes', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 2, 3]);
    world.heroku.setPromotionSeconds(150);
    await world.ticks(1);
    world.merge('router-1', 'A');
    await world.ticks(16);
    expect(picture(appsOf('router', 7), ['A'])).toBe('AAAAAAA');
    expect(world.posts()).toHaveLength(3);
  });

  it('is followed by a second one, two waves behind, and each app ends with the right one', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 1, 1, 1, 1], (wave) => (wave > 1 ? '    soak: 3m\n' : ''));
    await world.ticks(1);
    world.merge('router-1', 'A');
    const seen = new Set<string>();
    for (let minute = 0; minute < 60; minute++) {
      await world.ticks(1);
      const now = picture(appsOf('router', 6), ['A', 'B']);
      seen.add(now);
      if (now === 'AAAA..' && world.runs('router-1') === commitOf('A')) world.merge('router-1', 'B');
    }
    expect([...seen]).toContain('BBAAA.');
    expect(picture(appsOf('router', 6), ['A', 'B'])).toBe('BBBBBB');
    const moves = (await world.attempts('router')).map(
      (a) => `${a.commit === commitOf('A') ? 'A' : 'B'}>${a.to}`,
    );
    expect(moves.filter((m) => m.startsWith('A'))).toEqual(['A>w2', 'A>w3', 'A>w4', 'A>w5', 'A>w6']);
    expect(moves.filter((m) => m.startsWith('B'))).toEqual(['B>w2', 'B>w3', 'B>w4', 'B>w5', 'B>w6']);
  });

  it('is promoted by its pinned release after the source has moved on', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1], (wave) => (wave > 1 ? '    soak: 5m\n' : ''));
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(4);
    world.wait(2);
    world.merge('web-1', 'B');
    await world.tick();
    expect(picture(appsOf('web', 2), ['A', 'B'])).toBe('B.');
    await world.ticks(2);
    expect(picture(appsOf('web', 2), ['A', 'B'])).toBe('BA');
  });

  it('is not starved by merges that arrive faster than a later soak', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 3 ? '    soak: 10m\n' : ''));
    await world.ticks(1);
    const arrived = new Set<string>();
    const reasons: (string | undefined)[] = [];
    for (let minute = 0; minute < 60; minute++) {
      world.merge('web-1', `m${minute}`);
      await world.ticks(1);
      arrived.add(world.runs('web-3'));
      const step = await world.step('web', 'w2');
      reasons.push(step.verdicts.find((v) => v.check === 'turn')?.reason);
    }
    // A soak of ten minutes and the minutes of the ticks: a new one arrives at least every thirteen.
    expect(arrived.size).toBeGreaterThanOrEqual(5);
    expect(reasons).toContainEqual(expect.stringMatching(/^w2 keeps \w+ to soak for w3 until 2026-11-23 /));
  });

  it('that Heroku fails to release on one target stops there, and a newer one goes ahead by itself', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 2, 1]);
    await world.ticks(1);
    const bad = world.merge('web-1', 'bad');
    world.heroku.setReleasePhase('web-3', { seconds: 5, fails: [bad] });
    await world.ticks(6);
    expect(picture(appsOf('web', 4), ['bad'])).toBe('badbad..');
    const [attempt] = await world.attempts('web');
    expect(attempt?.state).toBe('partial');
    const step = await world.step('web', 'w2');
    expect(step.blocker).toBe('attempt');
    expect(step.verdicts[0]?.reason).toMatch(/^web-3 failed to take 62616400 at /);
    expect(world.posts()).toHaveLength(1);

    world.merge('web-1', 'good');
    await world.ticks(6);
    expect(picture(appsOf('web', 4), ['good'])).toBe('goodgoodgoodgood');
  });

  it('that failed is tried again when a person says so', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 2]);
    await world.ticks(1);
    world.heroku.failTarget('web-3', 'Could not verify slug checksum');
    const commit = world.merge('web-1', 'A');
    await world.ticks(5);
    expect(world.runs('web-3')).not.toBe(commit);
    world.heroku.failTarget('web-3', null);
    await world.ticks(5);
    expect(world.posts()).toHaveLength(1);
    const { retried } = await world.retry('web', 'w2');
    expect(retried.map((r) => r.app.name)).toEqual(['web-3']);
    await world.ticks(3);
    expect(world.runs('web-3')).toBe(commit);
    const attempts = await world.attempts('web');
    expect(attempts.map((a) => a.targets.map((t) => t.app.name))).toEqual([['web-2', 'web-3'], ['web-3']]);
  });
});

describe('what a person did', () => {
  it('stands: a rollback on the fourth wave stops promotions there until somebody lets go', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 2, 2, 1]);
    await world.ticks(1);
    world.merge('router-1', 'A');
    await world.ticks(8);
    world.merge('router-1', 'B');
    world.heroku.rollback('router-5', { user: 'oncall@example.com' });
    await world.ticks(13);
    expect(picture(appsOf('router', 7), ['A', 'B'])).toBe('BBBB.AA');

    const step = await world.step('router', 'w4');
    expect(step.state).toBe('blocked');
    expect(step.blocker).toBe('stands');
    expect(step.verdicts[0]?.reason).toMatch(
      /^router-5 was rolled back to \w{8} at 2026-11-23 \d\d:\d\dZ by oncall@example.com; what a person did stands until somebody lets go, or something newer is merged\.$/,
    );
    expect(step.verdicts[0]?.unblock).toMatch(
      /^sluice accept router --wave w4 --reason "…" {3}\(B?.* goes there next then, and what was there may go on to w5\)$/,
    );

    await world.accept('router', 'w4');
    await world.ticks(6);
    expect(picture(appsOf('router', 7), ['A', 'B'])).toBe('BBBBBBB');
  });

  it('is passed by what is merged after it: a rollback on the fourth wave', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('router', [1, 1, 2, 2, 1]);
    await world.ticks(1);
    world.merge('router-1', 'A');
    await world.ticks(8);
    world.heroku.rollback('router-5', { user: 'oncall@example.com' });
    await world.ticks(3);
    world.merge('router-1', 'B');
    await world.ticks(10);
    expect(picture(appsOf('router', 7), ['A', 'B'])).toBe('BBBBBBB');
  });

  it('stands: a rollback made before Sluice ever promoted to the app', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    world.heroku.deploy('web-2', { commit: commitOf('A') });
    world.heroku.rollback('web-2');
    world.wait(5);
    world.merge('web-1', 'B');
    await world.ticks(3);
    expect(world.posts()).toHaveLength(0);
    expect((await world.step('web', 'w2')).blocker).toBe('stands');
  });

  it('stands: a hotfix released straight to an app', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(4);
    world.heroku.deploy('web-2', { commit: commitOf('hotfix'), user: 'dev@example.com' });
    world.merge('web-1', 'B');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('hotfix'));
    expect((await world.step('web', 'w2')).verdicts[0]?.reason).toMatch(
      /^686f7466 was released straight to web-2 at .* by dev@example.com/,
    );
  });

  it('stands: a hotfix on an app that Sluice has not promoted to yet, however old it is by then', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.heroku.deploy('web-2', { commit: commitOf('hotfix'), user: 'dev@example.com' });
    await world.ticks(60);
    world.merge('web-1', 'A');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('hotfix'));
    await world.accept('web');
    await world.ticks(2);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('is no way back: what a wave has passed over is not given to it because a hotfix lies on top', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    await world.hold('web', null, 'until C is there', null);
    world.merge('web-1', 'B');
    await world.ticks(2);
    world.merge('web-1', 'C');
    await world.ticks(2);
    await world.unhold('web');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('C'));
    world.heroku.deploy('web-2', { commit: commitOf('hotfix') });
    await world.ticks(2);
    await world.accept('web');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('hotfix'));
    world.merge('web-1', 'D');
    await world.ticks(4);
    expect(world.runs('web-2')).toBe(commitOf('D'));
  });

  it('stands: a promotion by hand, which is not promoted further either', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 2 ? '    soak: 30m\n' : ''));
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(40);
    expect(picture(appsOf('web', 3), ['A'])).toBe('AAA');
    world.merge('web-1', 'B');
    world.heroku.release('web-2', {
      slug: world.heroku.app('web-1').current?.artifactId ?? '',
      user: 'dev@example.com',
    });
    await world.ticks(60);
    expect(picture(appsOf('web', 3), ['A', 'B'])).toBe('BBA');
    world.merge('web-1', 'C');
    await world.ticks(40);
    expect(picture(appsOf('web', 3), ['A', 'B', 'C'])).toBe('CBA');
    expect((await world.step('web', 'w2')).verdicts[0]?.reason).toMatch(
      /^42000000 was promoted by hand to web-2/,
    );
    await world.accept('web', 'w2');
    await world.ticks(8);
    expect(picture(appsOf('web', 3), ['A', 'B', 'C'])).toBe('CCC');
  });

  it('on the head is respected: what was rolled back there goes no further, and nothing goes back', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 3 ? '    soak: 20m\n' : ''));
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(5);
    expect(picture(appsOf('web', 3), ['A'])).toBe('AA.');
    world.heroku.rollback('web-1');
    await world.ticks(5);
    const step = await world.step('web', 'w2');
    expect([step.state, step.blocker]).toEqual(['blocked', 'order']);
    expect(world.posts()).toHaveLength(1);
  });

  it('upstream counts too: what was taken back on the head goes no further from any wave', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 3 ? '    soak: 20m\n' : ''));
    await world.ticks(1);
    world.merge('web-1', 'bad');
    await world.ticks(5);
    expect(picture(appsOf('web', 3), ['bad'])).toBe('badbad.');
    world.heroku.rollback('web-1');
    await world.ticks(40);
    expect(picture(appsOf('web', 3), ['bad'])).toBe('.bad.');
    const step = await world.step('web', 'w3');
    expect(step.blocker).toBe('rejected');
    const rejected = step.verdicts.find(({ check }) => check === 'rejected');
    expect(rejected?.reason).toMatch(/^62616400 was taken back on web-1 at /);
    world.merge('web-1', 'fix');
    await world.ticks(40);
    expect(picture(appsOf('web', 3), ['fix'])).toBe('fixfixfix');
  });

  it('to mend a failed promotion with the same artifact is no trouble: it goes on from there', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 2, 1]);
    await world.ticks(1);
    world.heroku.failTarget('web-3', 'Could not verify slug checksum');
    world.merge('web-1', 'A');
    await world.ticks(5);
    world.heroku.release('web-3', { slug: world.heroku.app('web-1').current?.artifactId ?? '' });
    await world.ticks(8);
    expect(picture(appsOf('web', 4), ['A'])).toBe('AAAA');
  });

  it('by hand ahead of the pipeline is shown where it stops, and goes on when somebody says so', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1], (wave) => (wave === 2 ? '    soak: 30m\n' : ''));
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(40);
    world.merge('web-1', 'B');
    world.heroku.release('web-2', { slug: world.heroku.app('web-1').current?.artifactId ?? '' });
    await world.ticks(10);
    expect(picture(appsOf('web', 3), ['A', 'B'])).toBe('BBA');
    const step = await world.step('web', 'w3');
    expect(step.blocker).toBe('stands');
    expect(step.verdicts[0]?.unblock).toMatch(/^sluice accept web --wave w2 /);
    const { accepted } = await world.accept('web', 'w2');
    expect(accepted.map((entry) => entry.app.name)).toEqual(['web-2']);
    await world.ticks(4);
    expect(picture(appsOf('web', 3), ['A', 'B'])).toBe('BBB');
  });

  it('straight to a wave goes no further, however long the past of the wave before it is', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1]);
    for (let n = 0; n < 205; n++) world.heroku.setConfig('web-1');
    world.wait(5);
    world.heroku.deploy('web-2', { commit: commitOf('hotfix') });
    await world.ticks(5);
    expect(world.posts()).toHaveLength(0);
  });

  it('that took an app back stays known when the past upstream is known in part only', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1]);
    await world.ticks(1);
    for (const label of ['A', 'B']) {
      world.merge('web-1', label);
      await world.ticks(5);
    }
    for (let n = 0; n < 205; n++) world.heroku.setConfig('web-1');
    await world.forget();
    const old = world.heroku.app('web-1').releases.find((r) => r.commit === commitOf('A'));
    world.heroku.release('web-1', { slug: old?.artifactId ?? '' });
    await world.ticks(5);
    expect(picture(appsOf('web', 3), ['A', 'B'])).toBe('ABB');
  });

  it('to the configuration of an app changes nothing: the artifact is the same', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(4);
    world.heroku.setConfig('web-2');
    world.heroku.setConfig('web-1');
    await world.ticks(3);
    expect(world.posts()).toHaveLength(1);
    expect((await world.step('web', 'w2')).state).toBe('same');
  });

  it('to the configuration of a target is waited for while its release phase goes on', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1]);
    await world.ticks(2);
    world.merge('web-1', 'A');
    await world.ticks(4);
    world.heroku.setReleasePhase('web-2', { seconds: 600 });
    world.heroku.setConfig('web-2');
    world.merge('web-1', 'B');
    await world.ticks(5);
    expect(world.posts()).toHaveLength(1);
    const { verdicts } = await world.step('web', 'w2');
    expect(verdicts.find(({ check }) => check === 'release')?.reason).toMatch(
      /^web-2 has not finished release v5 of /,
    );
    await world.ticks(20);
    expect(picture(appsOf('web', 2), ['A', 'B'])).toBe('BB');
  });
});

describe('a hold', () => {
  it('stops one wave with its reason and owner, and expires by itself', async () => {
    world = await World.open({ config: {} });
    world.addPipeline('web', [1, 1, 1]);
    await world.ticks(1);
    await world.hold('web', 'w3', 'moving the database', 20);
    world.merge('web-1', 'A');
    await world.ticks(5);
    expect(picture(appsOf('web', 3), ['A'])).toBe('AA.');
    const blocked = await world.step('web', 'w3');
    expect(blocked.verdicts.find((v) => v.check === 'hold')?.reason).toMatch(
      /oncall@example.com holds web w3 since .*: moving the database/,
    );
    await world.ticks(20);
    expect(picture(appsOf('web', 3), ['A'])).toBe('AAA');
  });

  it.each([
    { moment: 'just before the claim', when: (writer: string) => !writer.includes(' ') },
    {
      moment: 'while the promotion before it is settled',
      when: (writer: string) => writer.startsWith('settle'),
    },
  ])('placed $moment stops the promotion that was about to be made', async ({ when }) => {
    let place = async (): Promise<unknown> => undefined;
    world = await World.open({
      config: {},
      table: (real) => ({
        ...real,
        writeLedger: async (id, ledger, before) => {
          const act = place;
          if (when(ledger.writer ?? '')) {
            place = async () => undefined;
            await act();
          }
          return real.writeLedger(id, ledger, before);
        },
      }),
    });
    world.addPipeline('web', [1, 1, 1]);
    await world.ticks(1);
    world.merge('web-1', 'A');
    if (when('settle')) await world.ticks(1);
    const before = world.posts().length;
    place = () => world.hold('web', null, 'stop', null);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(before);
    const { steps } = await world.decision('web');
    expect(steps.find((s) => s.state === 'blocked')?.blocker).toBe('hold');
  });
});

describe('mode: observe, and a run that may not promote', () => {
  it.each([
    { case: 'mode: observe', mode: 'mode: observe\n', dryRun: false },
    { case: 'a dry run', mode: '', dryRun: true },
  ])('decides, records and explains, and promotes nothing: $case', async ({ mode, dryRun }) => {
    world = await World.open({ config: {}, dryRun });
    world.addPipeline('web', [1, 1]);
    world.config = { web: mode + world.config['web'] };
    await world.ticks(1);
    world.merge('web-1', 'A');
    await world.ticks(5);
    expect(world.posts()).toHaveLength(0);
    expect((await world.step('web', 'w2')).state).toBe('ready');
  });
});
