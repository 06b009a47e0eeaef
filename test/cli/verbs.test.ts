// `sluice unhold`, `accept`, `retry`, `reject`, `allow`: each says before what it will do, and after what moves next
// because of it; and does nothing else.

import { describe, expect, it } from 'vitest';
import type { Decision } from '../../shared/domain/decision.ts';
import {
  answers,
  app,
  calm,
  decision,
  hold,
  minutes,
  NEW,
  NOW,
  OLD,
  put,
  ROUTER,
  same,
  withAnswers,
} from './facts.ts';
import { openTerminal } from './terminal.ts';

const MINE = { owner: 'ana@laptop' };
const FAILED = '01KAX5T0Q8AAAAAAAAAA000001';

async function aTerminal(made = decision()) {
  const terminal = await openTerminal();
  await put(terminal.table, made);
  const { table } = terminal;
  const all = async () => ({
    ...(await table.pipelineRows(ROUTER)),
    ended: await table.ended(ROUTER),
    words: await table.words(ROUTER),
  });
  return { terminal, table, type: terminal.type, all };
}

/** Somebody rolled an app of canary back, another failed to take what it was given. */
function stopped(): Decision {
  const [canary] = withAnswers(answers.stands, answers.failedBefore).steps;
  if (canary === undefined) throw new Error('a step to canary');
  const stands = [{ app: app('router-va01'), artifact: OLD.artifact }];
  const failures = [{ app: app('router-va02'), attemptId: FAILED }];
  return decision({ steps: [{ ...canary, stands, failures }, same('canary', 'world')] });
}

