// A run for a pipeline whose repository is known: what it asks of GitHub, what it keeps, what moves because of it, and
// that GitHub's trouble stops nothing.

import { describe, expect, it } from 'vitest';
import type { Pair } from '../../../shared/domain/ancestry.ts';
import type { Pipeline } from '../../../shared/domain/pipeline.ts';
import type { Containment } from '../../../shared/github/port.ts';
import { runPromotion } from '../../../shared/promotion/run.ts';
import { isCache, keys } from '../../../shared/table/keys.ts';
import { ancestryOf, at, pipelineOf, wave } from '../domain/fleet.ts';
import { type Desk, due, FakeGitHub, openDesk } from './desk.ts';

const soaking: Pipeline = {
  ...pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1', 20)),
  repo: 'example/router',
};
/** After an hour B has run for 10 minutes, and inside C for 15 more. */
const merged = { 'qa-1': 'A@0 B@35 C@45', 'va-1': 'A@1' };
const run = (desk: Desk, of: Pipeline = soaking) => runPromotion(due({}, of), desk.ports);

function openWith(says: Record<string, boolean | Containment>, pasts: Record<string, string> = merged) {
  const github = new FakeGitHub(says);
  return { github, desk: openDesk(pasts, { github: github.port }) };
}
const soakIn = (report: Awaited<ReturnType<typeof run>>) =>
  report.decision?.steps[0]?.verdicts.find(({ check }) => check === 'soak');

