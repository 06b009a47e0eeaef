// What a run decides, story by story: states, promotions, since when, and when to look again. See turn.test.ts for what
// a wave keeps for the next one.

import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { fail, pass, unknown, type VerdictParts, wait } from '../../../shared/domain/verdict.ts';
import { type Deciding, deciding, stepOf } from './deciding.ts';
import { app, at, attemptOf, broughtTo, MINUTE } from './fleet.ts';

const asked = (more: Partial<VerdictParts> = {}): VerdictParts => ({
  check: 'window',
  about: 'world',
  reason: 'As asked.',
  ...more,
});
/** Every wave on A. */
const same = { 'qa-1': 'A@0', 'va-1': 'A@1', 'ie-1': 'A@2' };
/** B is on the head, and could go to canary. */
const behind = { ...same, 'qa-1': 'A@0 B@40' };
/** C could go to canary, B to world. */
const both = { 'qa-1': 'A@0 B@5 C@50', 'va-1': 'A@1 B@10', 'ie-1': 'A@2' };
const ledger = broughtTo({ 'va-1': 'A@1 B@10', 'ie-1': 'A@2' });

describe('a step', () => {
  it('without a difference is the same, and asks nothing of anybody', () => {
    expect(stepOf({ apps: same, answers: { canary: [fail(asked())] } }, 'canary')).toEqual({
      from: 'qa',
      to: 'canary',
      state: 'same',
      candidate: null,
      targets: [],
      verdicts: [],
      blocker: null,
      earliestAt: null,
      stands: [],
      failures: [],
    });
  });

  it('with a difference and nothing but passes is ready', () => {
    const good = pass(asked({ since: at(3) }));
    expect(stepOf({ apps: behind, answers: { canary: [good] } }, 'canary')).toEqual({
      from: 'qa',
      to: 'canary',
      state: 'ready',
      candidate: {
        artifact: 'slug:B',
        commit: 'b'.repeat(40),
        source: app('qa-1'),
        sourceReleaseId: 'qa-1 v2',
      },
      targets: [app('va-1')],
      verdicts: [good],
      blocker: null,
      earliestAt: null,
      stands: [],
      failures: [],
    });
  });

  it.each([wait, fail, unknown])('with any other answer is blocked, by the first of them', (answer) => {
    const answers = [
      pass(asked({ check: 'soak' })),
      answer(asked({ until: at(70) })),
      wait(asked({ check: 'ci' })),
    ];
    const step = stepOf({ apps: behind, answers: { canary: answers } }, 'canary');
    expect(step).toMatchObject({ state: 'blocked', blocker: 'window', earliestAt: at(70) });
    expect(step.verdicts.map((v) => v.check)).toEqual(['soak', 'window', 'ci']);
  });

  it('puts what the facts say before what checks say, and what the next wave needs after it', () => {
    const hotfix = { ...behind, 'va-1': 'A@1 H@50' };
    const step = stepOf({ apps: hotfix, ledger, answers: { canary: [fail(asked())] } }, 'canary');
    expect(step.verdicts.map((v) => v.check)).toEqual(['stands', 'window', 'turn']);
    expect(step).toMatchObject({ blocker: 'stands', stands: [{ app: app('va-1'), artifact: 'slug:H' }] });
  });

  it('is promoting while an attempt is open on one of its apps, whatever the answers', () => {
    const open = { ...emptyLedger, open: [attemptOf()] };
    expect(stepOf({ apps: behind, ledger: open }, 'canary').state).toBe('promoting');
    expect(stepOf({ apps: { ...behind, 'va-1': 'A@1 B@59' }, ledger: open }, 'canary').state).toBe(
      'promoting',
    );
    expect(stepOf({ apps: behind, ledger: open }, 'world').state).toBe('same');
  });

  it('that cannot be read is blocked, even without a difference', () => {
    const step = stepOf({ apps: same, unreadable: { 'va-1': 'Heroku answered 503.' } }, 'canary');
    expect(step).toMatchObject({ state: 'blocked', blocker: 'facts', candidate: null, targets: [] });
  });

  it('names what failed before, for retry, and a commit only where one is known', () => {
    const failed = { artifact: 'slug:B', at: at(50), attemptId: 'attempt-1', message: 'No dyno booted.' };
    const apps = { 'id-va-1': { brought: [], failed, tried: null } };
    const step = stepOf({ apps: behind, ledger: { ...emptyLedger, apps }, commits: {} }, 'canary');
    expect(step.failures).toEqual([{ app: app('va-1'), attemptId: 'attempt-1' }]);
    expect(step.candidate?.commit).toBeNull();
  });
});

