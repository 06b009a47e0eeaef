// What a function may do with the table is what it does: one story, in which every function works under its own role.

import { monotonicFactory } from 'ulid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../functions/api/handler.ts';
import type { UrlEvent } from '../../functions/url.ts';
import { signGeneric } from '../../shared/signals/signature.ts';
import { decision, put } from '../cli/facts.ts';
import { openTerminal } from '../cli/terminal.ts';
import { requestOf } from '../functions/api/desk.ts';
import { commitOf, World } from '../world.ts';
import { rolesOf } from './grants.ts';

const roles = rolesOf();
let world: World;
beforeAll(async () => {
  world = await World.open({ config: {}, tableAs: roles.tableAs, onSockets: true });
});
afterAll(() => world.close());

const CHECKED = '    checks:\n      - signal: { name: direwolf, of: commit }\n';

function callback(commit: string): UrlEvent {
  const now = world.clock.now();
  const at = new Date(now).toISOString();
  const body = JSON.stringify({ name: 'direwolf', commit, state: 'success', at });
  const headers = { 'x-sluice-signature': signGeneric('a secret', body, Math.floor(now / 1000)) };
  const requestContext = { http: { method: 'POST' } };
  return { rawPath: '/signals/direwolf', headers, body, requestContext };
}

it('is enough for a story with every verb in it, and nothing is granted that it does not use', async () => {
  const api = createApi({
    table: roles.tableAs('api', world.store),
    clock: world.clock,
    newId: monotonicFactory(),
    log: () => {},
  });
  const say = async (verb: string, body: object): Promise<number> => {
    const event = requestOf(`/${verb}`, JSON.stringify({ reason: 'x', ...body }));
    return (await api(event, {} as never)).statusCode;
  };

  world.secrets['direwolf'] = 'a secret';
  world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? CHECKED : ''));
  world.addPipeline('other', [1, 1]);
  const { other: _, ...web } = world.config;
  world.config = web;
  await world.ticks(2);
  world.merge('web-1', 'A');
  await world.ticks(2);
  expect((await world.deliver(callback(commitOf('A')))).statusCode).toBe(202);
  expect((await world.deliver(callback(commitOf('A')))).statusCode).toBe(200);
  await world.ticks(2);
  expect(world.runs('web-2')).toBe(commitOf('A'));

  const scope = { pipeline: 'web' };
  expect(await say('hold', scope)).toBe(200);
  expect(await say('unhold', scope)).toBe(200);
  const code = { ...scope, commit: commitOf('A').slice(0, 8) };
  expect(await say('reject', code)).toBe(200);
  expect(await say('allow', code)).toBe(200);
  world.merge('web-2', 'by hand');
  await world.ticks(2);
  expect(await say('accept', scope)).toBe(200);
  await world.ticks(1);
  expect(await say('retry', scope)).toBe(404);

  // Another Heroku pipeline behind the name.
  world.config = { web: (world.config['web'] ?? '').replaceAll('web', 'other') };
  await world.ticks(2);
  expect(await say('accept', { ...scope, means: world.id('other') })).toBe(200);
  await world.ticks(2);

  const unused = Object.entries(roles.granted).flatMap(([role, grants]) =>
    grants.filter((grant) => !roles.used(role).includes(grant)).map((grant) => `${role}: ${grant}`),
  );
  // A write that was lost, or seems so, is looked at: in this story none is.
  expect(unused.sort()).toEqual([
    'api: dynamodb:GetItem installation',
    'scan: dynamodb:GetItem fleet',
    'scan: dynamodb:GetItem installation',
  ]);
});

it('is to query, for people who only read', async () => {
  const readers = rolesOf({ reader: ['dynamodb:Query *'] });
  const terminal = await openTerminal(100, (store) => readers.tableAs('reader', store));
  await put(terminal.table, decision());
  for (const line of ['status', 'why router', 'plan', 'history router']) {
    await terminal.type(`sluice ${line}`);
    expect([line, terminal.status, terminal.errors]).toEqual([line, 0, '']);
  }
  await terminal.type('sluice hold router --reason x');
  expect(terminal.errors).toContain('reader may not dynamodb:PutItem on pipeline#');
});
