// The foreign Heroku is strict: that it refused nothing says something.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ForeignHeroku } from './heroku.ts';
import { uuidOf } from './rows.ts';

const SLUG = uuidOf('build');
const ACCEPT = 'application/vnd.heroku+json; version=3';
const BEARER = 'Bearer right';

let heroku: ForeignHeroku;
let url: string;
beforeEach(async () => {
  heroku = new ForeignHeroku('right', 'web', { dev: 'development', qa: 'staging', us: 'production' });
  for (const app of ['dev', 'qa', 'us']) heroku.deploy(app, SLUG);
  url = await heroku.listen();
});
afterEach(() => heroku.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { headers: { accept: ACCEPT, authorization: BEARER, ...headers } });

const app = (name: string) => ({ id: uuidOf(`app ${name}`) });
const promotion = (source: object, ...targets: readonly string[]) => ({
  pipeline: { id: uuidOf('pipeline web') },
  source,
  targets: targets.map((name) => ({ app: app(name) })),
});
const pinned = (name: string) => ({ app: app(name), release: { id: uuidOf(`${name} v2`) } });

async function promote(body: object): Promise<number> {
  const headers = { accept: ACCEPT, authorization: BEARER, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/pipeline-promotions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}

describe('a read', () => {
  it.each([
    [406, { accept: 'application/json' }],
    [401, { authorization: 'Bearer wrong' }],
    [416, { range: 'colour ..' }],
  ])('is refused with %i for %j', async (status, headers) => {
    expect((await get('/apps', headers)).status).toBe(status);
    expect(heroku.refusals).toHaveLength(1);
  });

  it('comes in pages', async () => {
    const first = await get('/apps', { range: 'id ..; max=1000' });
    expect(first.status).toBe(206);
    const rest = await get('/apps', { range: first.headers.get('next-range') ?? '' });
    expect(rest.status).toBe(200);
    const rows = [
      ...((await first.json()) as { name: string }[]),
      ...((await rest.json()) as { name: string }[]),
    ];
    expect(rows.map(({ name }) => name).sort()).toEqual(['dev', 'qa', 'us']);
  });
});

describe('a promotion', () => {
  it('that is in order is made, after a while', async () => {
    expect(await promote(promotion(pinned('dev'), 'qa', 'us'))).toBe(201);
    expect(heroku.posts).toEqual([{ release: 'dev v2', slug: SLUG, targets: ['qa', 'us'] }]);
  });

  it.each([
    ['not pinned', promotion({ app: app('dev') }, 'qa')],
    ['pinned to another app’s release', promotion({ ...pinned('qa'), app: app('dev') }, 'us')],
    ['to an app that is not downstream', promotion(pinned('qa'), 'dev')],
    ['to its own source', promotion(pinned('qa'), 'qa')],
    ['to no app', promotion(pinned('qa'))],
    ['with a key of its own', { ...promotion(pinned('qa'), 'us'), force: true }],
  ])('that is %s is refused', async (_, body) => {
    expect(await promote(body)).toBe(422);
    expect(heroku.refusals).toHaveLength(1);
  });
});
