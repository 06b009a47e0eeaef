// What a run leaves behind for the next ticks, and that it is written only where it differs.

import { describe, expect, it } from 'vitest';
import { nextOpening } from '../../../shared/checks/opening.ts';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { decide } from '../../../shared/domain/decide.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import { type Pipeline, steps } from '../../../shared/domain/pipeline.ts';
import { leaveOpen, leaveView } from '../../../shared/promotion/leave-view.ts';
import type { PipelineView } from '../../../shared/table/port.ts';
import { app, at, attemptOf, factsOf, type Telling } from '../domain/fleet.ts';
import { due, openDesk, pipeline } from './desk.ts';

const same = { 'qa-1': 'A@0', 'va-1': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' };
const behind = { ...same, 'qa-1': 'A@0 B@40' };

interface Leaving extends Partial<Telling> {
  readonly before?: PipelineView | null;
  readonly mode?: Pipeline['mode'];
  readonly dryRun?: boolean;
  readonly digest?: string;
  readonly released?: Readonly<Record<string, number>>;
}

/** The view that a run at minute 60 leaves, which began half a minute before; undefined for one that is not written. */
async function leaving({ before = null, mode = 'promote', dryRun = false, ...more }: Leaving = {}) {
  const of = { ...pipeline, mode };
  const facts = factsOf({ apps: same, ...more });
  const differences = steps(of).map((step) => differenceOf(of, step, facts, at(60)));
  const deliberations = differences.map((difference) => ({ difference, answers: [] }));
  const { decision } = decide({
    pipeline: of,
    facts,
    deliberations,
    now: at(60),
    dryRun,
    previous: null,
    nextOpening,
  });
  const { table } = openDesk();
  const told = { 'id-qa-1': 5, 'id-va-1': 6, ...more.released };
  const apps = Object.fromEntries(
    Object.entries(told).map(([id, releasedAt]) => [id, { maintenance: false, releasedAt }]),
  );
  const from = due({ apps, view: before, configDigest: more.digest ?? 'digest' }, of);
  await leaveView({ due: from, decision, lacking: [], differences, facts, startedAt: at(59.5) }, table.port);
  return table.views[0];
}

const viewOf = async (more: Leaving = {}): Promise<PipelineView> => {
  const view = await leaving(more);
  if (view === undefined) throw new Error('A view must have been written.');
  return { ...view, wokenAt: null };
};

describe('the first run', () => {
  it('leaves everything that the next ticks need', async () => {
    expect(await leaving({ apps: behind })).toEqual({
      pipelineId: 'id-router',
      name: 'router',
      wakeAt: at(60),
      openAttempts: 0,
      seenAt: at(59.5),
      heardAt: null,
      releasedAt: { 'id-qa-1': 5, 'id-va-1': 6 },
      concerns: [
        ...['qa-1', 'va-1', 'ie-1', 'ie-2'].flatMap((name) => [app(name).id, name]),
        'b'.repeat(40),
        'a'.repeat(40),
      ],
      awaitsResults: false,
      configDigest: 'digest',
      behindSince: at(40),
      unknownSince: null,
    });
  });

  it('concerns the commit of what would move, even where it runs no more', async () => {
    const apps = { ...same, 'qa-1': 'A@0 B@40', 'va-1': 'A@1' };
    const moved = await viewOf({ apps, commits: { 'slug:B': 'b0b' } });
    expect(moved.concerns.filter((one) => one === 'b0b')).toEqual(['b0b']);
    const pinned = { 'qa-1': 'A@0 B@10 C@50', 'va-1': 'A@1 B@11 H@50', 'ie-1': 'A@2', 'ie-2': 'A@2' };
    const brought = [
      { artifact: 'slug:A', at: at(1), knownAt: at(1), by: 'x' },
      { artifact: 'slug:B', at: at(11), knownAt: at(11), by: 'y' },
    ];
    const ledger = { ...emptyLedger, apps: { 'id-va-1': { brought, failed: null, tried: null } } };
    expect((await viewOf({ apps: pinned, ledger })).concerns).toContain('b'.repeat(40));
  });

  it('says that nothing is behind where nothing may move', async () => {
    expect((await viewOf({ apps: behind, mode: 'observe' })).behindSince).toBeNull();
    expect((await viewOf({ apps: behind, dryRun: true })).behindSince).toBeNull();
  });

  it('tells of promotions under way, and since when the oldest answer is lost', async () => {
    const lost = attemptOf({ promotionId: null, sentAt: at(50) });
    const open = [
      attemptOf({ sentAt: at(30) }),
      lost,
      { ...lost, sentAt: at(40) },
      { ...lost, sentAt: null },
    ];
    expect(await leaving({ ledger: { ...emptyLedger, open } })).toMatchObject({
      openAttempts: 4,
      unknownSince: at(40),
    });
  });
});

describe('a later run', () => {
  it('writes nothing when nothing has changed but when it looked', async () => {
    const before = { ...(await viewOf({ apps: behind })), seenAt: at(30) };
    expect(await leaving({ apps: behind, before })).toBeUndefined();
    const reordered = {
      ...before,
      concerns: [...before.concerns].reverse(),
      releasedAt: { 'id-va-1': 6, 'id-qa-1': 5 },
    };
    expect(await leaving({ apps: behind, before: reordered })).toBeUndefined();
  });

  it.each<[string, Partial<PipelineView>]>([
    ['its name', { name: 'another' }],
    ['when to look', { wakeAt: null }],
    ['how many promotions are under way', { openAttempts: 1 }],
    ['the configuration', { configDigest: 'another' }],
    ['what was released', { releasedAt: { 'id-qa-1': 5, 'id-va-1': 4 } }],
    ['what it concerns', { concerns: [] }],
    ['since when it is behind', { behindSince: at(10) }],
    ['since when an answer is lost', { unknownSince: at(10) }],
  ])('writes when %s was told otherwise', async (_, change) => {
    const before = await viewOf({ apps: behind });
    expect(await leaving({ apps: behind, before: { ...before, ...change } })).toBeDefined();
  });

  it('writes when somebody asked for a look that no finished run was told of, so that it is answered', async () => {
    const before = await viewOf({ apps: behind });
    // By a clock that is behind: it is not compared with the run's own.
    const asked = { ...before, wokenAt: before.seenAt - 1 };
    expect(await leaving({ apps: behind, before: asked })).toMatchObject({ heardAt: asked.wokenAt });
    expect(await leaving({ apps: behind, before: { ...asked, heardAt: asked.wokenAt } })).toBeUndefined();
  });

  it('goes by what was said before of what is forgotten', async () => {
    const forgotten = { apps: { ...same, 'qa-1': 'X@40' }, partly: ['qa-1'] };
    const before = { ...(await viewOf(forgotten)), behindSince: at(-500) };
    expect((await leaving({ ...forgotten, before, digest: 'new' }))?.behindSince).toBe(at(-500));
  });
});

describe('a run that only had promotions to look at', () => {
  const ledger = { ...emptyLedger, open: [attemptOf({ promotionId: null, sentAt: at(50) })] };
  const told = (view: PipelineView | null) => {
    const { table } = openDesk();
    return leaveOpen(due({ view }), ledger, table.port).then(() => table.views);
  };

  it('tells of them, and leaves the rest as it was', async () => {
    const before = { ...(await viewOf()), wokenAt: at(59) };
    const { wokenAt: _, ...rest } = before;
    expect(await told(before)).toEqual([{ ...rest, openAttempts: 1, unknownSince: at(50) }]);
  });

  it('writes nothing when they were told of, or there is nothing yet to tell it in', async () => {
    expect(await told({ ...(await viewOf()), openAttempts: 1, unknownSince: at(50) })).toEqual([]);
    expect(await told(null)).toEqual([]);
  });
});
