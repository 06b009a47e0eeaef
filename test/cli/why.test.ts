// What `sluice why` answers: for every wave that is behind, what would move, who or what keeps it back, since when, until
// when, and what to type.

import { expect, it } from 'vitest';
import { wait } from '../../shared/domain/verdict.ts';
import {
  answers,
  app,
  calm,
  decision,
  hold,
  minutes,
  moves,
  NEW,
  NEWER,
  put,
  putOpen,
  ROUTER,
  same,
  underWay,
  withAnswers,
} from './facts.ts';
import { openTerminal } from './terminal.ts';

it('names the first check that blocks, since when, the earliest time, and what lets each go on', async () => {
  const terminal = await openTerminal();
  const { table, type } = terminal;
  await put(table, withAnswers(answers.soaking(minutes(26)), answers.free, answers.noSignal));
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  … waits for 3f2a91bc: soak blocks first, since 2026-11-23 11:56Z (4m ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      not before  2026-11-23 12:26Z (in 26m), and not before signal direwolf passes
      to go on    soak             by itself at 2026-11-23 12:26Z (in 26m)
                  signal direwolf  as soon as news of it comes in
      > … wait  soak             3f2a91bc completes its soak of 30m at 2026-11-23 12:26Z, last on
                                 router-qa01, where it has been since 2026-11-23 11:56Z.
        ✓ pass  hold             Nobody holds router canary.
        … wait  signal direwolf  No direwolf about router-qa01 with 3f2a91bc has come in. Since
                                 2026-11-23 11:56Z (4m ago).

    Not behind: world.
    "
  `);
  expect(terminal.status).toBe(0);
});

it('names what a person did, and the command that lets it go', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.stands, answers.soaked));
  expect(await type('sluice why router --wave canary')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  … waits for 3f2a91bc: stands blocks first, since 2026-11-23 10:00Z (2h ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      not before  stands passes, and nobody can know when that is
      to go on    stands  ./sluice accept router --wave canary --reason "…"
      > … wait  stands  router-va01 was rolled back to 9bb01a2c at 2026-11-23 10:00Z by ana@example.com;
                        the pipeline did not bring it, so it stands until a person lets go.
        ✓ pass  soak    3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
    "
  `);
});

it('names a failure, and how to try again', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.failedBefore, answers.soaked, answers.ciFailed));
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  ✗ does not get 3f2a91bc: attempt blocks first, since 2026-11-23 11:00Z (1h ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      not before  attempt and ci pass, and nobody can know when that is
      to go on    attempt  ./sluice retry router --wave canary --reason "…"  (tries 3f2a91bc again; a
                           newer artifact goes ahead by itself)
                  ci       run ci/circleci: build again at https://ci.example/42, or merge a fix
      > ✗ fail  attempt  router-va01 failed to take 3f2a91bc at 2026-11-23 11:00Z: Release command
                         failed
        ✓ pass  soak     3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
        ✗ fail  ci       ci/circleci: build failed for 3f2a91bc at 2026-11-23 11:58Z
                         (https://ci.example/42). Since 2026-11-23 11:58Z (2m ago).

    Not behind: world.
    "
  `);
});

it('says so when a check could not be asked', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.soaked, answers.statusUnread));
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  ? waits for 3f2a91bc: heroku-status could not be asked, since 2026-11-23 11:59Z (1m ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      not before  heroku-status passes, and nobody can know when that is
      to go on    heroku-status  nothing to type: the next tick asks again
        ✓ pass     soak           3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on
                                  router-qa01.
      > ? unknown  heroku-status  What Heroku says of itself could not be read: it gave no answer within
                                  10s.

    Not behind: world.
    "
  `);
});

it('explains every wave that is behind', async () => {
  const { table, type } = await openTerminal();
  const steps = [
    moves(
      ['qa', 'canary'],
      NEW,
      'router-qa01',
      ['router-va01', 'router-va02'],
      [answers.soaking(minutes(26))],
    ),
    moves(['canary', 'world'], NEWER, 'router-va01', ['router-ie01', 'router-jp01'], [answers.statusUnread]),
  ];
  await put(table, decision({ steps }));
  const text = await type('sluice why router');
  expect(text).toContain('canary  … waits for 3f2a91bc');
  expect(text).toContain('world  ? waits for c0ffee12: heroku-status could not be asked');
  expect(text).not.toContain('Not behind');
});

