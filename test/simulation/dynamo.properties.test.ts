// The simulated table and the embedded one (dynalite) give the same answers to the same calls, whatever their order, and
// keep the same rows: nothing the simulation finds, or misses, comes from a table that behaves otherwise.

import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Attempt, AttemptState } from '../../shared/domain/attempt.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import type { Hold } from '../../shared/domain/hold.ts';
import type { Rejection } from '../../shared/domain/rejection.ts';
import type { Word } from '../../shared/domain/said.ts';
import type { History } from '../../shared/domain/stays.ts';
import type { Signal, SignalState } from '../../shared/signals/signal.ts';
import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import { LOCAL_TABLE, openEmbeddedTable } from '../../shared/table/embedded.ts';
import type { MapEntry, PipelineView, Table, TickRecord } from '../../shared/table/port.ts';
import { UnreadRecord } from '../../shared/table/shapes.ts';
import { carryOut, type Item, Items } from './dynamo.ts';

/** A call of the table as data, so that a counterexample can be read. */
interface Call {
  readonly method: keyof Table;
  readonly args: readonly unknown[];
}
type Arbitraries<Args extends readonly unknown[]> = { [I in keyof Args]: fc.Arbitrary<Args[I]> };

function call<M extends keyof Table>(method: M, ...args: Arbitraries<Required<Parameters<Table[M]>>>) {
  return fc.tuple(...(args as fc.Arbitrary<unknown>[])).map((made): Call => ({ method, args: made }));
}

