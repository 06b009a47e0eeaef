// The last look: what a run finds on record when its ledger was deleted under it, and that nothing is sent then.

import { describe, expect, it } from 'vitest';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import { lastLook } from '../../../shared/promotion/last-look.ts';
import { runPromotion } from '../../../shared/promotion/run.ts';
import { at, attemptOf, target } from '../domain/fleet.ts';
import { due, openDesk, pipeline, stored } from './desk.ts';

const mine = attemptOf({ id: 'mine', promotionId: null, targets: [target('va-1')] });
const other = attemptOf({ id: 'other', targets: [target('va-1')] });
const hold: Hold = {
  id: 'hold-1',
  pipelineId: mine.pipelineId,
  wave: null,
  reason: 'incident',
  owner: 'ops@example.com',
  placedAt: at(1),
  expiresAt: null,
  liftedAt: null,
  liftedBy: null,
};
const rejection: Rejection = {
  id: 'rejection-1',
  pipelineId: mine.pipelineId,
  artifact: mine.artifact,
  commit: null,
  why: 'person',
  actor: 'ana@example.com',
  reason: 'it loses orders',
  at: at(1),
  app: null,
  releaseId: null,
  liftedAt: null,
  liftedBy: null,
};
const claimed = { ...emptyLedger, writer: 'send mine', revision: 2, open: [mine] };

function opened() {
  const desk = openDesk();
  desk.table.rows.ledger = claimed;
  desk.table.recorded.push(mine);
  return desk;
}

describe('The last look', () => {
  it('lets go what nobody else is at: one look at the records, at the holds and at the ledger', async () => {
    const desk = opened();
    expect(await lastLook(pipeline, mine, claimed, at(60), desk.ports)).toBeNull();
    expect(desk.table.reads).toEqual(['attempts', 'stops', 'ledger']);
    expect(desk.table.writes).toEqual([]);
  });

  it('does not mind what has ended, what the ledger knows of, or what is held or rejected beside it', async () => {
    const desk = opened();
    const known = attemptOf({ id: 'known' });
    desk.table.recorded.push(attemptOf({ id: 'ended', state: 'succeeded' }), known);
    desk.table.rows.holds = [{ ...hold, wave: 'world' }];
    desk.table.rows.rejections = [{ ...rejection, artifact: 'slug:another' }];
    expect(
      await lastLook(pipeline, mine, { ...claimed, open: [mine, known] }, at(60), desk.ports),
    ).toBeNull();
  });

  it('finds what was rejected meanwhile', async () => {
    const desk = opened();
    desk.table.rows.rejections = [rejection];
    expect(await lastLook(pipeline, mine, claimed, at(60), desk.ports)).toMatchObject({
      state: 'not-sent',
      outcome: 'It was not sent: ana@example.com rejected it meanwhile: it loses orders.',
    });
  });

  it('finds the attempt of a run that claimed before the ledger was deleted, and puts it into the ledger again', async () => {
    const desk = opened();
    desk.table.recorded.push(other);
    const stopped = await lastLook(pipeline, mine, claimed, at(60), desk.ports);
    expect(stopped).toMatchObject({
      state: 'not-sent',
      settledAt: at(60),
      outcome: 'It was not sent: attempt other of another run was under way.',
      targets: [{ state: 'not-promoted' }],
    });
    expect(stored(desk).open).toEqual([other]);
    expect(desk.table.recorded[0]).toEqual(stopped);
    expect(desk.events).toEqual([{ type: 'AttemptSettled', attempt: stopped }]);
  });

  it('leaves an attempt that is in the ledger again by now where it is', async () => {
    const desk = opened();
    desk.table.recorded.push(other);
    desk.table.rows.ledger = { ...claimed, writer: 'another', revision: 5, open: [other] };
    await lastLook(pipeline, mine, claimed, at(60), desk.ports);
    expect(stored(desk)).toMatchObject({ revision: 6, open: [other] });
  });

  it('finds that the ledger is no longer its own, whatever has become of the run that has it', async () => {
    const desk = opened();
    desk.table.rows.ledger = null;
    desk.table.recorded.push(attemptOf({ id: 'ended', state: 'succeeded' }));
    expect((await lastLook(pipeline, mine, claimed, at(60), desk.ports))?.outcome).toBe(
      'It was not sent: the ledger was written by somebody else meanwhile, or deleted.',
    );
    expect(stored(desk).open).toEqual([]);
  });

  it('finds that what the attempt rests on has become old', async () => {
    const desk = opened();
    expect(await lastLook(pipeline, mine, claimed, at(59), desk.ports)).toBeNull();
    expect((await lastLook(pipeline, mine, claimed, at(58.9), desk.ports))?.outcome).toBe(
      'It was not sent: what it rests on was older than 1m.',
    );
  });

  it('leaves the word to a run that has settled the attempt meanwhile', async () => {
    const desk = opened();
    desk.table.rows.ledger = { ...emptyLedger, writer: 'another', revision: 3 };
    desk.table.recorded.splice(0, 1, { ...mine, state: 'not-sent', outcome: 'Given up.' });
    expect(await lastLook(pipeline, mine, claimed, at(60), desk.ports)).not.toBeNull();
    expect([desk.table.recorded[0]?.outcome, desk.events, stored(desk).revision]).toEqual([
      'Given up.',
      [],
      3,
    ]);
  });

  it('finds a hold that was placed meanwhile', async () => {
    const desk = opened();
    desk.table.rows.holds = [hold];
    expect((await lastLook(pipeline, mine, claimed, at(60), desk.ports))?.outcome).toBe(
      'It was not sent: ops@example.com placed a hold meanwhile: incident.',
    );
    expect(stored(desk).open).toEqual([]);
  });
});

describe('A run whose last look finds something', () => {
  it('sends nothing, and stops', async () => {
    const desk = openDesk({ 'qa-1': 'A@0 B@10', 'va-1': 'A@1', 'ie-1': 'A@2', 'ie-2': 'A@2' });
    desk.table.beforeWrite = (what) => {
      if (what === 'attempt open') desk.table.recorded.push(other);
    };
    expect(await runPromotion(due(), desk.ports)).toMatchObject({ result: 'stopped', promoted: [] });
    expect(desk.heroku.requests).toEqual([]);
    expect(stored(desk).open).toEqual([other]);
  });
});