it('tells a promotion under way with what Heroku has said so far', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await putOpen(table, underWay);
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  → is being given 3f2a91bc
      moves    3f2a91bc from router-qa01 to router-va01 and router-va02
      since    2026-11-23 11:58Z (2m ago), asked by sluice
      so far   Heroku is at work on promotion f7a1c2d3.
      attempt  01KAX5T0Q8AAAAAAAAAA000001

    Not behind: world.
    "
  `);
});

it('tells what comes after a promotion under way, and why it waits', async () => {
  const { table, type } = await openTerminal();
  const steps = [
    moves(['qa', 'canary'], NEWER, 'router-qa01', ['router-va01'], [answers.noSignal]),
    same('canary', 'world'),
  ];
  await put(table, decision({ steps }));
  await putOpen(table, underWay);
  expect(await type('sluice why router --wave canary')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  → is being given 3f2a91bc
      moves    3f2a91bc from router-qa01 to router-va01 and router-va02
      since    2026-11-23 11:58Z (2m ago), asked by sluice
      so far   Heroku is at work on promotion f7a1c2d3.
      attempt  01KAX5T0Q8AAAAAAAAAA000001
      next     c0ffee12, after this one:
      > … wait  signal direwolf  No direwolf about router-qa01 with 3f2a91bc has come in.
    "
  `);
});

it('says that the next tick promotes what every check lets pass', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.soaked, answers.free));
  expect(await type('sluice why router --wave canary')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  ✓ is ready for 3f2a91bc: every check passes, the next tick promotes it.
      moves  3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
        ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
        ✓ pass  hold  Nobody holds router canary.
    "
  `);
});

it('says what would be promoted where nothing is, and what to change', async () => {
  const { table, type } = await openTerminal();
  await put(table, { ...withAnswers(answers.soaked), mode: 'observe' });
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  only observed, decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  ✓ would be given 3f2a91bc: every check passes, but nothing is promoted here.
      moves     3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      to go on  set \`mode: promote\` in the configuration of router
        ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.

    Not behind: world.
    "
  `);
  await put(table, { ...withAnswers(answers.soaked), dryRun: true });
  expect((await type('sluice why router')).split('\n').slice(0, 6)).toMatchInlineSnapshot(`
    [
      "router  only observed, decided 2026-11-23 11:57Z (3m ago), unchanged since",
      "",
      "canary  ✓ would be given 3f2a91bc: every check passes, but nothing is promoted here.",
      "  moves     3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02",
      "  to go on  start the run with --live: without it nothing is promoted",
      "    ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.",
    ]
  `);
});

it('says what runs everywhere when nothing is behind', async () => {
  const { table, type } = await openTerminal();
  await put(table, calm);
  expect(await type('sluice why edge')).toMatchInlineSnapshot(`
    "edge  decided 2026-11-23 11:57Z (3m ago), unchanged since

    ✓ Nothing is behind: every wave runs c0ffee12.
      staging     c0ffee12  since 2026-11-22 10:00Z (1d 2h ago)
      production  c0ffee12  since 2026-11-22 11:00Z (1d 1h ago)
    "
  `);
});

it('says so when waves differ and yet none has anything to give', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision({ steps: [same('qa', 'canary'), same('canary', 'world')] }));
  expect((await type('sluice why router')).split('\n')[2]).toMatchInlineSnapshot(
    `"✓ Nothing is behind: no wave has anything to give to the next."`,
  );
});

it('says so when there is one wave only', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision({ waves: decision().waves.slice(0, 1), steps: [] }));
  expect((await type('sluice why router')).split('\n')[2]).toMatchInlineSnapshot(
    `"✓ There is one wave only, so there is nothing to promote."`,
  );
});

it('explains one wave, behind or not', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  expect((await type('sluice why router --wave world')).split('\n').slice(2)).toMatchInlineSnapshot(`
    [
      "world  ✓ is not behind: canary has nothing to give it that it does not run",
      "  world  9bb01a2c  since 2026-11-23 10:30Z (1h 30m ago)",
      "",
    ]
  `);
  expect((await type('sluice why router --wave qa')).split('\n').slice(2)).toMatchInlineSnapshot(`
    [
      "qa  is the first wave: Heroku deploys to it, Sluice never does",
      "  qa  3f2a91bc  since 2026-11-23 11:56Z (4m ago)",
      "",
    ]
  `);
});

