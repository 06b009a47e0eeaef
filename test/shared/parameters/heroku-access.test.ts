// How the deployed functions come by Heroku's address and token, and how soon they notice a change.

import { beforeEach, describe, expect, it } from 'vitest';
import { HerokuError } from '../../../shared/heroku/port.ts';
import { createHerokuAccess, type HerokuAccess } from '../../../shared/parameters/heroku-access.ts';
import { parameterNames } from '../../../shared/parameters/names.ts';
import { createFakeParameters, type FakeParameters, NO_KEY } from './fake.ts';

const names = parameterNames('/sluice');
let parameters: FakeParameters;
let now = 0;
let reads: string[][];

/** With the token for Heroku's own address at hand. */
const opened = (one: HerokuAccess) => ({ ...one, token: one.tokenFor(HEROKU) });

const HEROKU = 'https://api.heroku.com';

function access(readOnly = false) {
  const get = (wanted: readonly string[]) => {
    reads.push([...wanted]);
    return parameters.get(wanted);
  };
  return opened(
    createHerokuAccess({
      parameters: { get },
      names,
      readOnly,
      clock: { now: () => now, sleep: async () => {} },
    }),
  );
}

beforeEach(() => {
  now = 1_000_000;
  reads = [];
  parameters = createFakeParameters(now);
});

describe('The address', () => {
  it('is Heroku’s own unless a parameter says otherwise', async () => {
    expect(await access().urls()).toEqual({
      api: 'https://api.heroku.com',
      status: 'https://status.heroku.com',
    });
    parameters.seed('/sluice/heroku/api-url', ' https://heroku.example.com\n');
    expect((await access().urls()).api).toBe('https://heroku.example.com');
  });
});

describe('The token', () => {
  beforeEach(() => parameters.seed(names.token, 'HRKU-write', 'SecureString'));

  it('comes with the addresses, in one read that is kept for five minutes', async () => {
    const one = access();
    await Promise.all([one.urls(), one.token(), one.token()]);
    now += 299_000;
    expect(await one.token()).toBe('HRKU-write');
    expect(reads).toEqual([[names.apiUrl, names.statusUrl, names.token]]);
    now += 1_000;
    parameters.seed(names.token, 'HRKU-new', 'SecureString');
    expect(await one.token()).toBe('HRKU-new');
  });

  it('is the read-only one for a function that only reads, where there is one; the other is not even read', async () => {
    parameters.seed(names.readToken, 'HRKU-read', 'SecureString');
    expect(await access(true).token()).toBe('HRKU-read');
    expect(reads.flat()).not.toContain(names.token);
    expect(await access(false).token()).toBe('HRKU-write');
  });

  it('is the other one for that function where there is none', async () => {
    expect(await access(true).token()).toBe('HRKU-write');
  });

  it('that was refused is read again, at most every twenty seconds', async () => {
    const one = access();
    await one.token();
    now += 20_000;
    expect(await one.token('HRKU-write')).toBe('HRKU-write');
    parameters.seed(names.token, 'HRKU-new', 'SecureString');
    expect(await one.token('HRKU-write')).toBe('HRKU-write');
    now += 20_000;
    expect(await one.token('HRKU-write')).toBe('HRKU-new');
    expect(reads).toHaveLength(3);
  });

  it('that is not set says so, with the command, and is found within twenty seconds of being set', async () => {
    await parameters.delete(names.token);
    const one = access();
    const refusal = await Promise.resolve(one.token()).catch((error: unknown) => error as HerokuError);
    expect(refusal).toBeInstanceOf(HerokuError);
    expect(refusal).toMatchObject({
      code: 'unauthorized',
      message: 'The parameter /sluice/heroku/token is not set, so Heroku cannot be asked.',
      hint: expect.stringContaining('sluice secrets set heroku/token'),
    });
    parameters.seed(names.token, 'HRKU-first', 'SecureString');
    now += 20_000;
    expect(await one.token()).toBe('HRKU-first');
  });

  it('that cannot be decrypted says so, and what to deploy; the addresses are there all the same', async () => {
    parameters.seed(names.statusUrl, 'https://status.example.com');
    parameters.lock(names.token);
    const one = access();
    expect((await one.urls()).status).toBe('https://status.example.com');
    await expect(one.token()).rejects.toMatchObject({
      code: 'unauthorized',
      message: `The parameter /sluice/heroku/token cannot be read: ${NO_KEY}`,
      hint: expect.stringContaining('npx cdk deploy -c secretKeys=ARN'),
    });
  });

  it('is not taken for a read-only one that cannot be decrypted', async () => {
    parameters.seed(names.readToken, 'HRKU-read', 'SecureString');
    parameters.lock(names.readToken);
    const refusal = { message: expect.stringContaining('/sluice/heroku/read-token cannot be read') };
    await expect(access(true).token()).rejects.toMatchObject(refusal);
    expect(reads.flat()).not.toContain(names.token);
    expect(await access(false).token()).toBe('HRKU-write');
  });

  it('is only given for the address that was given: one may have been changed with the other', async () => {
    const one = access();
    await one.token();
    parameters.seed(names.apiUrl, 'https://heroku.example.com');
    now += 300_000;
    await expect(one.token()).rejects.toThrow('/sluice/heroku/api-url has changed since this run began');
    expect(await one.tokenFor('https://heroku.example.com')()).toBe('HRKU-write');
  });

  it('is asked for again after a read that failed', async () => {
    const one = opened(
      createHerokuAccess({
        parameters: {
          get: async (wanted) => {
            reads.push([...wanted]);
            if (reads.length === 1) throw new Error('ThrottlingException');
            return parameters.get(wanted);
          },
        },
        names,
        readOnly: false,
        clock: { now: () => now, sleep: async () => {} },
      }),
    );
    await expect(one.token()).rejects.toThrow('ThrottlingException');
    expect(await one.token()).toBe('HRKU-write');
  });
});