describe('sluice unhold', () => {
  it('lifts what the asker placed on exactly that, and says before and after what moves next', async () => {
    const { table, terminal, type, all } = await aTerminal();
    await table.writeHold(hold(MINE));
    expect(await type('sluice unhold router --reason "it is done"')).toMatchInlineSnapshot(`
      "Lifting the holds on router
        · lifts  the hold on router by ana@laptop, since 2026-11-23 11:30Z (30m ago): database migration
        next  3f2a91bc to canary, when soak passes at 2026-11-23 12:26Z (in 26m) at the earliest
      Lifted on router:
        ✓ lifted  the hold on router by ana@laptop, since 2026-11-23 11:30Z (30m ago): database migration
        next  3f2a91bc to canary, when soak passes at 2026-11-23 12:26Z (in 26m) at the earliest
      "
    `);
    expect(terminal.status).toBe(0);
    const { holds, ended, ledger, words } = await all();
    expect(holds).toEqual([]);
    expect(ended.holds).toMatchObject([{ liftedAt: NOW, liftedBy: 'ana@laptop', liftReason: 'it is done' }]);
    expect(ledger?.writer).toMatch(/^unhold |^blank unhold /);
    expect(words).toEqual([]);
    expect((await table.fleet()).views[0]?.wokenAt).toBe(NOW);
  });

  it('accepts nothing and retries nothing: what others answered stays an answer', async () => {
    const { table, type, all } = await aTerminal(stopped());
    await table.writeHold(hold(MINE));
    expect(await type('sluice unhold router --reason ok')).toContain(
      'next  3f2a91bc to canary waits for stands and attempt:\n        ./sluice accept router --wave canary',
    );
    const { words, ledger } = await all();
    expect([words, ledger?.apps]).toEqual([[], {}]);
  });

  it("leaves others' holds and other scopes, and lists each with what lifts it", async () => {
    const { table, type, all } = await aTerminal();
    await table.writeHold(hold(MINE));
    await table.writeHold(hold({ id: '01KAX5T0Q8HHHHHHHHHH000002', reason: 'incident 42' }));
    await table.writeHold(
      hold({ ...MINE, id: '01KAX5T0Q8HHHHHHHHHH000003', wave: 'world', reason: 'legal' }),
    );
    expect(await type('sluice unhold router --reason ok')).toMatchInlineSnapshot(`
      "Lifting the holds on router
        · lifts  the hold on router by ana@laptop, since 2026-11-23 11:30Z (30m ago): database migration
        ! stays  the hold on router by bo@example.com, since 2026-11-23 11:30Z (30m ago): incident 42. To
                 lift it: ./sluice unhold router --hold HH000002 --reason "…"
        ! stays  the hold on router world by ana@laptop, since 2026-11-23 11:30Z (30m ago): legal. To lift
                 it: ./sluice unhold router --wave world --hold HH000003 --reason "…"
        next  3f2a91bc to canary, when soak and hold pass at 2026-11-23 13:30Z (in 1h 30m) at the earliest
      Lifted on router:
        ✓ lifted  the hold on router by ana@laptop, since 2026-11-23 11:30Z (30m ago): database migration
        ! stays  the hold on router by bo@example.com, since 2026-11-23 11:30Z (30m ago): incident 42. To
                 lift it: ./sluice unhold router --hold HH000002 --reason "…"
        ! stays  the hold on router world by ana@laptop, since 2026-11-23 11:30Z (30m ago): legal. To lift
                 it: ./sluice unhold router --wave world --hold HH000003 --reason "…"
        next  3f2a91bc to canary, when soak and hold pass at 2026-11-23 13:30Z (in 1h 30m) at the earliest
      "
    `);
    expect((await all()).holds.map(({ reason }) => reason)).toEqual(['incident 42', 'legal']);
  });

  it('lifts the one that is named by its id, whoever placed it', async () => {
    const { table, terminal, type, all } = await aTerminal();
    await table.writeHold(hold());
    await table.writeHold(hold({ id: '01KAX5T0Q8HHHHHHHHHH000002', wave: 'world', reason: 'legal' }));
    await type('sluice unhold router --wave world --hold hh000002 --reason "bo is away"');
    expect(terminal.status).toBe(0);
    expect((await all()).holds.map(({ wave }) => wave)).toEqual([null]);
    expect(await type('sluice unhold router --hold HH00000 --reason x')).toMatchInlineSnapshot(`
      "Hold "HH00000" of router: not found, expected one of HH000001 (router, by bo@example.com).
      "
    `);
    expect(terminal.status).toBe(1);
  });

  it('is refused when nothing of the asker is on exactly that', async () => {
    const { table, terminal, type, all } = await aTerminal();
    expect(await type('sluice unhold router --reason ok')).toMatchInlineSnapshot(`
      "Nothing to lift on router: no hold of ana@laptop's is on exactly that. What it waits for: ./sluice why router
      "
    `);
    expect(terminal.status).toBe(1);
    await table.writeHold(hold());
    expect(await type('sluice unhold router --wave world --reason ok')).toMatchInlineSnapshot(`
      "Nothing to lift on router world: no hold of ana@laptop's is on exactly that. bo@example.com holds router: database migration. To lift that one: ./sluice unhold router --hold HH000001 --reason "…"
      "
    `);
    expect(terminal.status).toBe(1);
    expect((await all()).holds).toHaveLength(1);
  });

  it('lifts one on a wave that is not there any more', async () => {
    const { table, terminal, type, all } = await aTerminal();
    await table.writeHold(hold({ ...MINE, wave: 'europe' }));
    await type('sluice unhold router --wave europe --reason ok');
    expect(terminal.status).toBe(0);
    expect((await all()).holds).toEqual([]);
  });

  it('lifts one that cannot be read, which holds everything until then', async () => {
    const { table, terminal, type, all } = await aTerminal();
    await table.writeHold({ ...hold(), placedAt: null as unknown as number, reason: 'x' });
    const [unread] = (await all()).holds;
    expect(unread).toMatchObject({ wave: null, expiresAt: null, owner: 'somebody' });
    expect(await type('sluice unhold router --reason ok')).toContain('cannot be read');
    await type('sluice unhold router --hold HH000001 --reason ok');
    expect(terminal.status).toBe(0);
    const { holds, ended } = await all();
    expect([holds.length, ended.holds.length]).toEqual([0, 1]);
  });
});