it('tells what people said since the decision: holds placed and lifted, rejections', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.held));
  await table.writeHold(hold({ id: '2', placedAt: minutes(-1), wave: 'canary' }));
  await table.writeHold(hold());
  await table.liftHold(hold(), { by: 'cy@example.com', reason: 'done', at: minutes(-2) });
  await table.writeRejection({
    id: '3',
    pipelineId: ROUTER,
    artifact: null,
    commit: NEW.commit,
    why: 'person',
    actor: 'cy@example.com',
    reason: 'it loses orders',
    at: minutes(-1),
    app: null,
    releaseId: null,
    liftedAt: null,
    liftedBy: null,
  });
  expect((await type('sluice why router')).split('\n').slice(0, 7)).toMatchInlineSnapshot(`
    [
      "router  decided 2026-11-23 11:57Z (3m ago), unchanged since",
      "  New since then: canary is held by bo@example.com since 2026-11-23 11:59Z until 2026-11-23 13:30Z",
      "  (in 1h 30m): database migration",
      "  New since then: cy@example.com lifted the hold on every wave by bo@example.com; the next tick",
      "  looks again.",
      "  New since then: cy@example.com rejected 3f2a91bc: it loses orders",
      "",
    ]
  `);
});

it('tells what was tried again or accepted since the decision, and asks for it no more', async () => {
  const { table, type, json } = await openTerminal();
  await put(table, withAnswers(answers.failedBefore, answers.stands, answers.soaked));
  const said = { pipelineId: ROUTER, actor: 'cy@example.com', reason: 'the database is back.' };
  const retried = [{ app: app('router-va01'), attemptId: '01KAX5T0Q8AAAAAAAAAA000001' }];
  await table.writeWord({ ...said, kind: 'retry', id: '1', at: minutes(-60), retried: [] });
  await table.writeWord({ ...said, kind: 'retry', id: '2', at: minutes(-1), retried });
  expect((await type('sluice why router')).split('\n').slice(0, 11)).toMatchInlineSnapshot(`
    [
      "router  decided 2026-11-23 11:57Z (3m ago), unchanged since",
      "  New since then: cy@example.com said retry (tries again on router-va01): the database is back; the",
      "  next tick looks again.",
      "",
      "canary  ✗ does not get 3f2a91bc: attempt blocks first, since 2026-11-23 11:00Z (1h ago).",
      "  moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02",
      "  not before  attempt and stands pass, and nobody can know when that is",
      "  to go on    attempt  said since then: the next tick looks again",
      "              stands   ./sluice accept router --wave canary --reason "…"",
      "  > ✗ fail  attempt  router-va01 failed to take 3f2a91bc at 2026-11-23 11:00Z: Release command",
      "                     failed",
    ]
  `);
  const accepted = [{ app: app('router-va01'), artifact: NEW.artifact }];
  await table.writeWord({ ...said, kind: 'accept', id: '3', at: minutes(0), seenAt: minutes(-1), accepted });
  expect(await type('sluice why router')).not.toContain('accept router');
  expect(await json('sluice why router')).toMatchObject({ said: [{ id: '2' }, { id: '3' }] });
});

it('explains all else when a record of what people said cannot be read', async () => {
  const { table, type } = await openTerminal();
  await put(table, withAnswers(answers.failedBefore));
  await table.writeWord({ id: '1', pipelineId: ROUTER, at: minutes(-1), kind: 'retry' } as never);
  expect(await type('sluice why router')).toContain('./sluice retry router');
});

