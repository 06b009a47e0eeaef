// Heroku's status page: what is taken from it, and that an unreadable page is not green. Loopback only.

import { describe, expect, test } from 'vitest';
import { HerokuError } from '../../../shared/heroku/port.ts';
import { createHerokuStatus } from '../../../shared/heroku/status.ts';
import { deadUrl, json, rawAnswer, serve, serveRaw } from './server.ts';

const green = [
  { system: 'Apps', status: 'green' },
  { system: 'Data', status: 'yellow' },
  { system: 'Tools', status: 'red' },
];

describe('The status of Heroku', () => {
  test('is read with one call, without a token, and leaves no connection', async () => {
    const server = await serve((_, response) =>
      json(response, 200, { status: green, incidents: [], scheduled: [] }),
    );
    expect(await createHerokuStatus({ url: server.url }).current()).toEqual({
      systems: green,
      incidents: [],
    });
    expect(server.requests.map((seen) => [seen.method, seen.path])).toEqual([
      ['GET', '/api/v4/current-status'],
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    await expect.poll(() => server.open()).toBe(0);
  });

  test('tells the incidents that are not over, by their state and not by their flag', async () => {
    const incident = { id: 1, title: 'Builds fail', resolved: false, full_url: 'https://x/1' };
    const incidents = [
      { ...incident, state: 'open' },
      { ...incident, state: 'resolved' },
      { title: 'No address', state: 'open' },
      'odd',
    ];
    const server = await serve((_, response) => json(response, 200, { status: green, incidents }));
    expect((await createHerokuStatus({ url: server.url }).current()).incidents).toEqual([
      { title: 'Builds fail', state: 'open', url: 'https://x/1' },
      { title: 'No address', state: 'open', url: null },
    ]);
  });

  test.for([
    ['a 503', rawAnswer(503, ''), 'found status 503, expected 200'],
    ['a redirect', rawAnswer(302, ''), 'found status 302'],
    ['HTML', rawAnswer(200, '<html></html>'), 'cannot be read'],
    ['no colours', rawAnswer(200, '{"status":[]}'), 'status: '],
    ['a cut body', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"status', 'cut off'],
  ] as const)('is unavailable, which is not green, after %s', async ([, answer, said]) => {
    const server = await serveRaw((socket) => socket.end(answer));
    const error = await createHerokuStatus({ url: server.url })
      .current()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HerokuError);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(said) });
    expect(server.requests).toHaveLength(1);
  });

  test('is unavailable when nothing answers in time', async () => {
    const server = await serveRaw(() => {});
    const status = createHerokuStatus({ url: server.url, deadlineMs: 60 });
    await expect(status.current()).rejects.toMatchObject({ code: 'unavailable' });
    const gone = createHerokuStatus({ url: await deadUrl() });
    await expect(gone.current()).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });
});
