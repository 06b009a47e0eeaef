// GitHub's compare: what is taken from its answers, in the shapes that GitHub documents and people have reported, and
// that nothing else is taken for one. Loopback only.

import type { OutgoingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createGitHub } from '../../../shared/github/compare.ts';
import type { GitHubToken } from '../../../shared/github/port.ts';
import { deadUrl, json, rawAnswer, serve, serveRaw, testClock } from '../heroku/server.ts';

const TOKEN = 'github_pat_11AAAAAAA0secret';
const [EARLIER, LATER, OTHER] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
const PAIR = { earlier: EARLIER, later: LATER };

const commit = (sha: string) => ({
  url: `https://api.github.com/repos/example/router/commits/${sha}`,
  sha,
  node_id: 'MDY6Q29tbWl0NmRjYjA5YjViNTc4NzVmMzM0ZjYxYWViZWQ2OTVlMmU0MTkzZGI1ZQ==',
  commit: { message: 'Fix all the bugs', author: { name: 'Monalisa Octocat' }, comment_count: 0 },
  author: { login: 'octocat', id: 1 },
  parents: [{ sha: OTHER }],
});
/** As the second page has it: no files, and none of the commits where there is one. */
const compared = (status: string, common: string, more: object = {}) => ({
  url: `https://api.github.com/repos/example/router/compare/${EARLIER}...${LATER}`,
  html_url: `https://github.com/example/router/compare/${EARLIER}...${LATER}`,
  base_commit: commit(EARLIER),
  merge_base_commit: commit(common),
  status,
  ahead_by: status === 'behind' ? 0 : 1,
  behind_by: status === 'ahead' ? 0 : 2,
  total_commits: 1,
  commits: [],
  ...more,
});
const message = (text: string) => ({
  message: text,
  documentation_url: 'https://docs.github.com/rest/commits/commits#compare-two-commits',
  status: '404',
});
const given: GitHubToken = async () => ({ token: TOKEN });

async function asked(status: number, body: unknown, headers: OutgoingHttpHeaders = {}) {
  const server = await serve((_, response) => json(response, status, body, headers));
  const clock = testClock();
  const github = createGitHub({ url: server.url, token: given, clock });
  return { answer: await github.contains('example/router', PAIR), server, github, clock };
}

describe('The compare of GitHub', () => {
  test('is asked once, for a page without files, and leaves no connection', async () => {
    const { server, answer } = await asked(200, compared('ahead', EARLIER));
    expect(answer).toEqual({ kind: 'told', contains: true });
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /repos/example/router/compare/${EARLIER}...${LATER}?per_page=1&page=2`,
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${TOKEN}`,
      'user-agent': expect.stringMatching(/^sluice\//),
      'x-github-api-version': '2022-11-28',
    });
    await expect.poll(() => server.open()).toBe(0);
  });

  test.for([
    ['ahead', EARLIER, true],
    ['identical', EARLIER, true],
    ['behind', LATER, false],
    ['diverged', OTHER, false],
  ] as const)('that says %s tells', async ([status, common, contains]) => {
    const { answer } = await asked(200, compared(status, common));
    expect(answer).toEqual({ kind: 'told', contains });
  });

  test('that finds no ancestor in common tells that the later does not contain the earlier', async () => {
    const text = `No common ancestor between ${EARLIER} and ${LATER}.`;
    expect((await asked(404, message(text))).answer).toEqual({ kind: 'told', contains: false });
  });

  test.for([
    // The example of GitHub's own documentation says `behind` with the base for the common ancestor.
    [
      'behind, with the earlier in both',
      compared('behind', EARLIER),
      'what GitHub says of two commits contradicts itself',
    ],
    [
      'ahead, with another in both',
      compared('ahead', OTHER),
      'what GitHub says of two commits contradicts itself',
    ],
    [
      'what is about another commit',
      compared('ahead', OTHER, { base_commit: commit(OTHER) }),
      'GitHub answers about another commit',
    ],
  ] as const)('that says %s is no word', async ([, body, why]) => {
    expect((await asked(200, body)).answer).toEqual({ kind: 'untold', why });
  });

  test.for([
    [
      404,
      message('Not Found'),
      'GitHub does not know one of the commits, or the token may not see example/router (404)',
    ],
    [422, message('The listing has too many commits.'), 'GitHub answers 422'],
    [500, message('Server Error'), 'GitHub answers 500'],
    [502, '<html>Unicorn!</html>', 'GitHub answers 502'],
  ] as const)('that answers %s has no word about this pair', async ([status, body, why]) => {
    const passes = status >= 500 ? { isPassing: true } : {};
    expect((await asked(status, body)).answer).toEqual({ kind: 'untold', why, ...passes });
  });

  test.for([{ status: 'sideways' }, []])('that says %j has no word about this pair', async (body) => {
    const why = 'what answers for GitHub cannot be read';
    expect((await asked(200, body)).answer).toEqual({ kind: 'untold', why, isPassing: true });
  });

  test.for([
    [401, message('Bad credentials'), {}, 'GitHub refuses the token (401)'],
    [
      403,
      message('Resource not accessible by personal access token'),
      { 'X-Accepted-GitHub-Permissions': 'contents=read' },
      'GitHub does not let the token read example/router (403, which needs contents=read)',
    ],
    [
      403,
      message('Resource protected by organization SAML enforcement. You must grant your token access.'),
      {},
      'GitHub does not let the token read example/router (403, not authorized for single sign-on)',
    ],
    [
      301,
      message('Moved Permanently'),
      { Location: 'https://elsewhere.example/' },
      'example/router has another name at GitHub by now (301)',
    ],
    [307, message('Temporary Redirect'), {}, 'example/router has another name at GitHub by now (307)'],
    [410, message('Gone'), {}, 'GitHub answers 410'],
  ] as const)('that answers %s is not read, about any pair', async ([status, body, headers, why]) => {
    const { answer, server } = await asked(status, body, headers);
    expect(answer).toEqual({ kind: 'unread', why });
    // Nothing follows a redirect: a token is only sent where it belongs.
    expect(server.requests).toHaveLength(1);
  });

  test.for([
    ['HTML', rawAnswer(200, '<html>Sign in</html>'), 'what answers for GitHub cannot be read'],
    [
      'a cut body',
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"status',
      'GitHub does not answer (the answer was cut off)',
    ],
    ['a body that is too long', rawAnswer(200, ' '.repeat(1024 * 1024 + 1)), 'longer than'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'GitHub does not answer (HPE_'],
  ] as const)('that gives %s has no word about this pair', async ([, raw, why]) => {
    const server = await serveRaw((socket) => socket.end(raw));
    const github = createGitHub({ url: server.url, token: given, clock: testClock() });
    const answer = await github.contains('example/router', PAIR);
    expect(answer).toEqual({ kind: 'untold', why: expect.stringContaining(why), isPassing: true });
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
  });

  test('that is slow is given up at the deadline, and so is one that nobody answers', async () => {
    const server = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'));
    const slow = createGitHub({ url: server.url, token: given, clock: testClock(), deadlineMs: 50 });
    expect(await slow.contains('example/router', PAIR)).toEqual({
      kind: 'untold',
      isPassing: true,
      why: 'GitHub does not answer (no complete answer within 50 ms)',
    });
    const gone = createGitHub({ url: await deadUrl(), token: given, clock: testClock() });
    expect(await gone.contains('example/router', PAIR)).toEqual({
      kind: 'untold',
      isPassing: true,
      why: 'GitHub does not answer (ECONNREFUSED)',
    });
  });

  test('is not asked without a token', async () => {
    const server = await serve((_, response) => json(response, 200, compared('ahead', EARLIER)));
    const github = createGitHub({
      url: server.url,
      token: async () => ({ unread: 'it cannot be read' }),
      clock: testClock(),
    });
    const unread = { kind: 'unread', why: 'it cannot be read' };
    expect(await github.contains('example/router', PAIR)).toEqual(unread);
    const without = createGitHub({
      url: server.url,
      token: async () => ({ unread: 'it is not set', isUnset: true }),
      clock: testClock(),
    });
    const unset = { kind: 'unset', why: 'it is not set' };
    expect(await without.contains('example/router', PAIR)).toEqual(unset);
    expect(server.requests).toEqual([]);
  });

  test('is asked again with a token that has just been replaced', async () => {
    const server = await serve(({ headers }, response) =>
      headers.authorization === 'Bearer new'
        ? json(response, 200, compared('ahead', EARLIER))
        : json(response, 401, message('Bad credentials')),
    );
    const token: GitHubToken = async (isRefused = false) => ({ token: isRefused ? 'new' : 'old' });
    const github = createGitHub({ url: server.url, token, clock: testClock() });
    expect(await github.contains('example/router', PAIR)).toEqual({ kind: 'told', contains: true });
    expect(server.requests).toHaveLength(2);
  });
});

