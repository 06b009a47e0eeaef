// L2: what a wave keeps for the next one, and for how long.

import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { KEEP_FOR_EVIDENCE_MS } from '../../../shared/domain/decide.ts';
import { fail, pass, unknown, type Verdict, wait } from '../../../shared/domain/verdict.ts';
import { type Deciding, stepOf } from './deciding.ts';
import { at, attemptOf, broughtTo, HOUR, target } from './fleet.ts';

const ledger = broughtTo({ 'va-1': 'A@1 B@10', 'ie-1': 'A@2' });
/** C could go to canary; B has been on canary since minute 10, soaks for world until minute 40, and could go there. */
const both = { 'qa-1': 'A@0 B@5 C@20', 'va-1': 'A@1 B@10', 'ie-1': 'A@2' };

/** Why canary is not given anything else: the verdict `turn` about it, undefined for no reason. */
const turn = (story: Partial<Deciding> = {}): Verdict | undefined =>
  stepOf({ apps: both, ledger, ...story }, 'canary').verdicts.find((v) => v.check === 'turn');
const about = (state: typeof wait, subject: Verdict['about'], check = 'signal direwolf') => ({
  world: [state({ check, about: subject, reason: 'As asked.' })],
});

describe('a wave keeps an artifact', () => {
  it('while that soaks for the next wave, and says until when', () => {
    expect(turn({ now: 30 })).toEqual({
      check: 'turn',
      state: 'wait',
      about: 'world',
      reason: 'canary keeps bbbbbbbb to soak for world until 2026-11-23 10:40Z.',
      since: at(30),
      until: at(40),
      unblock: null,
      onEvent: false,
      evidence: { wave: 'canary', for: 'world' },
    });
  });

  it('while it is ready to leave', () => {
    expect(turn()).toMatchObject({
      reason: 'canary keeps bbbbbbbb until its promotion to world has ended.',
      until: null,
    });
  });

  it('while it is on its way out, whatever else is known', () => {
    const leaving = attemptOf({ from: 'canary', to: 'world', targets: [target('ie-1')] });
    const reason = 'canary keeps bbbbbbbb until its promotion to world has ended.';
    expect(turn({ ledger: { ...ledger, open: [leaving] } })).toMatchObject({ reason, until: null });
    const there = { ...both, 'ie-1': 'A@2 B@59' };
    expect(turn({ apps: there, ledger: { ...ledger, open: [leaving] } })).toMatchObject({ reason });
  });

  it('not for an attempt that leads elsewhere', () => {
    const there = { ...both, 'ie-1': 'A@2 B@50' };
    const settled = broughtTo({ 'va-1': 'A@1 B@10', 'ie-1': 'A@2 B@50' });
    for (const more of [
      { from: 'qa', to: 'world' },
      { from: 'canary', to: 'moon' },
    ]) {
      const open = [attemptOf({ ...more, targets: [target('elsewhere')] })];
      expect(turn({ apps: there, ledger: { ...settled, open } })).toBeUndefined();
    }
  });

  it('not once it has moved on', () => {
    const there = { ...both, 'ie-1': 'A@2 B@50' };
    expect(
      turn({ apps: there, ledger: broughtTo({ 'va-1': 'A@1 B@10', 'ie-1': 'A@2 B@50' }) }),
    ).toBeUndefined();
  });

  it('not for the wave after the last', () => {
    const step = stepOf({ apps: both, ledger }, 'world');
    expect(step.verdicts).toEqual([]);
  });
});

describe('a wave lets an artifact go that', () => {
  it('has soaked and is held back for the next wave`s own reasons: it is pinned', () => {
    expect(turn({ answers: about(wait, 'world', 'window') })).toBeUndefined();
    expect(turn({ answers: about(wait, 'target', 'stands') })).toBeUndefined();
  });

  it('has failed, even before its soak is complete', () => {
    expect(turn({ now: 30, answers: about(fail, 'source') })).toBeUndefined();
    expect(turn({ answers: about(fail, 'source') })).toBeUndefined();
  });

  it('but not one that soaks while another one failed', () => {
    const apps = { 'qa-1': 'A@0 B@5 C@20 D@50', 'va-1': 'A@1 B@10 C@45', 'ie-1': 'A@2' };
    const brought = broughtTo({ 'va-1': 'A@1 B@10 C@45', 'ie-1': 'A@2' });
    expect(turn({ apps, ledger: brought, answers: about(fail, 'source') })).toMatchObject({
      reason: 'canary keeps cccccccc to soak for world until 2026-11-23 11:15Z.',
      until: at(75),
    });
  });
});

describe('a wave keeps an artifact for evidence that is gathered on it', () => {
  it.each([wait, unknown])('for an hour after its soak, and says what for', (answer) => {
    expect(turn({ answers: about(answer, 'source') })).toMatchObject({
      reason:
        'canary keeps bbbbbbbb while signal direwolf is gathered on it for world, until 2026-11-23 11:40Z at the latest.',
      until: at(40) + KEEP_FOR_EVIDENCE_MS,
    });
    expect(KEEP_FOR_EVIDENCE_MS).toBe(HOUR);
  });

  it('and tells when all of it is there, where that is known and sooner', () => {
    const source = (until: number | null) =>
      wait({ check: 'signal direwolf', about: 'source', reason: 'Not yet.', until });
    const untilOf = (...times: readonly (number | null)[]) =>
      turn({ answers: { world: times.map(source) } })?.until;
    const last = at(40) + KEEP_FOR_EVIDENCE_MS;
    expect(untilOf(at(60))).toBe(at(60));
    expect(untilOf(at(60), at(70), at(65))).toBe(at(70));
    expect(untilOf(at(60), null)).toBe(last);
    expect(untilOf(last + 1)).toBe(last);
  });

  it('and no longer', () => {
    expect(turn({ now: 100 - 1 / 60_000, answers: about(wait, 'source') })).toBeDefined();
    expect(turn({ now: 100, answers: about(wait, 'source') })).toBeUndefined();
  });

  it('not where it is gathered already', () => {
    const answers = {
      world: [
        pass({ check: 'signal direwolf', about: 'source', reason: 'There.' }),
        wait({ check: 'window', about: 'world', reason: 'Closed.' }),
      ],
    };
    expect(turn({ answers })).toBeUndefined();
  });

  it('not where something else runs by now', () => {
    const apps = { 'qa-1': 'A@0 B@5 C@20 D@55', 'va-1': 'A@1 B@10 H@50', 'ie-1': 'A@2' };
    expect(turn({ apps, answers: about(wait, 'source') })).toBeUndefined();
  });

  it('not while another check fails', () => {
    const answers = {
      world: [...about(wait, 'source').world, ...about(fail, 'artifact', 'ci').world],
    };
    expect(turn({ answers })).toBeUndefined();
  });
});

describe('a wave that a person took back', () => {
  it('keeps what it runs without an end where its soak is cut short for good', () => {
    const apps = { 'qa-1': 'B@0 C@1 D@50', 'va-1': 'B@2 C@20 B@25', 'ie-1': 'A@-9' };
    const brought = broughtTo({ 'va-1': 'C@20', 'ie-1': 'A@-9' });
    expect(turn({ apps, ledger: { ...emptyLedger, ...brought } })).toMatchObject({
      reason: 'canary keeps bbbbbbbb to soak for world.',
      until: null,
    });
  });
});
