// What every table must do, whatever it runs on: run by the embedded one here, by a deployed one in the deploy tests.

import { describe, expect, it } from 'vitest';
import { type Attempt, emptyLedger } from '../../../shared/domain/attempt.ts';
import type { Decision } from '../../../shared/domain/decision.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import type { Word } from '../../../shared/domain/said.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import type { PipelineView, Table } from '../../../shared/table/port.ts';

const AT = Date.parse('2026-11-23T10:00:00Z');
let pipelines = 0;
/** A pipeline of its own for each test, so that tests need no table of their own. */
const newPipeline = (): string => `contract-${Date.now()}-${pipelines++}`;

const attempt = (pipelineId: string, id: string, more: Partial<Attempt> = {}): Attempt => ({
  id,
  pipelineId,
  pipeline: 'web',
  from: 'staging',
  to: 'production',
  artifact: 'slug:1',
  commit: null,
  source: { id: 's', name: 'web-staging' },
  sourceReleaseId: 'r1',
  targets: [],
  verdicts: [],
  actor: 'sluice',
  claimedAt: AT,
  sentAt: AT,
  promotionId: null,
  state: 'open',
  refusal: null,
  settledAt: null,
  outcome: '',
  ...more,
});

const hold = (pipelineId: string, id: string): Hold => ({
  id,
  pipelineId,
  wave: null,
  reason: 'a reason',
  owner: 'oncall@example.com',
  placedAt: AT,
  expiresAt: null,
  liftedAt: null,
  liftedBy: null,
});

const rejection = (pipelineId: string, id: string): Rejection => ({
  id,
  pipelineId,
  artifact: 'slug:1',
  commit: null,
  why: 'rollback',
  actor: 'oncall@example.com',
  reason: 'a reason',
  at: AT,
  app: { id: 'a', name: 'web' },
  releaseId: 'r2',
  liftedAt: null,
  liftedBy: null,
});

const decision = (pipelineId: string, at: number): Decision => ({
  pipelineId,
  pipeline: 'web',
  mode: 'promote',
  dryRun: false,
  at,
  waves: [],
  steps: [],
  wakeAt: null,
  soakCeilingMs: 0,
});

const signal = (more: Partial<Signal>): Signal => ({
  source: 'github',
  name: 'build',
  commit: null,
  app: null,
  state: 'success',
  url: null,
  at: AT,
  receivedAt: AT,
  deliveryId: 'd1',
  ...more,
});

