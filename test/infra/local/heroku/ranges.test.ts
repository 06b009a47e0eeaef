// Paging by the Range header: order, bounds, 206 and Next-Range, in every spelling the CLI and heroku-client send.

import { describe, expect, it } from 'vitest';
import { A, type Heroku, SECOND, startEmpty, startHeroku } from './harness.ts';

/** router-qa01 with releases v1 to v6. */
async function withReleases(): Promise<Heroku> {
  const heroku = await startHeroku();
  heroku.simulator.deploy('router-qa01', { commit: A });
  for (let n = 0; n < 3; n += 1) heroku.simulator.setConfig('router-qa01');
  return heroku;
}

async function versions(heroku: Heroku, range: string): Promise<unknown[]> {
  const { rows } = await heroku.get('/apps/router-qa01/releases', { range });
  return rows.map(({ version }) => version);
}

describe('a range', () => {
  it.each([
    ['version ..; order=desc,max=2', [6, 5]],
    ['version ..; max=2, order=desc', [6, 5]],
    ['version ..; max=2;', [1, 2]],
    ['version ..;order=desc;max=1', [6]],
    ['version 3..5', [3, 4, 5]],
    ['version ]3..5', [4, 5]],
    ['version ]3..5[', [4]],
    ['version ]5..; order=desc,max=2', [4, 3]],
    ['version 5..; order=asc', [5, 6]],
  ])('%s gives %j', async (range, expected) => {
    expect(await versions(await withReleases(), range)).toEqual(expected);
  });

  it('is by id when nothing is said, so releases come in no useful order', async () => {
    const heroku = await withReleases();
    const { headers, rows, status } = await heroku.get('/apps/router-qa01/releases', { range: '' });
    const ids = rows.map(({ id }) => String(id));
    expect(status).toBe(200);
    expect(ids).toEqual(ids.toSorted());
    expect(headers.get('accept-ranges')).toBe('id, version');
    expect(headers.get('content-range')).toBe(`id ${ids[0]}..${ids.at(-1)}; max=200`);
    expect(headers.get('next-range')).toBeNull();
  });

  it.each(['name ..', 'version', 'version ..5', 'version ..; max=none', 'version ..; order=up'])(
    '%s is refused with 416',
    async (range) => {
      const answer = await (await withReleases()).get('/apps/router-qa01/releases', { range });
      expect([answer.status, answer.body['id']]).toEqual([416, 'requested_range_not_satisfiable']);
    },
  );

  it('is ignored where there is no list', async () => {
    const heroku = await withReleases();
    expect((await heroku.get('/apps/router-qa01', { range: 'nonsense ..; max=0' })).status).toBe(200);
  });
});

describe('a truncated list', () => {
  it('is 206, and its Next-Range leads to the rest', async () => {
    const heroku = await withReleases();
    const seen: unknown[] = [];
    let range: string | null = 'version ..; order=desc, max=4';
    const statuses: number[] = [];
    while (range !== null) {
      const answer = await heroku.get('/apps/router-qa01/releases', { range });
      statuses.push(answer.status);
      seen.push(...answer.rows.map(({ version }) => version));
      range = answer.headers.get('next-range');
    }
    expect(statuses).toEqual([206, 200]);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('holds 200 things unless asked for more, and 1,000 at most', async () => {
    const heroku = await startEmpty();
    for (let n = 0; n < 250; n += 1) heroku.simulator.addApp({ name: `app-${n}` });
    expect((await heroku.get('/apps')).rows).toHaveLength(200);
    expect((await heroku.get('/apps')).status).toBe(206);
    const all = await heroku.get('/apps', { range: 'id ..; max=5000' });
    expect([all.status, all.rows.length]).toEqual([200, 250]);
    expect(all.headers.get('content-range')).toMatch(/; max=1000$/);
  });
});

describe('apps', () => {
  it('can be asked for since an instant, in either spelling of it', async () => {
    const heroku = await startHeroku();
    heroku.clock.pass(90 * SECOND);
    heroku.simulator.setMaintenance('router-ie01', true);
    for (const since of ['2026-11-02T12:01:00Z', '2026-11-02T12:01:00+00:00']) {
      const { rows } = await heroku.get('/apps', { range: `updated_at ${since}..; max=1000` });
      expect(rows.map(({ name }) => name)).toEqual(['router-ie01']);
    }
  });
});
