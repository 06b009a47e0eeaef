// What `sluice status` shows: every pipeline in a few lines, and whether anybody is looking at all.

import { expect, it } from 'vitest';
import {
  answers,
  app,
  calm,
  decision,
  hold,
  minutes,
  NEW,
  NEWER,
  OLD,
  put,
  putOpen,
  underWay,
  withAnswers,
} from './facts.ts';
import { openTerminal } from './terminal.ts';

it('shows every pipeline: what each wave runs, since when, and what is next for it', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await put(table, calm);
  await table.writeTick({
    at: minutes(-1),
    ok: true,
    problems: [],
    woken: [],
    herokuCallsLeft: 4000,
    tickMs: 60_000,
  });
  expect(await type('sluice status')).toMatchInlineSnapshot(`
    "edge
      staging     c0ffee12  for 1d 2h  first wave
      production  c0ffee12  for 1d 1h  ✓ same as staging

    router
      qa      3f2a91bc  for 4m      first wave
      canary  9bb01a2c  for 3h 20m  … waits for 3f2a91bc: soak until 12:26Z (in 26m)
      world   9bb01a2c  for 1h 30m  ✓ same as canary

    Last tick on record 2026-11-23 11:59Z (1m ago; recorded every 5 minutes while ticks go well)
    From the local run in .sluice.
    "
  `);
});

it('shows one pipeline, by name or by id', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await put(table, calm);
  const byName = await type('sluice status edge');
  expect(byName).toMatchInlineSnapshot(`
    "edge
      staging     c0ffee12  for 1d 2h  first wave
      production  c0ffee12  for 1d 1h  ✓ same as staging

    No tick is on record yet.
    From the local run in .sluice.
    "
  `);
  expect(await type(`sluice status ${calm.pipelineId}`)).toBe(byName);
});

it('shows holds, a promotion under way, and a wave of mixed artifacts', async () => {
  const { table, type } = await openTerminal();
  const [qa, canary, world] = decision().waves;
  if (qa === undefined || canary === undefined || world === undefined) throw new Error('three waves');
  const mixed = {
    name: 'world',
    apps: [NEW, OLD, NEWER].map((code, index) => ({
      app: app(`router-${index}`),
      ...code,
      since: minutes(-90 + index),
    })),
  };
  await put(table, decision({ waves: [qa, canary, mixed] }));
  await putOpen(table, underWay);
  await table.writeHold(hold());
  await table.writeHold(hold({ id: '2', wave: 'world', expiresAt: null, reason: 'waiting for legal' }));
  await table.writeHold(hold({ id: '3', reason: 'over', expiresAt: minutes(-1) }));
  expect(await type('sluice status')).toMatchInlineSnapshot(`
    "router
      qa      3f2a91bc  for 4m      first wave
      canary  9bb01a2c  for 3h 20m  → is being given 3f2a91bc since 11:58Z (2m ago)
      world   3f2a91bc 9bb01a2c +1  for 1h 28m
                                    ✓ nothing to take from canary
      ! hold  every wave, bo@example.com since 2026-11-23 11:30Z until 2026-11-23 13:30Z (in 1h 30m):
              database migration
      ! hold  world, bo@example.com since 2026-11-23 11:30Z until somebody lifts it: waiting for legal

    No tick is on record yet.
    From the local run in .sluice.
    "
  `);
});

it.each([
  {
    name: 'a failed check',
    made: withAnswers(answers.soaked, answers.ciFailed),
    expected: '✗ does not get 3f2a91bc: ci',
  },
  {
    name: 'a check that could not be asked',
    made: withAnswers(answers.statusUnread),
    expected: '? waits for 3f2a91bc: heroku-status',
  },
  {
    name: 'a time that has come',
    made: withAnswers(answers.soaking(minutes(-1))),
    expected: '… waits for 3f2a91bc: soak',
  },
  { name: 'every check passed', made: withAnswers(answers.soaked), expected: '✓ is ready for 3f2a91bc' },
  {
    name: 'every check passed, observed only',
    made: { ...withAnswers(answers.soaked), mode: 'observe' as const },
    expected: '✓ would be given 3f2a91bc',
  },
])('names what is next for a wave: $name', async ({ made, expected }) => {
  const { table, type } = await openTerminal();
  await put(table, made);
  expect((await type('sluice status')).split('\n')[2]).toBe(`  canary  9bb01a2c  for 3h 20m  ${expected}`);
});

