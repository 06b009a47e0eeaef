// What `sluice history` tells: every attempt and what people did in between, newest first; and one attempt in full.

import { expect, it } from 'vitest';
import {
  answers,
  app,
  attempt,
  decision,
  hold,
  minutes,
  NEW,
  OLD,
  put,
  putOpen,
  ROUTER,
  target,
  underWay,
} from './facts.ts';
import { openTerminal } from './terminal.ts';

/** A morning: a failure, a person's word to try again, a hold that was lifted, another that ran out. */
async function aMorning(columns?: number) {
  const terminal = await openTerminal(columns);
  const { table } = terminal;
  await put(table, decision());
  const error = 'Release command failed';
  await table.writeAttempt(
    attempt({
      id: '01KAX5T0Q8AAAAAAAAAA000001',
      claimedAt: minutes(-90),
      sentAt: minutes(-90),
      settledAt: minutes(-87),
      state: 'partial',
      targets: [target('router-va01', 'succeeded'), target('router-va02', 'failed', error)],
      outcome: `router-va01 took it; router-va02 did not: ${error}`,
    }),
  );
  await table.writeAttempt(
    attempt({ id: '01KAX5T0Q8AAAAAAAAAA000002', claimedAt: minutes(-70), settledAt: minutes(-66) }),
  );
  await table.writeAttempt(
    attempt({
      id: '01KAX5T0Q8AAAAAAAAAA000003',
      from: 'canary',
      to: 'world',
      source: app('router-va01'),
      claimedAt: minutes(-20),
      sentAt: minutes(-20),
      settledAt: minutes(-20) + 800,
      state: 'rejected',
      promotionId: null,
      refusal: { status: 422, id: 'invalid_params' },
      targets: [target('router-ie01', 'not-promoted')],
      outcome: 'Heroku refused it (422 invalid_params): Release is expired.',
    }),
  );
  await putOpen(table, { ...underWay, id: '01KAX5T0Q8AAAAAAAAAA000004' });
  await table.writeHold(hold({ liftedAt: minutes(-25), liftedBy: 'cy@example.com' }));
  await table.writeHold(
    hold({ id: '2', wave: 'world', placedAt: minutes(-60), expiresAt: minutes(-40), reason: 'lunch.' }),
  );
  const said = { pipelineId: ROUTER, actor: 'ana@laptop', reason: 'the database is back.' };
  await table.writeWord({
    ...said,
    kind: 'accept',
    id: 'W1',
    at: minutes(-75),
    seenAt: minutes(-76),
    accepted: [{ app: app('router-va01'), artifact: NEW.artifact }],
  });
  await table.writeWord({
    ...said,
    kind: 'retry',
    id: 'W2',
    at: minutes(-74),
    retried: [{ app: app('router-va02'), attemptId: '01KAX5T0Q8AAAAAAAAAA000001' }],
  });
  return terminal;
}

it('tells attempts, holds and what people said, newest first', async () => {
  const { type } = await aMorning(120);
  expect(await type('sluice history router')).toMatchInlineSnapshot(`
    "router  newest first

      2026-11-23 11:58Z  → under way  3f2a91bc from qa to canary, for 2m so far, by sluice: Heroku is at work on promotion
                                      f7a1c2d3. (AA000004, 2m ago)
      2026-11-23 11:40Z  ✗ rejected   3f2a91bc from canary to world, took 1s, by sluice: Heroku refused it (422
                                      invalid_params): Release is expired. (AA000003, 20m ago)
      2026-11-23 11:35Z  ! lifted     every wave, by cy@example.com; bo@example.com had held it: database migration. (25m
                                      ago)
      2026-11-23 11:30Z  ! hold       every wave, by bo@example.com, until 2026-11-23 13:30Z: database migration. (30m ago)
      2026-11-23 11:20Z  ! ended      world, by itself; bo@example.com had held it: lunch. (40m ago)
      2026-11-23 11:00Z  ! hold       world, by bo@example.com, until 2026-11-23 11:20Z: lunch. (1h ago)
      2026-11-23 10:50Z  ✓ succeeded  3f2a91bc from qa to canary, took 4m, by sluice: router-va01 and router-va02 took it.
                                      (AA000002, 1h 10m ago)
      2026-11-23 10:46Z  · retry      by ana@laptop, tries again on router-va02: the database is back. (1h 14m ago)
      2026-11-23 10:45Z  · accept     by ana@laptop, goes on from what router-va01 ran: the database is back. (1h 15m ago)
      2026-11-23 10:30Z  ✗ partial    3f2a91bc from qa to canary, took 3m, by sluice: router-va01 took it; router-va02 did
                                      not: Release command failed (AA000001, 1h 30m ago)
    "
  `);
});