describe('sluice accept', () => {
  it('lets count what people did, as the latest decision saw it; lifts no hold and retries nothing', async () => {
    const { table, terminal, type, all } = await aTerminal(stopped());
    await table.writeHold(hold(MINE));
    expect(await type('sluice accept router --reason "looked at it"')).toMatchInlineSnapshot(`
      "Accepting on router, as it was seen 2026-11-23 11:57Z (3m ago):
        · accepts  9bb01a2c on router-va01: from now on it counts as brought by the pipeline
        next  3f2a91bc to canary waits for attempt and hold:
              ./sluice retry router --wave canary --reason "…"  (tries 3f2a91bc again; a newer artifact
              goes ahead by itself)
      Accepted on router; what was taken back stays rejected.
        ✓ accepted  9bb01a2c on router-va01: from now on it counts as brought by the pipeline
        next  3f2a91bc to canary waits for attempt and hold:
              ./sluice retry router --wave canary --reason "…"  (tries 3f2a91bc again; a newer artifact
              goes ahead by itself)
      "
    `);
    expect(terminal.status).toBe(0);
    const { holds, words, ledger } = await all();
    expect(holds).toHaveLength(1);
    expect(words).toMatchObject([{ kind: 'accept', actor: 'ana@laptop', at: NOW, seenAt: minutes(-3) }]);
    expect(ledger?.apps['id-of-router-va01']?.brought.at(-1)).toMatchObject({ artifact: OLD.artifact });
  });

  it('is refused when nobody has done anything', async () => {
    const { terminal, type } = await aTerminal();
    expect(await type('sluice accept router --wave canary --reason ok')).toMatchInlineSnapshot(`
      "Nothing to accept on router canary: no app runs anything that a person put there. What it waits for: ./sluice why router
      "
    `);
    expect(terminal.status).toBe(1);
    expect(await type('sluice accept router --wave canry --reason ok')).toContain('Did you mean canary?');
  });
});

describe('sluice accept of another Heroku pipeline behind the name', () => {
  const STRANGER = '6f0e6a5e-0000-4000-8000-000000000009';
  const record = {
    name: 'router',
    pipelineId: ROUTER,
    herokuName: 'router',
    since: minutes(-600),
    predecessors: [],
    stranger: { pipelineId: STRANGER, herokuName: 'router' },
  };

  it('says which one is meant from now on, and lets nothing else count', async () => {
    const { terminal, table, type, all } = await aTerminal(stopped());
    await table.writeName(record, null);
    expect(await type('sluice accept router --reason "made anew by Terraform"')).toMatchInlineSnapshot(`
      "Accepting on router:
        · accepts  router means Heroku pipeline 6f0e6a5e-0000-4000-8000-000000000009 (router) from now on,
                   and 6f0e6a5e-0000-4000-8000-000000000001 no more; what was said of that one counts
                   still, and nothing else is let count
        next  No run has looked at it yet: the next tick does.
      Accepted on router:
        ✓ accepted  router means Heroku pipeline 6f0e6a5e-0000-4000-8000-000000000009 (router) from now
                    on, and 6f0e6a5e-0000-4000-8000-000000000001 no more; what was said of that one counts
                    still, and nothing else is let count
        next  No run has looked at it yet: the next tick does.
      "
    `);
    expect(terminal.status).toBe(0);
    expect(await table.names()).toMatchObject([{ pipelineId: STRANGER, predecessors: [ROUTER] }]);
    expect((await table.words(STRANGER))[0]).toMatchObject({ actor: 'ana@laptop', accepted: [] });
    expect((await all()).words).toEqual([]);
  });

  it('is not done by --all, nor of one wave', async () => {
    const { terminal, table, type } = await aTerminal(stopped());
    await table.writeName(record, null);
    expect(await type('sluice accept --all --reason ok')).toContain(
      `Behind router there is another Heroku pipeline, ${STRANGER} (router)`,
    );
    expect(terminal.status).toBe(1);
    await type('sluice accept router --wave canary --reason ok');
    expect(terminal.status).toBe(1);
    expect(await table.names()).toMatchObject([{ pipelineId: ROUTER }]);
  });
});

