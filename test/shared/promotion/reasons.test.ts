// What a run looks at depends on why it was started: one that has only a promotion to wait for asks that first.

import { describe, expect, it } from 'vitest';
import { runPromotion } from '../../../shared/promotion/run.ts';
import { type Desk, due, openDesk, openOn, reported, stored } from './desk.ts';

const same = { 'qa-1': 'A@0', 'va-1': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' };
const behind = { ...same, 'qa-1': 'A@0 B@10' };
const run = (desk: Desk, more: Parameters<typeof due>[0] = {}) => runPromotion(due(more), desk.ports);

describe('a run that was started for an open promotion alone', () => {
  const waiting = { reasons: ['attempt'] } as const;

  it('asks for nothing else while that goes on', async () => {
    const desk = openDesk({ ...behind, 'va-1': 'A@1' });
    openOn(desk, 'va-1');
    desk.heroku.targets = [reported('va-1', 'pending')];
    const { view } = due();
    expect(await run(desk, { ...waiting, view })).toEqual({
      pipeline: 'router',
      result: 'waiting',
      promoted: [],
      settled: [],
      decision: null,
    });
    expect(desk.heroku.calls).toEqual(['promotion promotion-1']);
    expect(desk.table.writes).toEqual([]);
  });

  it('tells of it all the same, when nobody has yet', async () => {
    const desk = openDesk(same);
    await run(desk);
    const [view] = desk.table.views;
    if (view === undefined) throw new Error('A view must have been left.');
    openOn(desk, 'va-1');
    desk.heroku.targets = [reported('va-1', 'pending')];
    await run(desk, { ...waiting, view: { ...view, wokenAt: null } });
    expect(desk.table.views[1]).toEqual({ ...view, openAttempts: 1 });
  });

  it('looks at the pipeline once it has ended, and goes on', async () => {
    const desk = openDesk({ ...behind, 'va-1': 'A@1 B@59' });
    openOn(desk, 'va-1');
    desk.heroku.targets = [reported('va-1', 'succeeded')];
    const report = await run(desk, waiting);
    expect(desk.heroku.calls.slice(0, 2)).toEqual(['promotion promotion-1', 'newest id-router']);
    expect(desk.heroku.calls.filter((call) => call.startsWith('newest'))).toHaveLength(1);
    expect(report).toMatchObject({
      result: 'decided',
      settled: [{ id: 'attempt-1', state: 'succeeded' }],
      promoted: [{ to: 'world', artifact: 'slug:B' }],
    });
  });

  it('looks at the pipeline, too, when that was never sent', async () => {
    const desk = openDesk(behind);
    openOn(desk, 'va-1');
    const [attempt] = stored(desk).open;
    if (attempt === undefined) throw new Error('There must be an attempt.');
    const unsent = { ...attempt, sentAt: null, promotionId: null };
    desk.table.rows.ledger = { ...stored(desk), open: [unsent] };
    desk.table.recorded.length = 0;
    const { settled, promoted } = await run(desk, waiting);
    expect(settled).toMatchObject([{ state: 'not-sent' }]);
    expect(promoted).toMatchObject([{ to: 'canary', artifact: 'slug:B' }]);
  });

  it('looks at the pipeline when there is none open after all', async () => {
    const desk = openDesk(same);
    expect((await run(desk, waiting)).result).toBe('decided');
    expect(desk.heroku.calls[0]).toBe('newest id-router');
  });
});

describe('a run that was started for something else, too', () => {
  const also = { reasons: ['attempt', 'release'] } as const;

  it('looks at the pipeline first: what runs there may tell', async () => {
    const desk = openDesk({ ...behind, 'va-1': 'A@1 B@59' });
    openOn(desk, 'va-1');
    const { settled } = await run(desk, also);
    expect(settled).toMatchObject([{ state: 'succeeded' }]);
    expect(desk.heroku.calls.filter((call) => /^(newest|promotion)/.test(call))).toEqual([
      'newest id-router',
    ]);
  });

  it('looks again when Heroku tells of an end that did not show yet', async () => {
    const desk = openDesk({ ...behind });
    openOn(desk, 'va-1');
    desk.heroku.targets = [reported('va-1', 'succeeded')];
    await run(desk, also);
    expect(desk.heroku.calls.filter((call) => /^(newest|promotion)/.test(call))).toEqual([
      'newest id-router',
      'promotion promotion-1',
      'newest id-router',
    ]);
  });

  it('decides even while the promotion goes on', async () => {
    const desk = openDesk(behind);
    openOn(desk, 'va-1');
    desk.heroku.targets = [reported('va-1', 'pending')];
    const { result, decision, settled } = await run(desk, also);
    expect([result, settled]).toEqual(['decided', []]);
    expect(decision?.steps[0]?.state).toBe('promoting');
  });
});