it('fits 80 columns', async () => {
  const { type } = await aMorning(80);
  const text = await type('sluice history router --limit 3');
  expect(text).toMatchInlineSnapshot(`
    "router  newest first

      2026-11-23 11:58Z  → under way  3f2a91bc from qa to canary, for 2m so far, by
                                      sluice: Heroku is at work on promotion
                                      f7a1c2d3. (AA000004, 2m ago)
      2026-11-23 11:40Z  ✗ rejected   3f2a91bc from canary to world, took 1s, by
                                      sluice: Heroku refused it (422
                                      invalid_params): Release is expired.
                                      (AA000003, 20m ago)
      2026-11-23 11:35Z  ! lifted     every wave, by cy@example.com; bo@example.com
                                      had held it: database migration. (25m ago)
    "
  `);
});

it('keeps to what concerns one wave', async () => {
  const { type } = await aMorning(120);
  expect(await type('sluice history router --wave world')).toMatchInlineSnapshot(`
    "router  newest first

      2026-11-23 11:40Z  ✗ rejected  3f2a91bc from canary to world, took 1s, by sluice: Heroku refused it (422
                                     invalid_params): Release is expired. (AA000003, 20m ago)
      2026-11-23 11:35Z  ! lifted    every wave, by cy@example.com; bo@example.com had held it: database migration. (25m
                                     ago)
      2026-11-23 11:30Z  ! hold      every wave, by bo@example.com, until 2026-11-23 13:30Z: database migration. (30m ago)
      2026-11-23 11:20Z  ! ended     world, by itself; bo@example.com had held it: lunch. (40m ago)
      2026-11-23 11:00Z  ! hold      world, by bo@example.com, until 2026-11-23 11:20Z: lunch. (1h ago)
    "
  `);
});

it('tells one attempt in full, by the end of its id', async () => {
  const terminal = await aMorning();
  expect(await terminal.type('sluice history router aa000001')).toMatchInlineSnapshot(`
    "router canary  ✗ partial  attempt 01KAX5T0Q8AAAAAAAAAA000001
      moves      3f2a91bc from router-qa01 (qa)
      commit     3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706
      artifact   slug:3f2a91bc-0000-4000-8000-00000000000b
      release    0b3c5f0e-0000-4000-8000-000000000042
      asked      2026-11-23 10:30Z (1h 30m ago) by sluice
      sent       2026-11-23 10:30Z (1h 30m ago)
      ended      2026-11-23 10:33Z (1h 27m ago), after 3m
      promotion  f7a1c2d3-0000-4000-8000-000000000007
      outcome    router-va01 took it; router-va02 did not: Release command failed

    Apps
      ✓ succeeded  router-va01  release 22222222-0000-4000-8000-000000000042, ran
                                slug:9bb01a2c-0000-4000-8000-00000000000a before
      ✗ failed     router-va02  no release, ran slug:9bb01a2c-0000-4000-8000-00000000000a before:
                                Release command failed

    Checks, as they answered
        ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
        ✓ pass  hold  Nobody holds router canary.
    "
  `);
  expect(await terminal.type('sluice history router 01KAX5T0Q8AAAAAAAAAA000003')).toMatchInlineSnapshot(`
    "router world  ✗ rejected  attempt 01KAX5T0Q8AAAAAAAAAA000003
      moves      3f2a91bc from router-va01 (canary)
      commit     3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706
      artifact   slug:3f2a91bc-0000-4000-8000-00000000000b
      release    0b3c5f0e-0000-4000-8000-000000000042
      asked      2026-11-23 11:40Z (20m ago) by sluice
      sent       2026-11-23 11:40Z (20m ago)
      ended      2026-11-23 11:40Z (19m ago), after 1s
      promotion  none
      refused    422 invalid_params
      outcome    Heroku refused it (422 invalid_params): Release is expired.

    Apps
      … not-promoted  router-ie01  no release, ran slug:9bb01a2c-0000-4000-8000-00000000000a before

    Checks, as they answered
        ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
        ✓ pass  hold  Nobody holds router canary.
    "
  `);
  expect(await terminal.type('sluice history router AA000009')).toMatchInlineSnapshot(`
    "Attempt "AA000009" of router: not found, expected the id of one, or its end. They are listed by: ./sluice history router
    "
  `);
  expect(terminal.status).toBe(1);
});

