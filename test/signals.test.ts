// Webhooks, from the delivery to the promotion: what comes in wakes the pipelines it concerns, and no others.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UrlEvent } from '../functions/url.ts';
import { signGeneric } from '../shared/signals/signature.ts';
import { commitOf, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open({ config: {} });
  world.secrets['direwolf'] = 'a secret';
  world.addPipeline('web', [1, 1], (wave) =>
    wave === 2 ? '    checks:\n      - signal: { name: direwolf, of: commit }\n' : '',
  );
  world.addPipeline('api', [1, 1]);
  await world.ticks(2);
  world.merge('web-1', 'A');
  await world.ticks(2);
  world.heroku.calls.reset();
});
afterEach(() => world.close());

function callback(
  commit: string,
  state: string,
  more: { secret?: string; ageSeconds?: number } = {},
): UrlEvent {
  const now = world.clock.now();
  const body = JSON.stringify({ name: 'direwolf', commit, state, at: new Date(now).toISOString() });
  const signed = Math.floor(now / 1000) - (more.ageSeconds ?? 0);
  return {
    rawPath: '/signals/direwolf',
    headers: { 'x-sluice-signature': signGeneric(more.secret ?? 'a secret', body, signed) },
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' } },
  };
}

describe('a signal', () => {
  it('about a commit in play promotes at once, without waiting for a tick', async () => {
    expect((await world.step('web', 'w2')).blocker).toBe('signal direwolf of commit');
    const answer = await world.deliver(callback(commitOf('A'), 'success'));
    expect(answer.statusCode).toBe(202);
    expect(world.posts()).toHaveLength(1);
    await world.ticks(1);
    expect(world.runs('web-2')).toBe(commitOf('A'));
  });

  it('that is a failure is recorded, blocks, and says so', async () => {
    await world.deliver(callback(commitOf('A'), 'failure'));
    expect(world.posts()).toHaveLength(0);
    const step = await world.step('web', 'w2');
    expect(step.verdicts.find((v) => v.check === 'signal direwolf of commit')?.state).toBe('fail');
  });

  it('about a commit that runs nowhere is recorded and costs Heroku nothing', async () => {
    await world.deliver(callback(commitOf('Z'), 'success'));
    expect(world.heroku.calls.total).toBe(0);
    expect(await world.table.signalsOfCommit(commitOf('Z'))).toHaveLength(1);
  });

  it('wakes nobody when it says what was known: a redelivery, the same again, an older word', async () => {
    const woken = () => world.events.filter((e) => e.type === 'PipelineDue' && e.reasons.includes('asked'));
    await world.hold('web', null, 'so that it stays in play', null);
    await world.ticks(1);
    world.events.length = 0;
    const first = callback(commitOf('A'), 'failure');
    await world.deliver(first);
    expect(woken()).toHaveLength(1);
    await world.deliver(first);
    expect(woken()).toHaveLength(1);
    // The tick looks at whoever was woken since the last run began.
    await world.ticks(1);
    const before = woken().length;
    await world.deliver(callback(commitOf('A'), 'failure'));
    expect(woken()).toHaveLength(before);
    world.wait(1);
    const changed = callback(commitOf('A'), 'success');
    await world.deliver(changed);
    expect(woken()).toHaveLength(before + 1);
    await world.ticks(1);
    const after = woken().length;
    world.heroku.calls.reset();
    await world.deliver(changed);
    // Within the five minutes of its signature, and older than what is on record.
    await world.deliver(first);
    expect(woken()).toHaveLength(after);
    expect(world.heroku.calls.total).toBe(0);
  });

  it('wakes only the pipelines it concerns', async () => {
    await world.deliver(callback(commitOf('A'), 'success'));
    const woken = world.events.filter((e) => e.type === 'PipelineDue' && e.reasons.includes('asked'));
    expect(woken.map((e) => (e.type === 'PipelineDue' ? e.pipeline.name : ''))).toEqual(['web']);
  });

  it.each([
    { case: 'forged', more: { secret: 'another' } },
    { case: 'stale', more: { ageSeconds: 301 } },
  ])('that is $case changes nothing', async ({ more }) => {
    const answer = await world.deliver(callback(commitOf('A'), 'success', more));
    expect(answer.statusCode).toBe(401);
    expect(await world.table.signalsOfCommit(commitOf('A'))).toHaveLength(0);
    await world.ticks(3);
    expect(world.posts()).toHaveLength(0);
  });
});
