// Whether a token may read a repository, as GitHub answers it. Loopback only.

import { expect, test } from 'vitest';
import { probeRepository } from '../../../shared/github/probe.ts';
import { deadUrl, json, serve } from '../heroku/server.ts';

const probed = async (status: number, body: unknown) => {
  const server = await serve((_, response) => json(response, status, body));
  const probe = await probeRepository('example/router', 'github_pat_1', { url: server.url });
  return { probe, server };
};

test('is asked with the permission that compare takes', async () => {
  const { probe, server } = await probed(200, [{ sha: 'a'.repeat(40) }]);
  expect(probe).toEqual({ kind: 'read' });
  expect(server.requests[0]).toMatchObject({
    path: '/repos/example/router/commits?per_page=1',
    headers: { authorization: 'Bearer github_pat_1' },
  });
});

test.for([
  [409, { message: 'Git Repository is empty.' }, { kind: 'read' }],
  [401, { message: 'Bad credentials' }, { kind: 'refused', why: 'GitHub refuses the token (401)' }],
  [
    404,
    { message: 'Not Found' },
    { kind: 'unread', why: 'GitHub does not find example/router, or the token may not see it (404)' },
  ],
  [
    301,
    { message: 'Moved Permanently' },
    { kind: 'unread', why: 'example/router has another name at GitHub by now (301)' },
  ],
  [403, {}, { kind: 'unread', why: 'GitHub does not let the token read example/router (403)' }],
  [429, {}, { kind: 'silent', why: "GitHub's rate limit is used up" }],
  [503, {}, { kind: 'silent', why: 'GitHub answers 503' }],
  [200, '<html>', { kind: 'unread', why: 'what answers for GitHub cannot be read' }],
] as const)('is told of %s', async ([status, body, found]) => {
  expect((await probed(status, body)).probe).toEqual(found);
});

test('is told that nobody answers', async () => {
  expect(await probeRepository('example/router', 't', { url: await deadUrl() })).toEqual({
    kind: 'silent',
    why: 'GitHub does not answer (ECONNREFUSED)',
  });
});