describe('A limit of GitHub', () => {
  const start = testClock().now() / 1000;
  test.for([
    ['429 with retry-after', 429, { 'retry-after': '120' }, 120],
    [
      'the primary limit',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(start + 600) },
      600,
    ],
    ['the secondary limit', 403, { 'retry-after': '60', 'x-ratelimit-remaining': '4999' }, 60],
    ['a limit in words', 403, {}, 60],
    ['a limit without a time', 429, {}, 60],
    [
      'a reset that is over',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(start - 5) },
      60,
    ],
    ['a reset that is far', 429, { 'retry-after': '999999' }, 3600],
    ['a time that is none', 429, { 'retry-after': 'Fri, 27 Nov 2026 00:00:00 GMT' }, 60],
  ] as const)('(%s) is let be until then', async ([, status, headers, seconds]) => {
    const body = message('You have exceeded a secondary rate limit. Please wait a few minutes.');
    const { answer, github, clock, server } = await asked(status, body, headers);
    const limited = { kind: 'unread', why: "GitHub's rate limit is used up", isPassing: true };
    expect(answer).toEqual(limited);
    clock.advance(seconds * 1000 - 1);
    expect(await github.contains('example/router', PAIR)).toEqual(limited);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await github.contains('example/router', PAIR);
    expect(server.requests).toHaveLength(2);
  });

  test('is that of its token: another may be asked at once', async () => {
    const server = await serve(({ headers }, response) =>
      headers.authorization === 'Bearer spent'
        ? json(response, 429, message('Slow down.'))
        : json(response, 200, compared('ahead', EARLIER)),
    );
    let token = 'spent';
    const clock = testClock();
    const github = createGitHub({ url: server.url, token: async () => ({ token }), clock });
    expect(await github.contains('example/router', PAIR)).toMatchObject({ kind: 'unread' });
    token = 'fresh';
    expect(await github.contains('example/router', PAIR)).toEqual({ kind: 'told', contains: true });
    token = 'spent';
    expect(await github.contains('example/router', PAIR)).toMatchObject({ kind: 'unread' });
    expect(server.requests).toHaveLength(2);
  });

  test('is no matter of what remains while GitHub answers', async () => {
    const { github, server } = await asked(200, compared('ahead', EARLIER), { 'x-ratelimit-remaining': '0' });
    expect(await github.contains('example/router', PAIR)).toEqual({ kind: 'told', contains: true });
    expect(server.requests).toHaveLength(2);
  });
});