describe('a promotion', () => {
  it('is made of what its step decided', () => {
    const answers = { canary: [pass(asked({ since: at(3) }))] };
    expect(deciding({ apps: behind, answers }).promotions).toEqual([
      {
        step: 1,
        from: 'qa',
        to: 'canary',
        artifact: 'slug:B',
        commit: 'b'.repeat(40),
        source: app('qa-1'),
        sourceReleaseId: 'qa-1 v2',
        targets: [app('va-1')],
        verdicts: answers.canary,
      },
    ]);
  });

  it('to the last wave goes first, and those before wait for it', () => {
    const { decision, promotions } = deciding({ apps: both, ledger });
    expect(promotions.map(({ step, to }) => [step, to])).toEqual([[2, 'world']]);
    expect(decision.steps.map(({ state }) => state)).toEqual(['blocked', 'ready']);
  });

  it('is not made by a pipeline that is only observed, nor in a dry run; it is decided all the same', () => {
    for (const more of [{ mode: 'observe' }, { dryRun: true }] as const) {
      const { decision, promotions } = deciding({ apps: behind, ...more });
      expect(promotions).toEqual([]);
      expect(decision).toMatchObject({ ...more, steps: [{ state: 'ready' }, { state: 'same' }] });
    }
  });

  it('is not made by a step that is blocked', () => {
    expect(deciding({ apps: behind, answers: { canary: [wait(asked())] } }).promotions).toEqual([]);
  });
});

describe('a decision', () => {
  it('says of which pipeline, when, and how long soaks alone can take', () => {
    expect(deciding({ apps: same }).decision).toMatchObject({
      pipelineId: 'id-router',
      pipeline: 'router',
      mode: 'promote',
      dryRun: false,
      at: at(60),
      soakCeilingMs: (60 + 2 * 3) * MINUTE,
    });
  });

  it('says what runs where, of which commit and since when, or that nothing does', () => {
    const { decision } = deciding({
      apps: { 'qa-1': 'A@0 B@40', 'va-1': 'A@1' },
      commits: { 'slug:B': 'b0b' },
    });
    expect(decision.waves).toEqual([
      { name: 'qa', apps: [{ app: app('qa-1'), artifact: 'slug:B', commit: 'b0b', since: at(40) }] },
      { name: 'canary', apps: [{ app: app('va-1'), artifact: 'slug:A', commit: null, since: at(1) }] },
      { name: 'world', apps: [{ app: app('ie-1'), artifact: null, commit: null, since: null }] },
    ]);
  });
});

describe('since when an answer is what it is', () => {
  const waits = () => ({ canary: [wait(asked())] });
  const earlier = () => deciding({ apps: behind, answers: waits(), now: 50 }).decision;
  const since = (story: Partial<Deciding>, index = 0) =>
    stepOf({ apps: behind, answers: waits(), previous: earlier(), ...story }, 'canary').verdicts[index]
      ?.since;

  it('is now when it is the first', () => {
    expect(earlier().steps[0]?.verdicts[0]?.since).toBe(at(50));
  });

  it('is since it was so first, while it stays so for the same artifact', () => {
    expect(since({})).toBe(at(50));
    expect(since({ answers: { canary: [wait(asked({ reason: 'In other words.', until: at(99) }))] } })).toBe(
      at(50),
    );
  });

  it('begins anew when the answer, the check or the artifact is another', () => {
    expect(since({ answers: { canary: [fail(asked())] } })).toBe(at(60));
    expect(since({ answers: { canary: [wait(asked({ check: 'ci' }))] } })).toBe(at(60));
    expect(since({ apps: { ...behind, 'qa-1': 'A@0 B@40 C@55' } })).toBe(at(60));
    expect(since({ previous: deciding({ apps: same, now: 50 }).decision })).toBe(at(60));
  });

  it('is what the check says, if it says', () => {
    expect(since({ answers: { canary: [wait(asked({ since: at(7) }))] } })).toBe(at(7));
  });

  it('is told of what could not be read, too, where nothing would move', () => {
    const story = { apps: same, unreadable: { 'va-1': 'Heroku answered 503.' } };
    const previous = deciding({ ...story, now: 50 }).decision;
    expect(stepOf({ ...story, previous }, 'canary').verdicts[0]?.since).toBe(at(50));
  });

  it('is told of each wave by itself', () => {
    const previous = deciding({ apps: both, ledger, now: 50, answers: { world: [wait(asked())] } }).decision;
    const answers = { canary: [wait(asked())], world: [wait(asked())] };
    expect(stepOf({ apps: both, ledger, previous, answers }, 'world').verdicts[0]?.since).toBe(at(50));
    expect(stepOf({ apps: both, ledger, previous, answers }, 'canary').verdicts[0]?.since).toBe(at(60));
  });
});