it('tells a pipeline that no run has looked at', async () => {
  const { table, type } = await openTerminal();
  await put(table, null);
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  No run has looked at it yet: the next tick that reaches it decides.
    "
  `);
});

it('keeps commands whole and everything else within 80 columns', async () => {
  const { table, type } = await openTerminal(80);
  const verdicts = [
    answers.failedBefore,
    answers.soaking(minutes(26)),
    { ...answers.noSignal, check: 'ci ci/circleci: build' },
  ];
  await put(table, withAnswers(...verdicts));
  const text = await type('sluice why router');
  expect(text).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since

    canary  ✗ does not get 3f2a91bc: attempt blocks first, since 2026-11-23 11:00Z
            (1h ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and
                  router-va02
      not before  2026-11-23 12:26Z (in 26m), and not before attempt and ci
                  ci/circleci: build pass
      to go on    attempt  ./sluice retry router --wave canary --reason "…"  (tries
                           3f2a91bc again; a newer artifact goes ahead by itself)
                  soak     by itself at 2026-11-23 12:26Z (in 26m)
                  ci ci/circleci: build
                           as soon as news of it comes in
      > ✗ fail  attempt  router-va01 failed to take 3f2a91bc at 2026-11-23 11:00Z:
                         Release command failed
        … wait  soak     3f2a91bc completes its soak of 30m at 2026-11-23 12:26Z,
                         last on router-qa01, where it has been since 2026-11-23
                         11:56Z. Since 2026-11-23 11:56Z (4m ago).
        … wait  ci ci/circleci: build
                         No direwolf about router-qa01 with 3f2a91bc has come in.
                         Since 2026-11-23 11:56Z (4m ago).

    Not behind: world.
    "
  `);
});

it('gives every verdict with its evidence as JSON', async () => {
  const { table, json } = await openTerminal();
  const made = withAnswers({
    ...answers.soaking(minutes(26)),
    evidence: { soakMs: 1_800_000, soakedAt: minutes(26) },
  });
  await put(table, made);
  expect(await json('sluice why router')).toMatchObject({
    pipeline: 'router',
    mode: 'promote',
    decidedAt: '2026-11-23T11:57:00.000Z',
    steps: [
      {
        to: 'canary',
        blocker: 'soak',
        earliestAt: '2026-11-23T12:26:00.000Z',
        verdicts: [{ check: 'soak', evidence: { soakMs: 1_800_000, soakedAt: '2026-11-23T12:26:00.000Z' } }],
      },
    ],
  });
  const { steps } = await json('sluice why router --wave world');
  expect(steps).toMatchObject([{ to: 'world', state: 'same' }]);
});

it('lists what is known when a name is not, and the nearest', async () => {
  const terminal = await openTerminal();
  await put(terminal.table, decision());
  await put(terminal.table, calm);
  expect(await terminal.type('sluice why ruoter')).toMatchInlineSnapshot(`
    "Pipeline "ruoter": not found, expected one of edge, router. Did you mean router?
    "
  `);
  expect(terminal.status).toBe(1);
  expect(await terminal.type('sluice why router --wave cannary')).toMatchInlineSnapshot(`
    "Wave "cannary" of router: not found, expected one of qa, canary, world. Did you mean canary?
    "
  `);
  expect(terminal.status).toBe(1);
});

it('says where to look when there is no pipeline at all', async () => {
  const terminal = await openTerminal();
  expect(await terminal.type('sluice why router')).toMatchInlineSnapshot(`
    "Pipeline router: found no pipelines at all. No tick has looked at any yet; how the last one went: ./sluice status
    "
  `);
  expect(terminal.status).toBe(1);
});

const skipped = '/sluice/pipelines/router: wave qa, soak (line 3): found "2 hours", expected a duration';
const ticked = (...problems: readonly string[]) =>
  ({ at: minutes(-1), ok: true, problems, woken: [], herokuCallsLeft: null, tickMs: 60_000 }) as const;

it('begins with what the last tick said of it: a pipeline that is skipped stays as it was', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await table.writeTick(ticked(skipped, '/sluice/pipelines/api: pipeline: not found'));
  const told = `The last tick on record, 2026-11-23 11:59Z (1m ago), told:\n  !  ${skipped}\n\n`;
  expect((await type('sluice why router')).startsWith(`${told}router`)).toBe(true);
  expect((await type('sluice plan router')).startsWith(told)).toBe(true);
});

it('tells why a pipeline is not found that is configured, but of no use', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await table.writeTick(ticked('/sluice/pipelines/ruter: pipeline: found no pipeline ruter at Heroku'));
  expect(await type('sluice why ruter')).toBe(
    'Pipeline ruter is skipped. /sluice/pipelines/ruter: pipeline: found no pipeline ruter at Heroku\n',
  );
});

