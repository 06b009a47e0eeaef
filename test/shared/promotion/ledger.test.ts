// The ledger's keeper: what a lost write means, and where a ledger comes from that is gone.

import { describe, expect, it } from 'vitest';
import { emptyLedger, type Ledger, opened, settled } from '../../../shared/domain/attempt.ts';
import {
  AnotherRun,
  amend,
  ledgerOf,
  moveOn,
  takeLedger,
  writeNext,
} from '../../../shared/promotion/ledger.ts';
import { app, at, attemptOf, target } from '../domain/fleet.ts';
import { type Desk, openDesk } from './desk.ts';

const id = 'id-router';
const whose = { id };
const withAttempt = (ledger: Ledger) => opened(ledger, attemptOf());
const ended = attemptOf({
  state: 'succeeded',
  settledAt: at(2),
  targets: [target('va-1', { state: 'succeeded' })],
});

describe('the ledger', () => {
  it('that is stored is the one, and nothing else is read', async () => {
    const { table } = openDesk();
    expect(await ledgerOf(table.port, whose, { ledger: withAttempt(emptyLedger) })).toEqual(
      withAttempt(emptyLedger),
    );
    expect(table.reads).toEqual([]);
  });

  it('of a pipeline without a past is empty', async () => {
    expect(await ledgerOf(openDesk().table.port, whose, { ledger: null })).toEqual(emptyLedger);
  });

  it('that is gone is told again by the attempts and the words on record, by either alone', async () => {
    const { table } = openDesk();
    table.recorded.push(ended);
    const told = settled(emptyLedger, ended);
    expect(await ledgerOf(table.port, whose, { ledger: null })).toEqual(told);

    const accepted = [{ app: app('ie-1'), artifact: 'slug:H' }];
    const by = { id: 'accept-1', pipelineId: id, actor: 'oncall@example.com', reason: 'looked at it' };
    table.said.push({ ...by, kind: 'accept', at: at(9), seenAt: at(9), accepted });
    const both = await ledgerOf(table.port, whose, { ledger: null });
    expect(Object.keys(both.apps)).toEqual(['id-va-1', 'id-ie-1']);
    table.recorded.splice(0);
    const one = await ledgerOf(table.port, whose, { ledger: null });
    expect(Object.keys(one.apps)).toEqual(['id-ie-1']);
  });
});

describe('a ledger to go on from', () => {
  it('that is stored is the one', async () => {
    const { table } = openDesk();
    const stored = await writeNext(table.port, id, emptyLedger, 'me');
    expect(await takeLedger(table.port, whose, { ledger: stored }, 'run-1')).toEqual(stored);
    expect(table.reads).toEqual([]);
  });

  it('that is gone is taken before the records are read, and stored as they tell it', async () => {
    const { table } = openDesk();
    table.beforeWrite = (what) => {
      if (what.includes('blank')) table.recorded.push(ended);
    };
    const taken = await takeLedger(table.port, whose, { ledger: null }, 'run-1');
    expect(table.writes).toEqual(['ledger 1 blank run-1', 'ledger 2 rebuild run-1']);
    expect(taken).toEqual({ ...settled(emptyLedger, ended), revision: 2, writer: 'rebuild run-1' });
    expect(table.rows.ledger).toEqual(taken);
  });

  it('that a run took and left blank is taken again, from what was left', async () => {
    const { table } = openDesk();
    const blank = await writeNext(table.port, id, emptyLedger, 'blank run-1');
    table.recorded.push(ended);
    expect(Object.keys((await ledgerOf(table.port, whose, { ledger: blank })).apps)).toEqual(['id-va-1']);
    const taken = await takeLedger(table.port, whose, { ledger: blank }, 'run-2');
    expect(taken).toMatchObject({ revision: 3, writer: 'rebuild run-2' });
    expect(Object.keys(taken.apps)).toEqual(['id-va-1']);
  });

  it.each(['blank', 'rebuild'])('that another run takes meanwhile (%s) is lost', async (what) => {
    const { table } = openDesk();
    table.beforeWrite = (write) => {
      if (!write.includes(what)) return;
      table.rows.ledger = { ...emptyLedger, writer: 'another', revision: 9 };
    };
    await expect(takeLedger(table.port, whose, { ledger: null }, 'run-1')).rejects.toThrow(AnotherRun);
    expect(table.rows.ledger?.writer).toBe('another');
  });
});

describe('a write', () => {
  it('is the successor of what was read', async () => {
    const { table } = openDesk();
    const first = await writeNext(table.port, id, emptyLedger, 'me');
    expect(first.revision).toBe(1);
    expect((await writeNext(table.port, id, first, 'me')).revision).toBe(2);
    expect(table.writes).toEqual(['ledger 1 me', 'ledger 2 me']);
    expect(table.rows.ledger?.revision).toBe(2);
  });

  it('on anything older is lost: another run is at work', async () => {
    const { table } = openDesk();
    await writeNext(table.port, id, emptyLedger, 'somebody else');
    const lost = writeNext(table.port, id, emptyLedger, 'me');
    await expect(lost).rejects.toThrow(AnotherRun);
    await expect(lost).rejects.toThrow('Another run has written the ledger of id-router.');
    await expect(lost).rejects.toMatchObject({ name: 'AnotherRun' });
  });
});

