// `sluice hold`: what they print, and what is in the table afterwards.

import { describe, expect, it } from 'vitest';
import { decision, HOUR, minutes, NOW, put, putOpen, ROUTER, underWay } from './facts.ts';
import { openTerminal } from './terminal.ts';

async function aTerminal(made = decision()) {
  const terminal = await openTerminal();
  await put(terminal.table, made);
  const rows = () => terminal.table.pipelineRows(ROUTER);
  return { terminal, table: terminal.table, type: terminal.type, rows };
}

describe('sluice hold', () => {
  it('stops every wave, for a day when nobody says for how long', async () => {
    const { terminal, type, rows } = await aTerminal();
    expect(await type('sluice hold router --reason "database migration"')).toMatchInlineSnapshot(`
      "Holding router: nothing more is promoted to it.
      Held: router
        until    2026-11-24 12:00Z (in 1d), a day, as nothing else was said: --for, --until, --no-expiry
        by       ana@laptop
        reason   database migration
        lift it  ./sluice unhold router --reason "…"
        next     Nothing moves there until then.
      "
    `);
    expect(terminal.status).toBe(0);
    expect((await rows()).holds).toMatchObject([
      {
        wave: null,
        reason: 'database migration',
        owner: 'ana@laptop',
        placedAt: NOW,
        expiresAt: NOW + 24 * HOUR,
      },
    ]);
  });

  it('moves the ledger on and has the pipeline looked at, so that a run at work loses its claim', async () => {
    const { table, type, rows } = await aTerminal();
    await type('sluice hold router --reason x');
    expect((await rows()).ledger?.writer).toMatch(/hold /);
    expect((await table.fleet()).views[0]?.wokenAt).toBe(NOW);
  });

  it.each([
    { args: '--for 90m', expiresAt: minutes(90) },
    { args: '--for 1h30m', expiresAt: minutes(90) },
    { args: '--until 2026-11-23T18:00Z', expiresAt: minutes(360) },
    { args: '--until "2026-11-23 18:00Z"', expiresAt: minutes(360) },
    { args: '--until 2026-11-23T18:00:00+02:00', expiresAt: minutes(240) },
    { args: '--no-expiry', expiresAt: null },
  ])('lasts as long as is said: $args', async ({ args, expiresAt }) => {
    const { type, rows } = await aTerminal();
    const text = await type(`sluice hold router --wave world --reason x ${args} --as bo@example.com`);
    expect(text).not.toContain('as nothing else was said');
    expect((await rows()).holds).toMatchObject([{ wave: 'world', owner: 'bo@example.com', expiresAt }]);
  });

  it('says how to lift exactly this hold, and when it ends', async () => {
    const { type } = await aTerminal();
    expect(await type('sluice hold router --wave world --reason legal --no-expiry')).toMatchInlineSnapshot(`
      "Holding router world: nothing more is promoted to it.
      Held: router world
        until    somebody lifts it
        by       ana@laptop
        reason   legal
        lift it  ./sluice unhold router --wave world --reason "…"
        next     Nothing moves there until then.
      "
    `);
  });

  it.each([
    { as: 'bo@example.com', typed: 'bo@example.com' },
    { as: 'the night shift', typed: "'the night shift'" },
  ])('placed as $as says who lifts it', async ({ as, typed }) => {
    const { terminal, type, rows } = await aTerminal();
    const text = await type(`sluice hold router --reason legal --as "${as}"`);
    expect(text).toContain(`  lift it  ./sluice unhold router --as ${typed} --reason "…"\n`);
    await type(`sluice unhold router --as "${as}" --reason ok`);
    expect([terminal.status, (await rows()).holds]).toEqual([0, []]);
  });

  it('says what Heroku has begun already', async () => {
    const { table, type } = await aTerminal();
    await putOpen(table, underWay);
    const last = (text: string) => text.trimEnd().split('\n').at(-1);
    expect(last(await type('sluice hold router --reason x'))).toMatchInlineSnapshot(
      `"3f2a91bc is on its way to router canary already: Heroku finishes what it has begun."`,
    );
    expect(last(await type('sluice hold router --wave world --reason x'))).toContain('Nothing moves');
  });

  it.each([
    {
      args: '--reason x --for 2x',
      says: '--for: found "2x", expected a duration such as 30m, 2h, 1h30m or 1d.',
    },
    { args: '--reason x --for 0s', says: '--for: found "0s"' },
    {
      args: '--reason x --until 2026-11-24T09:00',
      says: '--until: found "2026-11-24T09:00", expected an instant with its zone, such as 2026-11-24T12:00Z.',
    },
    { args: '--reason x --until 2026-13-45T09:00Z', says: 'expected an instant with its zone' },
    { args: '--reason x --until 2026-11-23T11:59Z', says: 'expected an instant that is still to come' },
    { args: '--reason x --for 2h --no-expiry', says: 'cannot be used with' },
    { args: '--reason x --for 2h --until 2026-11-24T09:00Z', says: 'cannot be used with' },
    { args: '', says: "required option '--reason <text>' not specified" },
    { args: '--reason " "', says: 'Found nothing, expected a few words.' },
  ])('is refused as wrong usage: $args', async ({ args, says }) => {
    const { terminal, type, rows } = await aTerminal();
    expect(await type(`sluice hold router ${args}`)).toContain(says);
    expect(terminal.status).toBe(2);
    expect((await rows()).holds).toEqual([]);
  });

  it('is refused on the first wave, which a hold would not stop', async () => {
    const { terminal, type, rows } = await aTerminal();
    expect(await type('sluice hold router --wave qa --reason x')).toMatchInlineSnapshot(`
      "Wave qa of router is the first: Heroku deploys to it, and a hold would stop nothing. To stop what leaves it: ./sluice hold router --wave canary --reason "…"
      "
    `);
    expect(terminal.status).toBe(1);
    expect((await rows()).holds).toEqual([]);
  });

  it('is refused for a wave nobody knows of yet, and not for the pipeline', async () => {
    const terminal = await openTerminal();
    await put(terminal.table, null);
    expect(await terminal.type('sluice hold router --wave world --reason x')).toMatchInlineSnapshot(`
      "Wave world of router: no run has looked at router yet, so its waves are not known. Leave out the wave, or wait a tick.
      "
    `);
    expect(terminal.status).toBe(1);
    await terminal.type('sluice hold router --reason x');
    expect(terminal.status).toBe(0);
  });

  it('says so when others write at the same moment, again and again', async () => {
    const { terminal, table, type } = await aTerminal();
    table.writeLedger = async () => 'lost';
    expect(await type('sluice hold router --reason x')).toMatchInlineSnapshot(`
      "Holding router: nothing more is promoted to it.
      Others write about this pipeline at the same moment, again and again; part of it may be done. Type it again; how things are: ./sluice status
      "
    `);
    expect(terminal.status).toBe(1);
  });

  it('gives the hold as JSON', async () => {
    const { terminal } = await aTerminal();
    expect(await terminal.json('sluice hold router --reason x --for 1h')).toMatchObject({
      done: [
        {
          pipeline: 'router',
          pipelineId: ROUTER,
          hold: { owner: 'ana@laptop', expiresAt: '2026-11-23T13:00:00.000Z', liftedAt: null },
          openAttempts: [],
          next: [{ wave: 'canary', state: 'waits', blockers: ['soak', 'hold'] }],
        },
      ],
      failed: [],
    });
  });
});

it('prints commands that mean the same Sluice', async () => {
  const { table, type } = await openTerminal();
  await put(table, decision());
  const held = await type('sluice hold router --reason x --table t');
  expect(held).toContain('./sluice unhold router --reason "…" --table t\n');
  expect(await type('sluice why ruter --prefix /sluice/test')).toContain('Did you mean router?');
  const first = await type('sluice hold router --wave qa --reason x --prefix /sluice/test');
  expect(first).toContain('./sluice hold router --wave canary --reason "…" --prefix /sluice/test');
});