it('gives the command for a webhook that never delivered, of the Sluice that is asked', async () => {
  const { table, type } = await openTerminal();
  const unheard = wait({
    check: 'ci',
    about: 'artifact',
    reason: 'For 3f2a91bc no result has come in, and none can.',
    unblock: 'sluice secrets set webhooks/github   (and the webhook at the sender: docs/install.md)',
  });
  await put(table, withAnswers(unheard));
  expect(await type('sluice why router --prefix /sluice/prod')).toContain(
    './sluice secrets set webhooks/github --prefix /sluice/prod',
  );
  expect(await type('sluice why router')).toContain('./sluice secrets set webhooks/github ');
});

it('ends the commands in what the tick said with the option that was given', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  await table.writeTick(ticked('router has been behind since 09:00Z. See sluice why router'));
  expect(await type('sluice status --table t')).toContain('See ./sluice why router --table t\n');
});

it('names newer commits that were passed over, each with the check that did not pass, and what is to be noted', async () => {
  const { table, type, json } = await openTerminal();
  const made = withAnswers(answers.soaked, answers.held);
  const over = { ...NEWER, check: 'ci', state: 'fail' as const, reason: 'CI failed for c0ffee12.' };
  const note =
    'router-qa01: release v43 of 2026-11-23 11:58Z failed; what ran before still runs. See: heroku releases:output v43 --app router-qa01';
  const steps = made.steps.map((step, index) => (index === 0 ? { ...step, passedOver: [over] } : step));
  await put(table, { ...made, steps, notes: [note] });
  expect(await type('sluice why router')).toMatchInlineSnapshot(`
    "router  decided 2026-11-23 11:57Z (3m ago), unchanged since
      ! note  router-qa01: release v43 of 2026-11-23 11:58Z failed; what ran before still runs. See:
              heroku releases:output v43 --app router-qa01

    canary  … waits for 3f2a91bc: hold blocks first, since 2026-11-23 11:30Z (30m ago).
      moves       3f2a91bc from router-qa01 (release 0b3c5f0e) to router-va01 and router-va02
      besides     c0ffee12 passed over: ci failed
      not before  hold passes, and nobody can know when that is
      to go on    hold  as soon as news of it comes in
        ✓ pass  soak  3f2a91bc completed its soak of 30m at 2026-11-23 11:30Z, last on router-qa01.
      > … wait  hold  bo@example.com holds router since 2026-11-23 11:30Z: database migration

    Not behind: world.
    "
  `);
  expect(await json('sluice why router')).toMatchObject({ notes: [note], steps: [{ passedOver: [over] }] });
  expect(await type('sluice status router')).toMatchInlineSnapshot(`
    "router
      qa      3f2a91bc  for 4m      first wave
      canary  9bb01a2c  for 3h 20m  … waits for 3f2a91bc: hold
      world   9bb01a2c  for 1h 30m  ✓ same as canary
      canary: c0ffee12 passed over: ci failed
      ! note  router-qa01: release v43 of 2026-11-23 11:58Z failed; what ran before still runs. See:
              heroku releases:output v43 --app router-qa01

    No tick is on record yet.
    From the local run in .sluice.
    "
  `);
  expect(await type('sluice plan router')).toMatchInlineSnapshot(`
    "Nobody can know when
      router canary  3f2a91bc  kept back by hold

    Passed over
      router canary  c0ffee12 passed over: ci failed

    To be noted
      router  router-qa01: release v43 of 2026-11-23 11:58Z failed; what ran before still runs. See:
              heroku releases:output v43 --app router-qa01

    The longest until a change has arrived
      router  no ceiling  canary asks for a soak of the artifact itself on qa (counting: occupancy), and
                          a merge before its end cuts it short
    "
  `);
  expect(await json('sluice plan router')).toMatchObject({
    passedOver: [{ pipeline: 'router', wave: 'canary', ...over }],
    notes: [{ pipeline: 'router', note }],
  });
});

it('tells of an app that runs what has no slug, where it shows what runs', async () => {
  const { table, type } = await openTerminal();
  const [qa, ...others] = withAnswers(answers.soaked).waves;
  const apps = (qa?.apps ?? []).map((entry) => ({ ...entry, artifact: null, commit: null, codeless: 12 }));
  const steps = [same('qa', 'canary'), same('canary', 'world')];
  await put(table, decision({ steps, waves: [{ name: 'qa', apps }, ...others] }));
  expect(await type('sluice status router')).toContain('qa      v12 (no slug)');
});
