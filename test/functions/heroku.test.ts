// Heroku as a deployed function reaches it: wherever the parameters say, now.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDeployedHeroku, type DeployedHeroku } from '../../functions/heroku.ts';
import { createSimulator, type Simulator } from '../../infra/local/heroku/simulator.ts';
import { systemClock } from '../../shared/clock.ts';
import { readOnce } from '../../shared/heroku/transport.ts';
import { createHerokuAccess } from '../../shared/parameters/heroku-access.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { createFakeParameters, type FakeParameters } from '../shared/parameters/fake.ts';

const names = parameterNames('/sluice');
let simulator: Simulator;
let parameters: FakeParameters;
let heroku: DeployedHeroku;
let now: number;

beforeEach(async () => {
  simulator = createSimulator({ clock: systemClock });
  await simulator.listen();
  parameters = createFakeParameters(0);
  parameters.seed(names.token, 'HRKU-test', 'SecureString');
  parameters.seed(names.apiUrl, simulator.url);
  parameters.seed(names.statusUrl, simulator.url);
  now = Date.now();
  const clock = { ...systemClock, now: () => now };
  heroku = createDeployedHeroku(
    createHerokuAccess({ parameters, names, readOnly: false, clock }),
    names,
    clock,
  );
});

afterEach(async () => {
  heroku.close();
  await simulator.close();
});

const request = {
  pipelineId: 'p',
  sourceAppId: 'a',
  sourceReleaseId: 'r',
  targetAppIds: ['b'],
  attemptId: '01A',
  notAfter: Number.POSITIVE_INFINITY,
};

describe('Heroku, deployed', () => {
  it('is read at the address and with the token of the parameters', async () => {
    expect(heroku.callsLeft()).toBeNull();
    expect(await heroku.reads.apps()).toEqual([]);
    expect(heroku.callsLeft()).toBeGreaterThan(4000);
    expect((await heroku.status.current()).systems.length).toBeGreaterThan(0);
  });

  it('follows an address that changes, within five minutes', async () => {
    await heroku.reads.apps();
    const other = createSimulator({ clock: systemClock });
    await other.listen();
    try {
      parameters.seed(names.apiUrl, other.url);
      now += 5 * 60_000;
      await heroku.reads.apps();
      expect([simulator.calls.total, other.calls.total]).toEqual([1, 1]);
    } finally {
      heroku.close();
      await other.close();
    }
  });

  it.each([
    ['pipelines', (signal: AbortSignal) => heroku.reads.pipelines('web', signal)],
    ['couplings', (signal: AbortSignal) => heroku.reads.couplings('p', signal)],
    ['the newest releases', (signal: AbortSignal) => heroku.reads.latestReleases('p', signal)],
  ])('reads no further when a read of %s is given up', async (_, read) => {
    simulator.faults.hang('before');
    const ended = new AbortController();
    const outcome = read(ended.signal).catch((error: unknown) => error);
    await vi.waitFor(() => expect(simulator.calls.total).toBe(1));
    ended.abort();
    expect(await outcome).toMatchObject({ code: 'unavailable' });
    expect(simulator.calls.total).toBe(1);
  });

  it('tells of an odd row to whoever asks for it', async () => {
    simulator.addPipeline({ name: 'web', apps: [{ name: 'web-1', stage: 'staging' }] });
    const send: typeof readOnce = async (sent) => {
      const answer = await readOnce(sent);
      return { ...answer, body: Array.isArray(answer.body) ? [...answer.body, null] : answer.body };
    };
    const access = createHerokuAccess({ parameters, names, readOnly: false, clock: systemClock });
    const odd = createDeployedHeroku(access, names, systemClock, { reads: { send } });
    const told: unknown[] = [];
    const tell = (row: unknown) => void told.push(row);
    const { id } = simulator.pipeline('web');
    try {
      await odd.reads.apps(tell);
      await odd.reads.couplings(id, undefined, tell);
      await odd.reads.latestReleases(id, undefined, tell);
      expect(told).toHaveLength(3);
    } finally {
      odd.close();
    }
  });

  it('says which parameter is no address, and sends nothing anywhere', async () => {
    parameters.seed(names.apiUrl, 'http://heroku.example.com');
    await expect(heroku.reads.apps()).rejects.toMatchObject({
      name: 'HerokuError',
      message: expect.stringContaining('/sluice/heroku/api-url: '),
      hint: expect.stringContaining('aws ssm delete-parameter --name /sluice/heroku/api-url'),
    });
    expect(await heroku.promote(request)).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('Nothing was sent: '),
    });
    expect(simulator.calls.total).toBe(0);
  });
});