it('says what to do when there is nothing yet', async () => {
  const { type } = await openTerminal();
  expect(await type('sluice status')).toMatchInlineSnapshot(`
    "No pipeline has been looked at yet. Just pushed? Wait a minute, then ./sluice doctor
      Describe one to Sluice in a file DIR/pipelines/router.yaml, and the next tick looks at it:
      deployed, after ./sluice config push DIR
      on this machine, with npm start -- --config DIR

    No tick is on record yet.
    From the local run in .sluice.
    "
  `);
});

it('tells a pipeline that no run has looked at', async () => {
  const { table, type } = await openTerminal();
  await put(table, null);
  expect((await type('sluice status')).split('\n')[0]).toMatchInlineSnapshot(
    `"router  no run has looked at it yet"`,
  );
});

it('tells the problems of the last tick', async () => {
  const { table, type } = await openTerminal();
  await put(table, calm);
  const problem = '/sluice/pipelines/router: wave qa, soak (line 3): found "2 hours", expected a duration';
  await table.writeTick({
    at: minutes(-1),
    ok: true,
    problems: [problem],
    woken: [],
    herokuCallsLeft: null,
    tickMs: 60_000,
  });
  expect((await type('sluice status')).split('\n').slice(4)).toMatchInlineSnapshot(`
    [
      "Last tick on record 2026-11-23 11:59Z (1m ago; recorded every 5 minutes while ticks go well), 1",
      "problem:",
      "  !  /sluice/pipelines/router: wave qa, soak (line 3): found "2 hours", expected a duration",
      "From the local run in .sluice.",
      "",
    ]
  `);
  await table.writeTick({
    at: minutes(-1),
    ok: false,
    problems: ['Heroku refuses the token.'],
    woken: [],
    herokuCallsLeft: null,
    tickMs: 60_000,
  });
  expect((await type('sluice status')).split('\n').slice(4)).toMatchInlineSnapshot(`
    [
      "Last tick on record 2026-11-23 11:59Z (1m ago) was stopped, 1 problem:",
      "  !  Heroku refuses the token.",
      "From the local run in .sluice.",
      "",
    ]
  `);
});

it('says when nothing has looked for a while', async () => {
  const { table, type } = await openTerminal();
  await put(table, calm);
  await table.writeTick({
    at: minutes(-16),
    ok: true,
    problems: [],
    woken: [],
    herokuCallsLeft: null,
    tickMs: 60_000,
  });
  expect((await type('sluice status')).split('\n')[4]).toMatchInlineSnapshot(
    `"Last tick on record 2026-11-23 11:44Z (16m ago): nothing has looked since"`,
  );
});

it('fits 80 columns', async () => {
  const { table, type } = await openTerminal(80);
  await put(table, decision());
  await putOpen(table, underWay);
  await table.writeHold(hold({ reason: 'the database is being moved to another region, ask in #ops' }));
  const text = await type('sluice status');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

it('gives whole records as JSON, with instants in ISO-8601', async () => {
  const { table, json } = await openTerminal();
  await put(table, decision());
  await table.writeHold(hold());
  const { now, where, pipelines } = await json('sluice status');
  expect({ now, where }).toEqual({ now: '2026-11-23T12:00:00.000Z', where: 'the local run in .sluice' });
  expect(pipelines).toMatchObject([
    {
      pipeline: 'router',
      decision: {
        at: '2026-11-23T11:57:00.000Z',
        soakCeilingMs: null,
        steps: [
          {
            to: 'canary',
            state: 'blocked',
            verdicts: [{ check: 'soak', until: '2026-11-23T12:26:00.000Z' }, {}],
          },
          {},
        ],
      },
      openAttempts: [],
      holds: [{ owner: 'bo@example.com', expiresAt: '2026-11-23T13:30:00.000Z', liftedAt: null }],
    },
  ]);
});