describe('sluice retry', () => {
  it('tries again what failed, and nothing else', async () => {
    const { table, type, all } = await aTerminal(stopped());
    await table.writeHold(hold(MINE));
    expect(
      await type('sluice retry router --wave canary --reason "it was the database"'),
    ).toMatchInlineSnapshot(`
      "Trying again on router canary:
        · again  router-va02 may be given what it failed to take (attempt AA000001)
        next  3f2a91bc to canary waits for stands and hold:
              ./sluice accept router --wave canary --reason "…"
      Tried again on router canary:
        ✓ again  router-va02 may be given what it failed to take (attempt AA000001)
        next  3f2a91bc to canary waits for stands and hold:
              ./sluice accept router --wave canary --reason "…"
      "
    `);
    const { holds, words } = await all();
    expect(holds).toHaveLength(1);
    expect(words).toMatchObject([
      { kind: 'retry', retried: [{ app: { name: 'router-va02' }, attemptId: FAILED }] },
    ]);
  });

  it('is refused when nothing failed', async () => {
    const { terminal, type } = await aTerminal();
    expect(await type('sluice retry router --reason ok')).toMatchInlineSnapshot(`
      "Nothing to retry on router: no app has failed to take what it would be given. What it waits for: ./sluice why router
      "
    `);
    expect(terminal.status).toBe(1);
  });
});

