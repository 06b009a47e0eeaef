// What `sluice plan` foresees: what is promoted next, what after it and when at the earliest, and the ceiling of soaks.

import { expect, it } from 'vitest';
import {
  answers,
  attempt,
  calm,
  decision,
  HOUR,
  hold,
  MINUTE,
  minutes,
  moves,
  NEW,
  OLD,
  put,
  putOpen,
  same,
  target,
  underWay,
  withAnswers,
} from './facts.ts';
import { openTerminal } from './terminal.ts';

const other = (name: string, id: string, made = decision()) => ({ ...made, pipeline: name, pipelineId: id });

it('orders what comes by its time, and keeps apart what nobody knows the time of', async () => {
  const { table, type } = await openTerminal();
  const targets = ['router-ie01', 'router-jp01'];
  const steps = [
    moves(
      ['qa', 'canary'],
      NEW,
      'router-qa01',
      ['router-va01', 'router-va02'],
      [answers.soaked, answers.free],
    ),
    moves(['canary', 'world'], OLD, 'router-va01', targets, [answers.soaking(minutes(40)), answers.noSignal]),
  ];
  await put(table, decision({ steps }));
  await put(table, other('api', 'api-id', withAnswers(answers.soaking(minutes(26)))));
  await put(table, other('web', 'web-id', withAnswers(answers.soaking(minutes(5)))));
  await put(table, other('db', 'db-id', withAnswers(answers.ciFailed)));
  await put(table, other('late', 'late-id', withAnswers(answers.soaking(minutes(-1)))));
  await put(table, other('trial', 'trial-id', { ...withAnswers(answers.soaked), mode: 'observe' }));
  await put(table, calm);
  expect(await type('sluice plan')).toMatchInlineSnapshot(`
    "At the next tick
      router canary  3f2a91bc from qa to router-va01 and router-va02, every check passes

    Would be promoted, were it not only observed
      trial canary  3f2a91bc from qa to router-va01 and router-va02, every check passes

    Next, not before
      late canary  3f2a91bc  the next tick, which asks again  soak
      web canary   3f2a91bc  2026-11-23 12:05Z (in 5m)  soak
      api canary   3f2a91bc  2026-11-23 12:26Z (in 26m)  soak

    Nobody can know when
      router world  9bb01a2c  kept back by soak and signal direwolf, not before 2026-11-23 12:40Z (in
                              40m)
      db canary     3f2a91bc  kept back by ci

    The longest until a change has arrived
      api     no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
      db      no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
      edge    2h          from staging to production; holds, windows and other checks add their own time
      late    no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
      router  no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
      trial   no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
      web     no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
    "
  `);
});

it('says what is under way', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await putOpen(table, underWay);
  expect((await type('sluice plan router')).split('\n').slice(0, 2)).toMatchInlineSnapshot(`
    [
      "Under way",
      "  router canary  3f2a91bc from qa to router-va01 and router-va02",
    ]
  `);
});

it('counts a hold that is newer than the decision', async () => {
  const { table, json } = await openTerminal();
  await put(table, withAnswers(answers.soaked));
  await table.writeHold(hold({ placedAt: minutes(-1) }));
  expect(await json('sluice plan')).toMatchObject({
    ready: [],
    timed: [{ wave: 'canary', blockers: ['hold'], notBeforeAt: '2026-11-23T13:30:00.000Z' }],
  });
});

it.each([
  {
    soakCeilingMs: null,
    expected:
      'canary asks for a soak of the artifact itself on qa (counting: occupancy), and a merge before its end cuts it short',
  },
  {
    soakCeilingMs: 5 * HOUR + 30 * MINUTE,
    ceilingTerms: { plus: [], deploymentsBelow: null },
    expected: 'router 5h 30m from qa to world; as long as nobody steps in and nothing fails',
  },
  {
    soakCeilingMs: 0,
    expected: 'router 0s from qa to world; holds, windows and other checks add their own time',
  },
  {
    soakCeilingMs: 33 * MINUTE,
    ceilingTerms: { plus: ['window', 'ci', 'signal'], deploymentsBelow: 25 },
    expected:
      'router 33m from qa to world, and what window, ci and signal add (red commits go inside the next green one); as long as nobody steps in, nothing fails and fewer than 25 deployments to qa come in that time',
  },
])('prints how long it can take, and on what terms: $soakCeilingMs ms', async ({ expected, ...told }) => {
  const { table, type } = await openTerminal();
  await put(table, decision(told));
  expect((await type('sluice plan')).replaceAll(/\s+/g, ' ').trimEnd()).toContain(expected);
});

it('says so when nothing is about to move', async () => {
  const { table, type } = await openTerminal();
  await put(table, calm);
  expect(await type('sluice plan edge')).toMatchInlineSnapshot(`
    "Nothing is about to move: no wave is behind.

    The longest until a change has arrived
      edge  2h  from staging to production; holds, windows and other checks add their own time
    "
  `);
});

it('gives the plan as JSON', async () => {
  const { table, json } = await openTerminal();
  await put(table, decision());
  await putOpen(
    table,
    attempt({ ...underWay, id: 'A2', to: 'world', targets: [target('router-ie01', 'open')] }),
  );
  expect(await json('sluice plan')).toMatchObject({
    now: '2026-11-23T12:00:00.000Z',
    underWay: [{ pipeline: 'router', wave: 'world' }],
    timed: [
      { pipeline: 'router', wave: 'canary', notBeforeAt: '2026-11-23T12:26:00.000Z', blockers: ['soak'] },
    ],
    ceilings: [{ pipeline: 'router', soakCeilingMs: null }],
  });
});

it('keeps same waves out of it', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision({ steps: [same('qa', 'canary'), same('canary', 'world')] }));
  expect(await type('sluice plan')).not.toContain('router canary');
});