export function tableContract(open: () => Table): void {
  describe('the ledger', () => {
    it('is written by one of those who read the same; the others lose', async () => {
      const [table, id] = [open(), newPipeline()];
      const first = { ...emptyLedger, revision: 1, writer: 'first' };
      expect(await table.writeLedger(id, first, null)).toBe('won');
      expect(await table.writeLedger(id, { ...first, writer: 'other' }, null)).toBe('lost');
      const next = { ...first, revision: 2 };
      const tries = ['a', 'b', 'c', 'd'].map((writer) => table.writeLedger(id, { ...next, writer }, 'first'));
      expect((await Promise.all(tries)).filter((won) => won === 'won')).toHaveLength(1);
      expect((await table.pipelineRows(id)).ledger?.revision).toBe(2);
      expect(await table.ledger(id)).toEqual({ ...next, writer: expect.stringMatching(/^[abcd]$/) });
      expect(await table.writeLedger(id, { ...next, writer: 'late' }, 'first')).toBe('lost');
      expect(await table.writeLedger(newPipeline(), { ...next, writer: 'late' }, 'first')).toBe('lost');
      expect(await table.ledger(newPipeline())).toBeNull();
    });

    it('has won when the write finds itself stored: its answer was lost, not the race', async () => {
      const [table, id] = [open(), newPipeline()];
      const first = { ...emptyLedger, revision: 1, writer: 'a' };
      await table.writeLedger(id, first, null);
      expect(await table.writeLedger(id, first, null)).toBe('won');
    });
  });

  describe('an attempt', () => {
    it('is completed once and never changed again', async () => {
      const [table, id] = [open(), newPipeline()];
      const done = attempt(id, '01A', { state: 'succeeded', settledAt: AT + 1, outcome: 'done' });
      expect(await table.writeAttempt(attempt(id, '01A'))).toBe('won');
      expect(await table.writeAttempt(attempt(id, '01A', { promotionId: 'p' }))).toBe('won');
      expect(await table.writeAttempt(done)).toBe('won');
      expect(await table.writeAttempt({ ...done, outcome: 'something else' })).toBe('lost');
      expect(await table.attempts(id)).toEqual([done]);
      expect(await table.attempt(id, '01A')).toEqual(done);
      expect(await table.attempt(id, '01B')).toBeNull();
    });

    it('that was never marked as sent is recorded only where there is no record', async () => {
      const [table, id] = [open(), newPipeline()];
      const unmarked = { sentAt: null, state: 'not-sent', settledAt: AT + 1 } as const;
      expect(await table.writeAttempt(attempt(id, '01A'))).toBe('won');
      expect(await table.writeAttempt(attempt(id, '01A', unmarked))).toBe('lost');
      expect(await table.writeAttempt(attempt(id, '01B', unmarked))).toBe('won');
      expect(await table.writeAttempt(attempt(id, '01B'))).toBe('lost');
    });

    it('is listed newest first, from where one likes, and all of them by default', async () => {
      const [table, id] = [open(), newPipeline()];
      for (const n of ['01A', '01B', '01C', '01D']) await table.writeAttempt(attempt(id, n));
      const ids = async (options?: { limit?: number; before?: string }) =>
        (await table.attempts(id, options)).map((a) => a.id);
      expect(await ids()).toEqual(['01D', '01C', '01B', '01A']);
      expect(await ids({ limit: 2 })).toEqual(['01D', '01C']);
      expect(await ids({ limit: 2, before: '01C' })).toEqual(['01B', '01A']);
    });
  });

  describe('a hold', () => {
    it('is lifted by one person only, and stays on record', async () => {
      const [table, id] = [open(), newPipeline()];
      await table.writeHold(hold(id, '01A'));
      expect((await table.stops(id)).holds).toEqual([hold(id, '01A')]);
      const lifts = ['a', 'b'].map((by) => table.liftHold(hold(id, '01A'), { by, reason: 'ok', at: AT + 1 }));
      expect((await Promise.all(lifts)).sort()).toEqual(['lost', 'won']);
      expect(await table.liftHold(hold(id, '01B'), { by: 'a', reason: 'ok', at: AT })).toBe('lost');
      expect((await table.ended(id)).holds).toMatchObject([
        { id: '01A', liftedAt: AT + 1, liftReason: 'ok' },
      ]);
    });

    it('that was lifted, or ended a while ago, is not among what a run reads', async () => {
      const [table, id] = [open(), newPipeline()];
      for (let n = 0; n < 4; n++)
        await table.writeHold({ ...hold(id, `h${n}`), expiresAt: AT + n * 3_600_000 });
      await table.liftHold(hold(id, 'h3'), { by: 'a', reason: 'ok', at: AT });
      await table.retireHolds(id, AT + 2 * 3_600_000);
      expect((await table.pipelineRows(id)).holds.map((one) => one.id)).toEqual(['h2']);
      expect((await table.ended(id)).holds.map((one) => one.id)).toEqual(['h0', 'h1', 'h3']);
    });

    it('of a pipeline that had the name before counts', async () => {
      const [table, before, id] = [open(), newPipeline(), newPipeline()];
      await table.writeHold(hold(before, '01A'));
      await table.writeRejection(rejection(before, '01B'));
      await table.writeHold(hold(id, '01C'));
      const rows = await table.pipelineRows(id, [before]);
      expect(rows.holds.map((one) => [one.pipelineId, one.id])).toEqual([
        [id, '01C'],
        [before, '01A'],
      ]);
      expect(rows.rejections).toEqual([rejection(before, '01B')]);
      expect(await table.stops(id, [before])).toEqual({ holds: rows.holds, rejections: rows.rejections });
    });
  });

  describe('a rejection', () => {
    it('is written once, and lifted by one person only', async () => {
      const [table, id] = [open(), newPipeline()];
      expect(await table.writeRejection(rejection(id, '01A'))).toBe('won');
      expect(await table.writeRejection({ ...rejection(id, '01A'), reason: 'another' })).toBe('lost');
      expect((await table.pipelineRows(id)).rejections).toEqual([rejection(id, '01A')]);
      const lifts = ['a', 'b'].map((by) =>
        table.liftRejection(rejection(id, '01A'), { by, reason: 'ok', at: AT + 1 }),
      );
      expect((await Promise.all(lifts)).sort()).toEqual(['lost', 'won']);
      expect(await table.liftRejection(rejection(id, '01B'), { by: 'a', reason: 'ok', at: AT })).toBe('lost');
    });

    it('of a rollback stays where a run reads it, lifted; a person’s moves on', async () => {
      const [table, id] = [open(), newPipeline()];
      const said = { ...rejection(id, '01B'), why: 'person' as const };
      await table.writeRejection(rejection(id, '01A'));
      await table.writeRejection(said);
      const lift = { by: 'a', reason: 'ok', at: AT + 1 };
      for (const one of [rejection(id, '01A'), said]) await table.liftRejection(one, lift);
      expect((await table.pipelineRows(id)).rejections).toMatchObject([{ id: '01A', liftedBy: 'a' }]);
      expect(await table.writeRejection(rejection(id, '01A'))).toBe('lost');
      expect((await table.ended(id)).rejections).toMatchObject([{ id: '01B', liftedBy: 'a' }]);
    });
  });

  describe('what a person put on an app', () => {
    const standing = (pipelineId: string, artifact: string) =>
      ({ pipelineId, appId: 'app-1', artifact, wasKnown: false }) as const;

    it('is kept by app and artifact, until it can tell nothing more', async () => {
      const [table, id] = [open(), newPipeline()];
      await table.writeStanding(standing(id, 'slug:A'), AT);
      await table.writeStanding(standing(id, 'oci-image:sha256:b#1'), AT);
      await table.writeStanding(standing(id, 'slug:A'), AT + 1);
      const both = [standing(id, 'oci-image:sha256:b#1'), standing(id, 'slug:A')];
      expect((await table.pipelineRows(id)).standings).toEqual(both);
      await table.retireStanding(standing(id, 'slug:A'), AT + 2);
      expect((await table.pipelineRows(id)).standings).toEqual([standing(id, 'oci-image:sha256:b#1')]);
      await table.writeStanding(standing(id, 'slug:A'), AT + 3);
      expect((await table.pipelineRows(id)).standings).toEqual(both);
    });

    it('is found by the pipeline that has the name now', async () => {
      const [table, before, id] = [open(), newPipeline(), newPipeline()];
      await table.writeStanding(standing(before, 'slug:A'), AT);
      expect((await table.pipelineRows(id, [before])).standings).toEqual([standing(before, 'slug:A')]);
    });
  });

  describe('what was seen of dynos', () => {
    it('is found by the pipeline that has the name now, until it sees something newer', async () => {
      const [table, first, second, id] = [open(), newPipeline(), newPipeline(), newPipeline()];
      const dynosOf = async () => (await table.pipelineRows(id, [first, second])).dynos;
      await table.writeDynos(first, { appId: 'app-1', since: null }, AT);
      expect(await dynosOf()).toEqual([{ appId: 'app-1', since: null }]);
      await table.writeDynos(second, { appId: 'app-1', since: AT }, AT + 1);
      expect(await dynosOf()).toEqual([{ appId: 'app-1', since: AT }]);
      await table.writeDynos(id, { appId: 'app-1', since: null }, AT + 2);
      expect(await dynosOf()).toEqual([{ appId: 'app-1', since: null }]);
    });

    it('is what was seen last where a name has gone back to a pipeline that it meant before', async () => {
      const [table, first, second] = [open(), newPipeline(), newPipeline()];
      await table.writeDynos(first, { appId: 'app-1', since: AT }, AT + 1);
      await table.writeDynos(second, { appId: 'app-1', since: null }, AT + 2);
      expect((await table.pipelineRows(first, [second])).dynos).toEqual([{ appId: 'app-1', since: null }]);
    });
  });

  describe('a word', () => {
    it('is kept as it was said', async () => {
      const [table, id] = [open(), newPipeline()];
      const said = { pipelineId: id, actor: 'ana@example.com', reason: 'ok', at: AT };
      const accept: Word = { ...said, kind: 'accept', id: '01A', seenAt: AT, accepted: [] };
      const retry: Word = { ...said, kind: 'retry', id: '01B', retried: [] };
      await table.writeWord(accept);
      await table.writeWord(retry);
      expect(await table.words(id)).toEqual([accept, retry]);
    });
  });

  describe('what a run starts from', () => {
    it('is read at once: ledger, holds, newest decision, caches', async () => {
      const [table, id] = [open(), newPipeline()];
      expect(await table.pipelineRows(id)).toEqual({
        ledger: null,
        holds: [],
        rejections: [],
        standings: [],
        dynos: [],
        decision: null,
        histories: {},
        commits: {},
        ancestry: {},
      });
      const history = { through: 3, isSettled: true, stays: [], codeless: null, complete: true };
      await table.writeDecision(decision(id, AT));
      await table.writeDecision(decision(id, AT + 1));
      await table.writeHistories(id, { app: history });
      await table.writeCommits(id, { 'slug:1': 'abc', 'slug:2': null });
      await table.writeAncestry(id, { 'abc...def': true });
      const rows = await table.pipelineRows(id);
      expect(rows.decision?.at).toBe(AT + 1);
      expect(rows.histories).toEqual({ app: history });
      expect(rows.commits).toEqual({ 'slug:1': 'abc', 'slug:2': null });
      expect(rows.ancestry).toEqual({ 'abc...def': true });
      expect((await table.decisions(id, 5)).map((d) => d.at)).toEqual([AT + 1, AT]);
    });

    it('has the newest decision in its newest words, and its past as it was', async () => {
      const [table, id] = [open(), newPipeline()];
      await table.writeDecision(decision(id, AT));
      await table.rewordDecision({ ...decision(id, AT), pipeline: 'in other words' });
      expect((await table.pipelineRows(id)).decision?.pipeline).toBe('in other words');
      expect((await table.decisions(id, 5)).map((d) => d.pipeline)).toEqual([decision(id, AT).pipeline]);
    });

    it('comes whole, however much there is of it', async () => {
      const [table, id] = [open(), newPipeline()];
      const text = 'x'.repeat(100_000);
      for (let n = 0; n < 15; n++) await table.writeHold({ ...hold(id, `h${n}`), reason: text });
      expect((await table.pipelineRows(id)).holds).toHaveLength(15);
    });
  });

  describe('a view', () => {
    const view = (pipelineId: string): Omit<PipelineView, 'wokenAt'> => ({
      pipelineId,
      name: 'web',
      wakeAt: null,
      openAttempts: 0,
      seenAt: AT,
      releasedAt: {},
      concerns: [],
      configDigest: 'd',
      behindSince: AT - 5,
      unknownSince: null,
    });

    it('keeps a wake that comes while it is being written', async () => {
      const [table, id] = [open(), newPipeline()];
      await table.writeView(view(id));
      await table.wake(id, AT + 5);
      await table.writeView(view(id));
      const found = (await table.fleet()).views.find((v) => v.pipelineId === id);
      expect(found).toEqual({ ...view(id), wokenAt: AT + 5 });
    });

    it('that was never written is not there, woken or not', async () => {
      const [table, id] = [open(), newPipeline()];
      await table.wake(id, AT);
      expect((await table.fleet()).views.some((v) => v.pipelineId === id)).toBe(false);
    });
  });

  describe('signals', () => {
    it('are found by commit and by any name of the app, one row an identity', async () => {
      const [table, tag] = [open(), newPipeline()];
      const commit = `${tag}-commit`;
      const build = { identity: 'build', commit };
      expect(await table.writeSignal(signal({ ...build, order: '2', state: 'failure' }))).toBe('changed');
      expect(await table.writeSignal(signal({ ...build, order: '1' }))).toBe('same');
      expect(await table.writeSignal(signal({ ...build, order: '2' }))).toBe('same');
      expect(await table.writeSignal(signal({ ...build, order: '3', state: 'failure' }))).toBe('same');
      await table.writeSignal(
        signal({ identity: 'lint', order: '1', commit, at: AT - 1, app: `${tag}-APP` }),
      );
      const found = await table.signalsOfCommit(commit);
      expect(found.map(({ identity, order, state }) => [identity, order, state])).toEqual([
        ['build', '3', 'failure'],
        ['lint', '1', 'success'],
      ]);
      const about = { name: 'build', from: 0, until: AT, isWanted: () => true };
      expect(await table.signalsOfApp(['other', `${tag}-app`], about)).toMatchObject([{ identity: 'lint' }]);
      expect(await table.signalsOfApp([`${tag}-app`], { ...about, name: 'other' })).toEqual([]);
    });

    it('are read whole, however many there are', async () => {
      const [table, tag] = [open(), newPipeline()];
      for (let n = 0; n < 300; n += 1) {
        await table.writeSignal(
          signal({
            identity: `${n}`,
            order: '1',
            commit: tag,
            app: tag,
            name: n === 0 ? 'rare' : 'busy',
            at: AT + n,
          }),
        );
      }
      expect(await table.signalsOfCommit(tag)).toHaveLength(300);
      const about = { from: 0, until: AT + 1_000 };
      const rare = { ...about, name: 'rare', isWanted: () => true };
      expect(await table.signalsOfApp([tag], rare)).toMatchObject([{ identity: '0' }]);
      const early = { ...about, name: 'busy', isWanted: ({ at }: Signal) => at <= AT + 2 };
      expect(await table.signalsOfApp([tag], early)).toMatchObject([{ identity: '2' }]);
    });

    it('know whether a source was ever heard', async () => {
      const [table, source] = [open(), newPipeline()];
      expect(await table.hasDelivered(source)).toBe(false);
      await table.noteSource(source, AT);
      expect(await table.hasDelivered(source)).toBe(true);
    });

    it('know a delivery that has been seen', async () => {
      const [table, tag] = [open(), newPipeline()];
      expect(await table.noteDelivery('github', tag, AT)).toBe('won');
      expect(await table.noteDelivery('github', tag, AT)).toBe('lost');
      expect(await table.noteDelivery('circleci', tag, AT)).toBe('won');
    });
  });
}