describe('a run for a pipeline with a repository', () => {
  it('asks GitHub for what the choice needs, keeps it, and asks it once', async () => {
    const { github, desk } = openWith({ BC: true, AB: true });
    const { promoted } = await run(desk);
    expect(promoted).toMatchObject([{ artifact: 'slug:B' }]);
    expect(promoted[0]?.verdicts.find(({ check }) => check === 'soak')).toMatchObject({
      state: 'pass',
      reason:
        "bbbbbbbb completed its soak of 20m at 2026-11-23 10:55Z, last on qa-1, as GitHub's compare has it.",
      evidence: { containment: 'github' },
    });
    expect(github.asked).toEqual(['example/router BC']);
    expect(desk.table.rows.ancestry).toEqual(ancestryOf({ BC: true }).contains);
    desk.table.writes.splice(0);
    await run(desk);
    expect(github.asked).toHaveLength(1);
    expect(desk.table.writes).not.toContain('ancestry');
  });

  it('promotes nothing on time that GitHub says the code did not run', async () => {
    const { desk } = openWith({ BC: false });
    const report = await run(desk);
    expect(report.promoted).toEqual([]);
    // C is what comes next, by its own stay.
    expect(report.decision?.steps[0]).toMatchObject({ candidate: { artifact: 'slug:C' } });
    const { desk: without } = openWith({});
    expect((await run(without, { ...soaking, repo: undefined } as never)).promoted).toHaveLength(1);
  });

  it('is not told of GitHub, nor asks it, where no repository is named or nothing could move', async () => {
    const { github, desk } = openWith({ BC: true });
    const { repo: _, ...plain } = soaking;
    const { promoted } = await run(desk, plain);
    expect(promoted[0]?.verdicts.find(({ check }) => check === 'soak')?.reason).not.toMatch(/GitHub|order/);
    const same = openWith({}, { 'qa-1': 'A@0', 'va-1': 'A@1' });
    await run(same.desk);
    expect([...github.asked, ...same.github.asked]).toEqual([]);
  });

  it.each<{ name: string; answer: Containment; unblock: string | null }>([
    {
      name: 'refuses the token',
      answer: { kind: 'unread', why: 'GitHub refuses the token (401)' },
      unblock: 'sluice doctor   (tells whether GitHub can be asked)',
    },
    {
      name: 'is at its limit',
      answer: { kind: 'unread', why: "GitHub's rate limit is used up", isPassing: true },
      unblock: null,
    },
    {
      name: 'does not answer',
      answer: { kind: 'untold', why: 'GitHub does not answer (ECONNREFUSED)', isPassing: true },
      unblock: null,
    },
    {
      name: 'does not know a commit',
      answer: { kind: 'untold', why: 'GitHub does not know it' },
      unblock: 'sluice doctor   (tells whether GitHub can be asked)',
    },
  ])('promotes nothing where GitHub $name, says so, and asks again', async ({ answer, unblock }) => {
    const { github, desk } = openWith({ BC: answer });
    const first = await run(desk);
    expect(github.asked).toEqual(['example/router BC']);
    const why = 'why' in answer ? answer.why : '';
    expect(first.promoted).toEqual([]);
    expect(first.decision?.steps[0]).toMatchObject({ candidate: { artifact: 'slug:B' }, blocker: 'soak' });
    expect(soakIn(first)).toMatchObject({
      state: 'unknown',
      reason: `GitHub has not said whether cccccccc contains bbbbbbbb, and the soak of bbbbbbbb hangs on it: ${why}. It is asked again at the next look, and until it has said so no time inside later code counts. By itself, cccccccc completes its soak at 2026-11-23 11:05Z, if nothing replaces it.`,
      until: null,
      unblock,
      evidence: { containment: 'untold' },
    });
    // Within five minutes: nothing else would wake it.
    expect(first.decision?.wakeAt).toBe(at(65));
    expect(desk.logs).toEqual([`info: router: GitHub has not said which commit contains which: ${why}.`]);
    expect(desk.table.rows.ancestry).toEqual({});
    github.says['BC'] = { kind: 'told', contains: true };
    expect((await run(desk)).promoted).toMatchObject([{ artifact: 'slug:B' }]);
  });

  it('promotes what has stayed long enough by itself, however long GitHub refuses the token', async () => {
    const refused: Containment = { kind: 'unread', why: 'GitHub refuses the token (401)' };
    const pasts = { 'qa-1': 'A@0 B@10 C@35 D@45', 'va-1': 'A@1' };
    const { desk } = openWith({ CD: refused }, pasts);
    const { promoted, decision } = await run(desk);
    expect(promoted).toMatchObject([{ artifact: 'slug:B' }]);
    // C may have soaked inside D, and that is said.
    expect(decision?.steps[0]?.passedOver).toMatchObject([
      { artifact: 'slug:C', check: 'soak', state: 'unknown', reason: expect.stringContaining('(401)') },
    ]);
  });

  it('tells the newest that may have completed its soak, while merges come faster than it', async () => {
    const refused: Containment = { kind: 'unread', why: 'GitHub refuses the token (401)' };
    const pasts = { 'qa-1': 'A@0 B@15 C@25 D@35 E@45 F@55', 'va-1': 'A@1' };
    const { desk } = openWith({ EF: refused }, pasts);
    const { decision } = await run(desk);
    expect(decision?.steps[0]).toMatchObject({ candidate: { artifact: 'slug:D' }, earliestAt: null });
    expect(soakIn({ decision } as never)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining(
        'By itself, ffffffff completes its soak at 2026-11-23 11:15Z, if nothing replaces it.',
      ),
    });
    // F itself completes its soak, unless something replaces it.
    expect((await run(desk)).promoted).toEqual([]);
    desk.now = 75;
    expect((await run(desk)).promoted).toMatchObject([{ artifact: 'slug:F' }]);
  });

  it('goes by the order of deployments where there is no token, and says so', async () => {
    const why = 'the parameter is not set';
    const { github, desk } = openWith({ BC: { kind: 'unset', why } });
    const { promoted } = await run(desk);
    expect(github.asked).toEqual(['example/router BC']);
    expect(promoted[0]?.verdicts.find(({ check }) => check === 'soak')).toMatchObject({
      state: 'pass',
      reason: `bbbbbbbb completed its soak of 20m at 2026-11-23 10:55Z, last on qa-1; what contains what goes by the order of deployments here: ${why}.`,
      evidence: { containment: 'order' },
    });
    expect(desk.logs).toEqual([
      `info: router: which commit contains which goes by the order of deployments: ${why}.`,
    ]);
  });

  it('shows the newest cause, which is no news', async () => {
    const { github, desk } = openWith({ BC: { kind: 'untold', why: 'GitHub answers 503', isPassing: true } });
    await run(desk);
    const events = desk.events.length;
    const decidedAt = desk.table.rows.decision?.at;
    desk.table.writes.splice(0);
    await run(desk);
    expect(desk.table.writes).not.toContain('words');
    github.says['BC'] = { kind: 'unread', why: 'GitHub refuses the token (401)' };
    desk.now = 61;
    await run(desk);
    expect(desk.table.rows.decision?.steps[0]?.verdicts).toContainEqual(
      expect.objectContaining({ check: 'soak', reason: expect.stringContaining('(401)') }),
    );
    expect(desk.table.rows.decision?.at).toBe(decidedAt);
    expect(desk.table.writes).toContain('words');
    expect(desk.table.writes).not.toContain('decision');
    expect(desk.events).toHaveLength(events);
  });

  it('uses what it was told before while GitHub cannot be read', async () => {
    const { github, desk } = openWith({ BC: { kind: 'unread', why: 'GitHub answers 503' } });
    desk.table.rows.ancestry = ancestryOf({ BC: false }).contains;
    expect((await run(desk)).promoted).toEqual([]);
    expect(github.asked).toEqual([]);
  });

  it('asks on after one that GitHub does not answer, and not after two in a row', async () => {
    const many = { 'qa-1': 'A@0 B@41 C@45 D@49 E@52 F@56', 'va-1': 'A@1' };
    const silent: Containment = { kind: 'untold', why: 'GitHub does not answer', isPassing: true };
    const one = openWith({ EF: silent, DE: true, CD: true, BC: true, AB: true, DF: true }, many);
    await run(one.desk);
    expect(one.github.asked.length).toBeGreaterThan(2);
    const others = ['EF', 'DE', 'CD', 'BC', 'DF', 'CF', 'BF', 'CE', 'BE', 'BD'];
    const dead = openWith(Object.fromEntries(others.map((pair) => [pair, silent])), many);
    const asked = new Set<string>();
    for (let minute = 60; minute < 80; minute++) {
      dead.desk.now = minute;
      dead.github.asked.splice(0);
      await run(dead.desk);
      expect(dead.github.asked).toHaveLength(2);
      for (const pair of dead.github.asked) asked.add(pair);
    }
    // No two keep the others from ever being asked.
    expect(asked.size).toBeGreaterThan(6);
  });

  it('stops asking when GitHub cannot be read, and after three that it does not know', async () => {
    const many = { 'qa-1': 'A@0 B@41 C@45 D@49 E@52 F@56', 'va-1': 'A@1' };
    const unread = openWith({ EF: { kind: 'unread', why: 'no' } }, many);
    await run(unread.desk);
    expect(unread.github.asked).toEqual(['example/router EF']);
    const unknown = openWith({}, many);
    await run(unknown.desk);
    expect(unknown.github.asked).toHaveLength(3);
  });

  it('asks twice about a commit that GitHub does not have, and goes on with the others', async () => {
    const many = { 'qa-1': 'A@0 B@41 C@45 D@49 E@52 F@56', 'va-1': 'A@1' };
    const others = ['EF', 'BC', 'CE', 'BE', 'CF', 'BF'];
    const { github, desk } = openWith(Object.fromEntries(others.map((pair) => [pair, true])), many);
    await run(desk);
    const asked = github.asked.map((one) => one.replace('example/router ', ''));
    expect(asked.filter((pair) => pair.includes('D'))).toHaveLength(2);
    expect(asked).toEqual(expect.arrayContaining(['EF', 'BC', 'CE']));
  });

  it('asks no more than a few a run, and goes on with the next', async () => {
    const merges = Array.from({ length: 40 }, (_, index) => `${index}@${10 + index}`);
    const desk = openDesk({ 'qa-1': `A@0 ${merges.join(' ')}`, 'va-1': 'A@1' });
    const asked: string[] = [];
    const ports = {
      ...desk.ports,
      heroku: {
        ...desk.heroku.port,
        commit: async (_: string, { id }: { readonly id: string }) => id.toLowerCase().padStart(40, '0'),
      },
      github: {
        contains: async (_: string, { earlier, later }: Pair) => {
          asked.push(`${Number(earlier)} ${Number(later)}`);
          return { kind: 'told', contains: true } as const;
        },
      },
    };
    const long: Pipeline = { ...soaking, waves: [wave('qa', 'qa-1'), wave('canary', 'va-1', 55)] };
    const links = Array.from({ length: 39 }, (_, index) => `${38 - index} ${39 - index}`);
    const { decision } = await runPromotion(due({}, long), ports);
    expect(asked).toEqual(links.slice(0, 25));
    expect(decision?.steps[0]?.verdicts.find(({ check }) => check === 'soak')?.reason).toContain(
      'more had to be asked than one look asks. The next look goes on.',
    );
    expect(decision?.wakeAt).toBe(at(60));
    await runPromotion(due({}, long), ports);
    expect(asked).toEqual(links);
  });

  it('stops asking when it has taken long enough', async () => {
    const many = { 'qa-1': 'A@0 B@41 C@45 D@49 E@52 F@56', 'va-1': 'A@1' };
    const { github, desk } = openWith({ EF: true, DE: true, CD: true, BC: true }, many);
    const slow = {
      contains: async (...asked: Parameters<typeof github.port.contains>) => {
        desk.now += 0.07;
        return github.port.contains(...asked);
      },
    };
    const report = await runPromotion(due({}, soaking), { ...desk.ports, github: slow });
    expect(github.asked).toEqual(['example/router EF', 'example/router DE']);
    expect(report.result).toBe('decided');
    expect(desk.logs).toEqual([expect.stringContaining('more had to be asked of GitHub than one look asks')]);
  });

  it('forgets what is about nothing that ran', async () => {
    const { desk } = openWith({ BC: true });
    desk.table.rows.ancestry = ancestryOf({ XY: true, AX: true, AB: true }).contains;
    await run(desk);
    expect(desk.table.rows.ancestry).toEqual(ancestryOf({ AB: true, BC: true }).contains);
  });

  it('keeps it where nothing could move, and what ran before is not read', async () => {
    const { desk } = openWith({ BC: false }, { 'qa-1': 'A@0 B@35 C@45', 'va-1': 'A@1 C@50' });
    const said = ancestryOf({ BC: false }).contains;
    desk.table.rows.ancestry = said;
    await run(desk);
    expect(desk.table.rows.ancestry).toEqual(said);
  });

  it('keeps what GitHub has said among the records: while it cannot be asked, nothing else tells it', async () => {
    const { desk } = openWith({ BC: false });
    const first = await run(desk);
    const away = new FakeGitHub({ BC: { kind: 'unread', why: 'GitHub does not answer' } });
    const later = await runPromotion(due({}, soaking), { ...desk.ports, github: away.port });
    expect(soakIn(later)).toEqual(soakIn(first));
    expect(isCache(keys.ancestry('p'))).toBe(false);
  });

  it('decides the same when all that is kept is gone', async () => {
    const { desk } = openWith({ BC: false });
    const first = await run(desk);
    desk.table.rows.ancestry = {};
    expect(soakIn(await run(desk))).toEqual(soakIn(first));
  });
});