it('tells an open attempt as the ledger has it, which is ahead of its record', async () => {
  const { table, type, json } = await openTerminal(Number.POSITIVE_INFINITY);
  await put(table, decision());
  await table.writeAttempt({ ...underWay, promotionId: null, outcome: 'Asked of Heroku; no answer yet.' });
  await table.writeLedger(ROUTER, { revision: 1, writer: 'x', open: [underWay], apps: {} }, null);
  expect(await type('sluice history router')).toContain(underWay.outcome);
  expect(await json('sluice history router')).toMatchObject({
    entries: [{ attempt: { outcome: underWay.outcome } }],
  });
});

it('gives whole records as JSON, verdicts too', async () => {
  const { json } = await aMorning();
  const { entries } = await json('sluice history router --limit 4');
  expect(entries).toMatchObject([
    { kind: 'attempt', at: '2026-11-23T11:58:00.000Z', attempt: { state: 'open' } },
    {
      kind: 'attempt',
      attempt: { state: 'rejected', verdicts: [{ check: 'soak', reason: answers.soaked.reason }, {}] },
    },
    { kind: 'lifted', hold: { liftedBy: 'cy@example.com' } },
    { kind: 'hold', hold: { owner: 'bo@example.com' } },
  ]);
});

it('reads on until it has as many of a wave as were asked for', async () => {
  const { table, json } = await openTerminal();
  await put(table, decision());
  const one = (index: number) =>
    attempt({
      id: `01KAX5T0Q8BBBBBBBBBB${String(index).padStart(6, '0')}`,
      to: index < 3 ? 'world' : 'canary',
      claimedAt: minutes(-1000 + index),
      settledAt: minutes(-1000 + index),
    });
  await Promise.all(Array.from({ length: 230 }, (_, index) => table.writeAttempt(one(index))));
  const { entries } = await json('sluice history router --wave world --limit 2');
  expect(entries).toMatchObject([{ attempt: { id: one(2).id } }, { attempt: { id: one(1).id } }]);
});

it('says so when nothing has happened', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  expect(await type('sluice history router')).toMatchInlineSnapshot(`
    "router  Nothing has happened yet: no attempt, no hold, nothing that anybody said.
    "
  `);
});

it('tells what an app ran before, also nothing', async () => {
  const { table, type } = await openTerminal(Number.POSITIVE_INFINITY);
  await put(table, decision());
  const fresh = { ...target('router-va01', 'succeeded'), before: null };
  await table.writeAttempt(
    attempt({ targets: [fresh, target('router-va02', 'succeeded')], commit: null, sentAt: null }),
  );
  const text = await type('sluice history router AA000001');
  expect(text).toContain('ran nothing before');
  expect(text).toContain(`ran ${OLD.artifact} before`);
  expect(text).toContain('not known to Heroku');
  expect(text).toContain('not marked as sent: no request left');
});

it('names a record that cannot be read, in a sentence', async () => {
  const terminal = await aMorning(120);
  await terminal.table.writeWord({ id: 'W3', pipelineId: ROUTER, at: minutes(0), kind: 'accept' } as never);
  await terminal.type('sluice history router');
  expect(terminal.status).toBe(1);
  expect(terminal.errors).toMatch(
    /^The record pipeline#\S+ word#W3 in the table cannot be read\. .*docs\/runbook\.md\.\n$/,
  );
});