describe('the pipeline is looked at again', () => {
  const wakeAt = (story: Deciding) => {
    const { wakeAt: found } = deciding(story).decision;
    return found === null ? null : (found - at(60)) / MINUTE;
  };
  const on = (...canary: ReturnType<typeof wait>[]): Deciding => ({ apps: behind, answers: { canary } });

  it('never, for its own sake, when nothing differs, or only a promotion is to be waited for', () => {
    expect(wakeAt({ apps: same })).toBeNull();
    expect(wakeAt({ apps: behind, ledger: { ...emptyLedger, open: [attemptOf()] } })).toBeNull();
  });

  it('at once when a step is ready, and soon when it only would be', () => {
    expect(wakeAt({ apps: behind })).toBe(0);
    expect(wakeAt({ apps: behind, mode: 'observe' })).toBe(5);
    expect(wakeAt({ apps: behind, dryRun: true })).toBe(5);
  });

  it('when the first answer can change, whether it blocks or not', () => {
    expect(wakeAt(on(wait(asked({ until: at(70) })), wait(asked({ until: at(63) }))))).toBe(3);
    expect(wakeAt(on(wait(asked({ until: at(70) })), pass(asked({ until: at(62) }))))).toBe(2);
    expect(wakeAt(on(wait(asked({ until: at(70) })), pass(asked())))).toBe(10);
  });

  it('after a quarter of an hour at the latest', () => {
    expect(wakeAt(on(wait(asked({ until: at(900) }))))).toBe(15);
  });

  it('at the next tick when nobody knows when an answer changes', () => {
    expect(wakeAt(on(wait(asked({ until: at(70) })), unknown(asked())))).toBe(0);
    expect(wakeAt(on(wait(asked({ until: at(60) }))))).toBe(0);
    expect(wakeAt(on(wait(asked({ until: at(60) + 1 }))))).toBeCloseTo(1 / MINUTE);
    expect(wakeAt(on(wait(asked({ until: at(50) }))))).toBe(0);
  });

  it('soon when only an event can change the answers: events can be lost', () => {
    expect(wakeAt(on(fail(asked({ onEvent: true })), wait(asked({ until: at(70) }))))).toBe(5);
    expect(wakeAt(on(fail(asked({ onEvent: true })), wait(asked())))).toBe(0);
    expect(wakeAt(on(fail(asked({ onEvent: true })), wait(asked({ onEvent: true, until: at(63) }))))).toBe(3);
  });

  it('for no time that has come: an answer that should have changed by now may take an event', () => {
    expect(wakeAt(on(wait(asked({ onEvent: true, until: at(60) }))))).toBe(5);
  });

  it('when what soaks on the wave before has done so', () => {
    const apps = { 'qa-1': 'A@0 B@5 C@30', 'va-1': 'A@1 B@10 C@43', 'ie-1': 'A@2' };
    const brought = broughtTo({ 'va-1': 'A@1 B@10 C@43', 'ie-1': 'A@2' });
    expect(wakeAt({ apps, ledger: brought, answers: { world: [wait(asked({ until: at(99) }))] } })).toBe(13);
  });

  it('at the earliest of its steps', () => {
    const answers = { world: [wait(asked({ until: at(68) }))], canary: [wait(asked({ until: at(65) }))] };
    expect(wakeAt({ apps: both, ledger, answers })).toBe(5);
  });
});