/** Another run, which writes the ledger whenever it is called. */
const overtaking =
  ({ rows }: Desk['table']) =>
  (): void => {
    const revision = (rows.ledger?.revision ?? 0) + 1;
    rows.ledger = { ...emptyLedger, writer: `another ${revision}`, revision };
  };

describe('a change that holds whoever writes it', () => {
  it('is made to what was read while nobody has written since', async () => {
    const { table } = openDesk();
    const { ledger: next, isAlone } = await amend(table.port, whose, emptyLedger, withAttempt, 'me');
    expect(isAlone).toBe(true);
    expect(next).toMatchObject({ revision: 1, open: [{ id: 'attempt-1' }] });
    expect(table.reads).toEqual([]);
  });

  it('is made to what is stored by now otherwise, and the revision tells', async () => {
    const { table } = openDesk();
    table.rows.ledger = {
      ...opened(emptyLedger, attemptOf({ id: 'another' })),
      writer: 'another',
      revision: 7,
    };
    const { ledger: next } = await amend(table.port, whose, emptyLedger, withAttempt, 'me');
    expect(next.revision).toBe(8);
    expect(next.open.map((attempt) => attempt.id)).toEqual(['another', 'attempt-1']);
    expect(table.rows.ledger).toEqual(next);
  });

  it('is not alone on one that was deleted and told anew meanwhile, whatever its revision', async () => {
    const { table } = openDesk();
    const read = await writeNext(table.port, id, emptyLedger, 'me');
    table.rows.ledger = { ...emptyLedger, revision: read.revision, writer: 'rebuild run-7' };
    const { ledger, isAlone } = await amend(table.port, whose, read, withAttempt, 'me again');
    expect(ledger.revision).toBe(read.revision + 1);
    expect(isAlone).toBe(false);
  });

  it('is made to a ledger that is gone when it has been told anew, also when another run takes it first', async () => {
    const { table } = openDesk();
    table.recorded.push(ended);
    let isFirst = true;
    table.beforeWrite = () => {
      if (isFirst) table.rows.ledger = { ...emptyLedger, writer: 'blank run-7', revision: 1 };
      isFirst = false;
    };
    const { ledger: next } = await amend(table.port, whose, null, withAttempt, 'me');
    expect(table.writes).toEqual([
      'ledger 1 blank me 1',
      'ledger 2 blank me 2',
      'ledger 3 rebuild me 2',
      'ledger 4 me',
    ]);
    expect(next.open.map((attempt) => attempt.id)).toEqual(['attempt-1']);
    expect(Object.keys(next.apps)).toEqual(['id-va-1']);
  });

  it('is tried five times', async () => {
    const { table } = openDesk();
    const ahead = overtaking(table);
    let losses = 4;
    table.beforeWrite = () => losses-- > 0 && ahead();
    const { ledger, isAlone } = await amend(table.port, whose, emptyLedger, withAttempt, 'me');
    expect(ledger.open).toHaveLength(1);
    expect(isAlone).toBe(false);
    expect(table.writes).toHaveLength(5);
    table.beforeWrite = ahead;
    await expect(amend(table.port, whose, emptyLedger, withAttempt, 'me')).rejects.toThrow(AnotherRun);
    expect(table.writes).toHaveLength(10);
  });

  it('is not tried again when the table fails for another reason', async () => {
    const { table } = openDesk();
    let writes = 0;
    table.beforeWrite = () => {
      writes += 1;
      throw new Error('throttled');
    };
    await expect(amend(table.port, whose, emptyLedger, withAttempt, 'me')).rejects.toThrow('throttled');
    expect(writes).toBe(1);
  });
});

describe('moving the ledger on', () => {
  it('writes it anew, unchanged: whoever read it before loses the next write', async () => {
    const { table } = openDesk();
    const stored = await writeNext(table.port, id, withAttempt(emptyLedger), 'me');
    await moveOn(table.port, id, 'hold 1');
    expect(table.rows.ledger).toEqual({ ...stored, revision: 2, writer: 'hold 1' });
    await expect(writeNext(table.port, id, stored, 'me again')).rejects.toThrow(AnotherRun);
  });

  it.each([null, { ...emptyLedger, writer: 'blank run-1', revision: 3 }])(
    'leaves one that is gone for the next run to tell (%j)',
    async (gone) => {
      const { table } = openDesk();
      table.recorded.push(ended);
      table.rows.ledger = gone;
      await moveOn(table.port, id, 'hold 1');
      expect(table.rows.ledger).toEqual({
        ...emptyLedger,
        revision: (gone?.revision ?? 0) + 1,
        writer: 'blank hold 1',
      });
      const taken = await takeLedger(table.port, whose, table.rows, 'run-2');
      expect(Object.keys(taken.apps)).toEqual(['id-va-1']);
    },
  );

  it('is tried five times', async () => {
    const { table } = openDesk();
    const ahead = overtaking(table);
    let losses = 4;
    table.beforeWrite = () => losses-- > 0 && ahead();
    await moveOn(table.port, id, 'hold 1');
    expect(table.writes).toHaveLength(5);
    table.beforeWrite = ahead;
    await expect(moveOn(table.port, id, 'hold 2')).rejects.toThrow(AnotherRun);
    expect(table.writes).toHaveLength(10);
    table.beforeWrite = () => {
      throw new Error('throttled');
    };
    await expect(moveOn(table.port, id, 'hold 3')).rejects.toThrow('throttled');
  });
});