/** The answer, or what is thrown instead: both refuse to read the same rows. */
async function answerOf(table: Table, { method, args }: Call): Promise<unknown> {
  try {
    return await (table[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
  } catch (error) {
    if (error instanceof UnreadRecord) return { unread: error.row };
    throw error;
  }
}

// Few values, so that calls meet. Some begin with others, differ in case only or look like another row's key.
const COMMITS = ['c0ffee', 'C0FFEE', 'c0ff'];
const APPS = ['app', 'app#', 'App'];
const pipelineId = fc.constantFrom('p', 'p', 'p#');
const id = fc.constantFrom('01B', '01a', 'attempt#');
const app = fc.constantFrom(...APPS);
const commit = fc.constantFrom(...COMMITS);
const word = fc.constantFrom('one', 'two');
const at = fc.constantFrom(0, 5, 40, 1_800_000_000_000);
const atOrNull = fc.constantFrom(null, null, 5);
const limit = fc.integer({ min: 1, max: 3 });
const page = fc.record({ limit, before: id }, { requiredKeys: [] });

// Of each row what the table looks at, and something that tells one write from another: the rest is one JSON to it.
const revision = fc.constantFrom(1, 1, 2, 2, 3, 4);
const ledger = fc.record({ revision, writer: word, open: fc.constant([]), apps: fc.constant({}) });
const state = fc.constantFrom<AttemptState[]>('open', 'open', 'succeeded', 'not-sent');
const sentAt = fc.constantFrom(null, 5, 5);
const ANY_BUILD = { name: 'build', from: 0, until: Number.MAX_SAFE_INTEGER, isWanted: () => true };
const unaborted = fc.constant(new AbortController().signal);
const claim = { id, pipelineId, pipeline: word, claimedAt: fc.constant(5) };
const THE_SAME = {
  from: 'qa',
  to: 'world',
  artifact: 'slug:1',
  commit: null,
  source: { id: 'app', name: 'app' },
  sourceReleaseId: 'r1',
  targets: [],
  verdicts: [],
  actor: 'sluice',
  promotionId: null,
  refusal: null,
  settledAt: null,
};
const attempt: fc.Arbitrary<Attempt> = fc
  .record({ ...claim, sentAt, state, outcome: word })
  .map((told) => ({ ...THE_SAME, ...told }));
const wave = fc.constantFrom(null, 'world');
const liftedBy = fc.constantFrom(null, null, 'ana');
const placed = { owner: word, placedAt: at, expiresAt: atOrNull, liftedAt: atOrNull, liftedBy };
const hold: fc.Arbitrary<Hold> = fc.record({ id, pipelineId, wave, reason: word, ...placed });
const said: fc.Arbitrary<Word> = fc.record({
  id,
  pipelineId,
  actor: word,
  at,
  reason: word,
  wave: fc.constant(null),
  kind: fc.constant('accept'),
  seenAt: at,
  accepted: fc.constant([]),
});
const rejection: fc.Arbitrary<Rejection> = fc.record({
  id,
  pipelineId,
  artifact: fc.constant('slug:1'),
  commit: fc.option(commit),
  why: fc.constantFrom('person', 'rollback'),
  actor: word,
  reason: word,
  at,
  app: fc.constant(null),
  releaseId: fc.constant(null),
  liftedAt: atOrNull,
  liftedBy,
});
const lift = fc.record({ by: word, reason: word, at });
const ids = fc.array(pipelineId, { maxLength: 2 });
const decision = fc.record({ pipelineId, pipeline: word, at, wakeAt: atOrNull }) as fc.Arbitrary<Decision>;
const history = fc.record({ through: fc.nat(3), complete: fc.boolean() }) as fc.Arbitrary<History>;
const view = fc.record({ pipelineId, name: word, seenAt: at }) as fc.Arbitrary<PipelineView>;
const mapEntry = fc.record({ key: id, readAt: at, name: word }) as fc.Arbitrary<MapEntry>;
const tick = fc.record({ at, ok: fc.boolean() }) as fc.Arbitrary<TickRecord>;
const about = { commit: fc.constantFrom(null, ...COMMITS), app: fc.option(app) };
const result = fc.constantFrom<SignalState[]>('success', 'failure');
const sent = { source: word, name: word, state: result, at, receivedAt: at, deliveryId: id };
const signal = fc.record({ ...about, ...sent }) as fc.Arbitrary<Signal>;
const histories = fc.dictionary(app, history, { maxKeys: 2 });
const commits = fc.dictionary(word, fc.option(word), { maxKeys: 2 });

const rows = call('pipelineRows', pipelineId, ids);
const subjects = [
  [call('writeLedger', pipelineId, ledger, fc.option(word)), call('ledger', pipelineId), rows],
  [call('writeAttempt', attempt), call('attempts', pipelineId, page)],
  [
    call('writeHold', hold),
    call('liftHold', hold, lift),
    call('retireHolds', pipelineId, at),
    call('stops', pipelineId, ids),
    call('ended', pipelineId, ids),
  ],
  [call('writeRejection', rejection), call('liftRejection', rejection, lift), rows],
  [call('writeWord', said), call('words', pipelineId, ids)],
  [call('writeDecision', decision), call('rewordDecision', decision), call('decisions', pipelineId, limit)],
  [call('writeHistories', pipelineId, histories), call('writeCommits', pipelineId, commits), rows],
  [call('writeView', view), call('wake', pipelineId, at), call('fleet')],
  [call('writeMapEntry', mapEntry), call('writeTick', tick), call('noteDelivery', word, id, at)],
  [
    call('writeSignal', signal),
    call('signalsOfCommit', commit, unaborted),
    call('signalsOfApp', fc.subarray(APPS), fc.constant(ANY_BUILD), unaborted),
  ],
];
const sequenceOf = (calls: readonly fc.Arbitrary<Call>[]) =>
  fc.noBias(fc.array(fc.oneof(...calls), { minLength: 1, maxLength: 40, size: 'max' }));
/** Calls about one subject, which meet often, or about all of them. */
const sequences = fc.oneof(
  { arbitrary: sequenceOf(subjects.flat()), weight: 4 },
  ...subjects.map((calls) => ({ arbitrary: sequenceOf(calls), weight: 1 })),
);

describe('the simulated table', () => {
  test.prop([sequences], { numRuns: 40 })('answers and keeps what the embedded one does', async (calls) => {
    const items = new Items();
    const db = { send: async (command: unknown) => carryOut(items, command) } as unknown as Documents;
    const simulated = createDocumentTable('simulated', db);
    const embedded = await openEmbeddedTable();
    try {
      for (const one of calls) {
        expect(await answerOf(simulated, one), one.method).toStrictEqual(await answerOf(embedded.table, one));
      }
      const scan = new ScanCommand({ TableName: LOCAL_TABLE, ConsistentRead: true });
      const { Items: kept = [] } = await DynamoDBDocumentClient.from(embedded.client).send(scan);
      expect(sorted(items.all())).toStrictEqual(sorted(kept as Item[]));
    } finally {
      await embedded.close();
    }
  });
});

/** In order of their keys, without the writer of a delivery, which is a new one each time. */
function sorted(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => (item.pk.startsWith('delivery#') ? { ...item, writer: null } : item))
    .sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
}
