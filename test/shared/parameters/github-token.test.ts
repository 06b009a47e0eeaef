// The token for GitHub: read when it is needed, kept for a while, and out of every text.

import { describe, expect, it } from 'vitest';
import { createGitHubToken } from '../../../shared/parameters/github-token.ts';
import { parameterNames } from '../../../shared/parameters/names.ts';
import { testClock } from '../heroku/server.ts';
import { createFakeParameters } from './fake.ts';

const NAME = '/sluice/github/token';

function opened(value: string | null = 'github_pat_11AAAAAAA0first') {
  const parameters = createFakeParameters(0);
  if (value !== null) parameters.seed(NAME, value, 'SecureString');
  const clock = testClock();
  let reads = 0;
  const token = createGitHubToken({
    parameters: {
      get: (names) => {
        reads += 1;
        return parameters.get(names);
      },
    },
    names: parameterNames(),
    clock,
  });
  return { parameters, clock, token, reads: () => reads };
}

describe('the token for GitHub', () => {
  it('is read without the white space around it, once in five minutes', async () => {
    const { token, clock, reads } = opened('github_pat_11AAAAAAA0first\n');
    expect(await token()).toEqual({ token: 'github_pat_11AAAAAAA0first' });
    clock.advance(5 * 60_000 - 1);
    await token();
    expect(reads()).toBe(1);
    clock.advance(1);
    await token();
    expect(reads()).toBe(2);
  });

  it('that was refused is looked for again, but not at every request', async () => {
    const { token, parameters, clock, reads } = opened();
    await token();
    parameters.seed(NAME, 'github_pat_11AAAAAAA0second', 'SecureString');
    expect(await token(true)).toEqual({ token: 'github_pat_11AAAAAAA0first' });
    clock.advance(20_000);
    expect(await token(true)).toEqual({ token: 'github_pat_11AAAAAAA0second' });
    expect(reads()).toBe(2);
  });

  it('that is not set is told, and found soon after it is', async () => {
    const { token, parameters, clock } = opened(null);
    expect(await token()).toEqual({
      unread: 'the parameter /sluice/github/token is not set',
      isUnset: true,
    });
    parameters.seed(NAME, 'github_pat_11AAAAAAA0first', 'SecureString');
    clock.advance(20_000);
    expect(await token()).toEqual({ token: 'github_pat_11AAAAAAA0first' });
  });

  it('that cannot be sent is not, and not repeated', async () => {
    expect(await opened('two words').token()).toEqual({
      unread: 'the parameter /sluice/github/token holds what is no token',
    });
  });

  it('that is too short is none: as part of other words it would be masked there', async () => {
    expect(await opened('x'.repeat(19)).token()).toEqual({
      unread: 'the parameter /sluice/github/token is too short to be a token',
    });
    expect(await opened('x'.repeat(20)).token()).toEqual({ token: 'x'.repeat(20) });
  });

  it('that cannot be read says why, whatever is thrown', async () => {
    const { token, parameters } = opened();
    parameters.lock(NAME);
    expect(await token()).toEqual({
      unread: expect.stringMatching(/^The parameter \/sluice\/github\/token cannot be read: .*[^.]$/),
    });
    const thrown = (error: unknown) =>
      createGitHubToken({
        parameters: { get: () => Promise.reject(error) },
        names: parameterNames(),
        clock: testClock(),
      })();
    expect(
      await thrown(Object.assign(new Error('github_pat_11AAAAAAA0first'), { name: 'ThrottlingException' })),
    ).toEqual({
      unread: 'the parameter /sluice/github/token could not be read (ThrottlingException)',
    });
    expect(await thrown('github_pat_11AAAAAAA0first')).toEqual({
      unread: 'the parameter /sluice/github/token could not be read (string)',
    });
  });
});