describe('sluice reject and sluice allow', () => {
  it('let a commit go no further, by its first letters, until it may again', async () => {
    const { terminal, type, all } = await aTerminal(withAnswers(answers.soaked, answers.free));
    expect(await type('sluice reject router 3f2a --reason "it loses orders"')).toMatchInlineSnapshot(`
      "Rejecting 3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706 on router: it goes no further.
        · stops  3f2a91bc to canary
      Rejected: 3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706 on router; newer ones pass it by.
        take it back  ./sluice allow router 3f2a91bc --reason "…"
        next  canary: something else in its place, if there is any; the next tick looks
      "
    `);
    expect(terminal.status).toBe(0);
    const { rejections, ledger } = await all();
    expect(rejections).toMatchObject([
      { commit: NEW.commit, artifact: null, why: 'person', actor: 'ana@laptop' },
    ]);
    expect(ledger?.writer).toMatch(/reject /);
    expect(await type('sluice reject router 3f2a --reason again')).toMatchInlineSnapshot(`
      "3f2a91bc of router is rejected already: by ana@laptop at 2026-11-23 12:00Z: it loses orders
      "
    `);
    expect(terminal.status).toBe(1);

    expect(await type('sluice allow router 3f2a --reason "it was the database"')).toMatchInlineSnapshot(`
      "Allowing again: 3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706 on router
        · lifts  the rejection by ana@laptop at 2026-11-23 12:00Z: it loses orders
        next  3f2a91bc to canary, at the next tick, when every check still passes
      Allowed again: 3f2a91bc11dd4c0e9b8a7f6e5d4c3b2a19080706 on router
        ✓ lifted  the rejection by ana@laptop at 2026-11-23 12:00Z: it loses orders
        next  3f2a91bc to canary, at the next tick, when every check still passes
      "
    `);
    expect(terminal.status).toBe(0);
    const after = await all();
    expect(after.rejections).toEqual([]);
    expect(after.ended.rejections).toMatchObject([
      { liftedBy: 'ana@laptop', liftReason: 'it was the database' },
    ]);
    expect(await type('sluice allow router 3f2a --reason ok')).toBe(
      'Commit "3f2a" is not rejected on router. Nothing is rejected there.\n',
    );
    expect(terminal.status).toBe(1);
    expect(await type('sluice allow router abcd1234 --reason ok')).toBe(
      'Commit "abcd1234" is not known on router. Nothing is rejected there.\n',
    );
    await type('sluice reject router 9bb01a2c --reason x');
    expect(await type('sluice allow router 3f2a --reason ok')).toBe(
      'Commit "3f2a" is not rejected on router. Rejected there: 9bb01a2c.\n',
    );
  });

  it('take a whole commit that nothing in play has, and say so; no beginning of one', async () => {
    const { terminal, type, all } = await aTerminal();
    const commit = 'ABCDEF01'.repeat(5);
    expect(await type(`sluice reject router ${commit} --reason x`)).toContain(
      'nothing in play has this commit',
    );
    expect((await all()).rejections).toMatchObject([{ commit: commit.toLowerCase() }]);
    expect(await type('sluice reject router abcdef99 --reason x')).toMatch(
      /^Commit "abcdef99" of router: not found, expected one of .*3f2a91bc.*, or a whole commit of 40/,
    );
    expect(terminal.status).toBe(1);
  });

  it('refuse the beginning of two commits, and list them', async () => {
    const two = decision();
    const { terminal, type, table, all } = await aTerminal(two);
    await table.writeCommits(ROUTER, { 'slug:1': `3f2a${'0'.repeat(36)}` });
    expect(await type('sluice reject router 3f2a --reason x')).toBe(
      'Commit "3f2a" of router: found 2, expected one of them: 3f2a0000, 3f2a91bc.\n',
    );
    expect(await type('sluice reject router 3f --reason x')).toMatch(
      /^Commit "3f" of router: found 2 of its letters, expected at least 4, of one of .*3f2a0000, 3f2a91bc/,
    );
    await table.writeCommits(ROUTER, {
      'slug:1': `3f2a${'0'.repeat(36)}`,
      'slug:2': `3f2a${'0'.repeat(35)}1`,
    });
    expect(await type('sluice reject router 3f2a0 --reason x')).toBe(
      `Commit "3f2a0" of router: found 2, expected one of them: 3f2a${'0'.repeat(36)}, 3f2a${'0'.repeat(35)}1.\n`,
    );
    expect(terminal.status).toBe(1);
    expect((await all()).rejections).toEqual([]);
  });

  it('name an artifact without a commit as it is printed', async () => {
    const { type, table, all } = await aTerminal();
    const artifact = 'slug:9bb01a2c-0000-4000-8000-000000000001';
    await table.writeCommits(ROUTER, { [artifact]: null });
    await type('sluice reject router "slug 9bb01a2c" --reason x');
    await type('sluice reject router slug 9bb01a2c --reason again');
    expect((await all()).rejections).toMatchObject([{ artifact, commit: null }]);
  });

  it('take the name of one of two builds of a commit as it is printed: it is about the commit', async () => {
    const { type, table, all } = await aTerminal();
    const commit = 'beef1234'.repeat(5);
    const builds = ['slug:11111111-0000-4000-8000-000000000001', 'slug:22222222-0000-4000-8000-000000000002'];
    await table.writeCommits(ROUTER, Object.fromEntries(builds.map((build) => [build, commit])));
    await type('sluice reject router "beef1234 (slug 22222222)" --reason x');
    expect((await all()).rejections).toMatchObject([{ artifact: null, commit, liftedAt: null }]);
    await type('sluice allow router "beef1234 (slug 11111111)" --reason y');
    expect((await all()).rejections).toEqual([]);
  });

  it('are about one artifact where what Heroku shows is no full commit: others may be called the same', async () => {
    const { terminal, type, table, all } = await aTerminal();
    const builds = ['slug:11111111-0000-4000-8000-000000000001', 'slug:22222222-0000-4000-8000-000000000002'];
    const [, bad = ''] = builds;
    await table.writeCommits(ROUTER, { [bad]: 'v1.2.3' });
    await type('sluice reject router v1.2.3 --reason x');
    expect((await all()).rejections).toMatchObject([{ artifact: bad, commit: null, liftedAt: null }]);
    await type('sluice allow router v1.2.3 --reason y');
    expect((await all()).rejections).toEqual([]);

    await table.writeCommits(ROUTER, Object.fromEntries(builds.map((build) => [build, 'v1.2.3'])));
    expect(await type('sluice reject router v1.2.3 --reason x')).toMatch(/found 2, expected one of them/);
    expect(terminal.status).toBe(1);
    await type('sluice reject router "v1.2.3 (slug 22222222)" --reason x');
    expect((await all()).rejections.at(-1)).toMatchObject({ artifact: bad, commit: null, liftedAt: null });
  });

  it('stay in the history, each with its own reason', async () => {
    const { type } = await aTerminal();
    await type('sluice reject router 3f2a91bc --reason bad --as bo@example.com');
    await type('sluice allow router 3f2a91bc --reason "it was the database."');
    const text = await type('sluice history router');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '· allow 3f2a91bc, by ana@laptop (it was the database); bo@example.com had rejected it: bad. (now)',
    );
  });

  it('say which rejection a rollback made, and lift it as well', async () => {
    const { type, table, all } = await aTerminal();
    const made = { commit: NEW.commit, artifact: NEW.artifact, why: 'rollback', releaseId: 'r9' } as const;
    await table.writeRejection({
      ...made,
      id: 'rollback-r9',
      pipelineId: ROUTER,
      actor: 'bo@example.com',
      reason: 'heroku rollback',
      at: minutes(-9),
      app: app('router-va01'),
      liftedAt: null,
      liftedBy: null,
    });
    expect(await type('sluice allow router 3f2a91bc --reason ok')).toContain(
      '✓ lifted  the rollback of router-va01 by bo@example.com at 2026-11-23 11:51Z: heroku rollback',
    );
    expect((await all()).rejections).toMatchObject([{ id: 'rollback-r9', liftedBy: 'ana@laptop' }]);
  });
});

