// A sender that floods: what deliveries can cost, and whom they can keep waiting.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UrlEvent } from '../functions/url.ts';
import { signGeneric } from '../shared/signals/signature.ts';
import { commitOf, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open({ config: {} });
  world.secrets['direwolf'] = 'a secret';
  const asks = (wave: number) =>
    wave === 2 ? '    checks:\n      - signal: { name: direwolf, of: commit }\n' : '';
  for (const name of ['web', 'api', 'docs']) world.addPipeline(name, [1, 1], asks);
  await world.ticks(2);
  for (const name of ['web', 'api', 'docs']) world.merge(`${name}-1`, name);
  await world.ticks(2);
  world.heroku.calls.reset();
  world.events.length = 0;
});
afterEach(() => world.close());

function callback(commit: string, state: string): UrlEvent {
  const now = world.clock.now();
  const body = JSON.stringify({ name: 'direwolf', commit, state, at: new Date(now).toISOString() });
  return {
    rawPath: '/signals/direwolf',
    headers: { 'x-sluice-signature': signGeneric('a secret', body, Math.floor(now / 1000)) },
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' } },
  };
}

const runsOf = (name: string) =>
  world.events.filter((event) => event.type === 'PipelineDue' && event.pipeline.name === name).length;

describe('2,000 deliveries in a minute about one pipeline', () => {
  it('cost no more than their share of calls, and the others promote at the next tick at the latest', async () => {
    // Each says something new, and the step waits for it.
    for (let n = 0; n < 2_000; n++) {
      world.wait(0.0005);
      await world.deliver(callback(commitOf('web'), n % 2 === 0 ? 'failure' : 'pending'));
    }
    expect(world.heroku.calls.total).toBeLessThanOrEqual(15);
    expect(runsOf('web')).toBeLessThanOrEqual(3);
    await world.deliver(callback(commitOf('api'), 'success'));
    await world.deliver(callback(commitOf('docs'), 'success'));
    await world.ticks(1);
    for (const name of ['api', 'docs']) {
      const [attempt] = await world.attempts(name);
      expect(attempt?.artifact).toBeDefined();
    }
    expect(await world.attempts('web')).toHaveLength(0);
    await world.deliver(callback(commitOf('web'), 'success'));
    await world.ticks(1);
    expect(await world.attempts('web')).toHaveLength(1);
  });
});

describe('A delivery', () => {
  it('asks Heroku about its own pipeline alone: the list of all apps is not read', async () => {
    await world.deliver(callback(commitOf('web'), 'success'));
    expect(world.heroku.calls.byRoute['GET /apps']).toBeUndefined();
    expect(world.heroku.calls.byRoute['GET /pipelines/{id}/latest-releases']).toBe(1);
    expect(await world.attempts('web')).toHaveLength(1);
  });

  it('for which no step waits costs nothing', async () => {
    await world.deliver(callback(commitOf('web'), 'success'));
    await world.ticks(2);
    world.heroku.calls.reset();
    await world.deliver(callback(commitOf('web'), 'failure'));
    expect(world.heroku.calls.total).toBe(0);
  });

  it('that comes while a run is under way is not lost: the next tick looks', async () => {
    world.delivers = false;
    await world.deliver(callback(commitOf('web'), 'failure'));
    world.wait(0.1);
    await world.deliver(callback(commitOf('web'), 'success'));
    expect(runsOf('web')).toBe(1);
    world.delivers = true;
    await world.ticks(1);
    expect(await world.attempts('web')).toHaveLength(1);
  });

  it('goes by the configuration of now', async () => {
    world.config = { ...world.config, web: `${world.config['web']}mode: observe\n` };
    await world.deliver(callback(commitOf('web'), 'success'));
    expect(await world.attempts('web')).toHaveLength(0);
    expect((await world.decision('web')).mode).toBe('observe');
  });
});