describe('A pipeline that was made anew under its name', () => {
  it('is the one that is meant; what people said of the one before counts, and can be taken back', async () => {
    const { table, terminal, type } = await aTerminal();
    const anew = { ...stopped(), pipelineId: 'id-anew' };
    await put(table, anew, 'router', [ROUTER]);
    await table.writeHold(hold({ ...MINE, wave: 'canary' }));
    expect(await type('sluice status router')).toContain('! hold  canary');
    await type('sluice accept router --reason ok');
    expect(await table.words('id-anew')).toHaveLength(1);
    await type('sluice unhold --all --wave canary --reason ok');
    expect(terminal.status).toBe(0);
    expect((await table.stops('id-anew', [ROUTER])).holds).toEqual([]);
    expect((await table.ended(ROUTER)).holds).toHaveLength(1);
    expect(await type('sluice history router')).toContain('! lifted');
  });
});

describe('Several pipelines', () => {
  const names = Array.from({ length: 20 }, (_, index) => `p${String(index).padStart(2, '0')}`);
  async function aFleet() {
    const made = await aTerminal();
    for (const name of names)
      await put(made.table, { ...calm, pipelineId: `id-${name}`, pipeline: name }, name);
    const held = async () =>
      (await Promise.all(names.map((name) => made.table.stops(`id-${name}`)))).flatMap(({ holds }) => holds);
    return { ...made, held };
  }

  it('are held by one command, with a record each, and let go by one', async () => {
    const { type, terminal, table, held } = await aFleet();
    await type('sluice hold --all --reason "incident 42" --no-expiry');
    expect(terminal.status).toBe(0);
    expect((await held()).map(({ pipelineId, reason }) => [pipelineId, reason])).toEqual(
      names.map((name) => [`id-${name}`, 'incident 42']),
    );
    await table.writeHold(hold({ pipelineId: 'id-p07', reason: 'a migration' }));
    const text = await type('sluice unhold --all --reason "incident 42 is over"');
    expect(terminal.status).toBe(0);
    expect((await held()).map(({ reason }) => reason)).toEqual(['a migration']);
    expect(text).toContain('! stays  the hold on p07 by bo@example.com');
    expect(await type('sluice unhold --all --reason again')).toContain(
      'bo@example.com holds p07: a migration',
    );
    expect(terminal.status).toBe(1);
  });

  it('are done to as far as they can be: what could not is said, and ends with 1', async () => {
    const { type, terminal, held } = await aFleet();
    const text = await type('sluice hold p01 p0x p02 --reason x');
    expect(terminal.status).toBe(1);
    expect(text).toContain('Holding p01 and p02: nothing more is promoted to them.');
    expect(text).toContain('Held: p01 and p02');
    expect(terminal.errors).toContain('Pipeline "p0x": not found');
    expect(await held()).toHaveLength(2);
  });

  it('are told one by one as JSON', async () => {
    const { type, terminal } = await aFleet();
    const text = await type('sluice hold p01 router --wave production --reason x --json');
    expect(terminal.status).toBe(1);
    const told = JSON.parse(text.slice(0, text.length - terminal.errors.length)) as Record<string, unknown>;
    expect(told).toMatchObject({
      done: [{ pipeline: 'p01', hold: { wave: 'production' }, next: [] }],
      failed: [
        { pipeline: 'router', error: expect.stringContaining('Wave "production" of router: not found') },
      ],
      left: [],
    });
  });

  it('have a commit rejected wherever it is in play', async () => {
    const { type, terminal, table } = await aFleet();
    await type('sluice reject --all 3f2a91bc --reason "it loses orders"');
    expect(terminal.status).toBe(0);
    const rejected = async (id: string) => (await table.stops(id)).rejections.length;
    expect(await Promise.all([ROUTER, 'id-p00'].map(rejected))).toEqual([1, 0]);
  });
});
