// The simulated Heroku is good enough for the real `heroku` CLI: its commands, word for word.
// The CLI polls once a second by the machine's clock, so the simulator runs by that clock too.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../infra/local/heroku/simulator.ts';
import { type Cli, installedCli } from './heroku.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

let simulator: Simulator;
let cli: Cli;
let onRemoval = () => {};

beforeAll(async () => {
  simulator = createSimulator({ clock: { now: () => Date.now() } });
  const installed = installedCli(await simulator.listen());
  cli = installed;
  onRemoval = () => installed.remove();
});

afterAll(async () => {
  onRemoval();
  await simulator.close();
});

let story = 0;
let qa = '';
let va = '';
let ie = '';
let pipeline = '';

// A pipeline of its own for each test: qa runs B after A, nothing runs downstream.
beforeEach(() => {
  story += 1;
  pipeline = `router-${story}`;
  [qa, va, ie] = [`qa-${story}`, `va-${story}`, `ie-${story}`];
  simulator.addPipeline({
    name: pipeline,
    apps: [
      { name: qa, stage: 'staging' },
      { name: va, stage: 'production' },
      { name: ie, stage: 'production' },
    ],
  });
  simulator.setPromotionSeconds(1);
  simulator.deploy(qa, { commit: A });
  simulator.deploy(qa, { commit: B });
  simulator.calls.reset();
});

describe('heroku pipelines:info', () => {
  it('shows owner, apps and stages', async () => {
    const { status, stderr, stdout } = await cli.run('pipelines:info', pipeline);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`=== ${pipeline}`);
    expect(stdout).toContain('owner: acme (team)');
    expect(stdout).toMatch(new RegExp(`${qa} +staging`));
    expect(stdout).toMatch(new RegExp(`${va} +production`));
    expect(stderr).not.toContain('do not belong to');
    expect(simulator.calls.byRoute).toMatchObject({
      'GET /pipelines': 1,
      'GET /pipelines/{id}/pipeline-couplings': 1,
      'POST /filters/apps': 1,
    });
  });
});

describe('heroku pipelines:promote', () => {
  it('promotes to every app of the next stage', async () => {
    const { status, stderr, stdout } = await cli.run('pipelines:promote', '--app', qa);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('Starting promotion to production...');
    expect(stdout).toContain('Promotion successful');
    expect(stdout).toContain(`${va}: succeeded`);
    expect(stdout).toContain(`${ie}: succeeded`);
    expect([simulator.app(va).commit, simulator.app(ie).commit]).toEqual([B, B]);
    expect(simulator.app(va).current?.artifactId).toBe(simulator.app(qa).current?.artifactId);
    expect(simulator.calls.byRoute['POST /pipeline-promotions']).toBe(1);
  });

  it('promotes to the apps it is given', async () => {
    const { status, stderr, stdout } = await cli.run('pipelines:promote', '--app', qa, '--to', `${ie},${va}`);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`Starting promotion to apps: ${ie},${va}...`);
    expect(stdout).toContain(`${ie}: succeeded`);
  });

  it('exits 1 when a target fails, and says why', async () => {
    simulator.failTarget(va, 'Could not verify slug checksum');
    const { status, stderr, stdout } = await cli.run('pipelines:promote', '--app', qa);
    expect(status).toBe(1);
    expect(`${stdout}${stderr}`).toContain(`${va}: failed`);
    expect(`${stdout}${stderr}`).toContain('Could not verify slug checksum');
    expect([simulator.app(va).commit, simulator.app(ie).commit]).toEqual([null, B]);
  });

  it('streams the output of a release phase and waits for its end', async () => {
    simulator.setReleasePhase(ie, { seconds: 2 });
    const { status, stderr, stdout } = await cli.run('pipelines:promote', '--app', qa, '--to', ie);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('npm run migrate');
    expect(stdout).toContain(`${ie}: succeeded`);
    expect(simulator.app(ie).commit).toBe(B);
  });

  it('exits 1 when a release phase fails', async () => {
    simulator.setReleasePhase(ie, { seconds: 1, fails: [B] });
    const { status, stderr, stdout } = await cli.run('pipelines:promote', '--app', qa, '--to', ie);
    expect(status).toBe(1);
    expect(`${stdout}${stderr}`).toContain(`${ie}: failed`);
    expect(simulator.app(ie).commit).toBeNull();
  });

  it('shows what Heroku says when it refuses', async () => {
    simulator.faults.twoFactor(va);
    const { status, stderr } = await cli.run('pipelines:promote', '--app', qa, '--to', va);
    simulator.faults.twoFactor(va, false);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/two.?factor|second authentication factor/i);
    expect(simulator.app(va).commit).toBeNull();
  });
});

describe('heroku releases', () => {
  it('lists the newest first, and the current one', async () => {
    const { status, stderr, stdout } = await cli.run('releases', '--app', qa);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`=== ${qa} Releases - Current: v4`);
    expect(stdout).toMatch(/v4 +Deploy bbbbbbbb[\s\S]*v3 +Deploy aaaaaaaa/);
  });

  it('rolls back to the one before', async () => {
    const { status, stderr } = await cli.run('releases:rollback', '--app', qa);
    expect(status).toBe(0);
    expect(stderr).toContain(`Rolling back ${qa} to v3... done, v5`);
    expect(simulator.app(qa)).toMatchObject({ commit: A, current: { description: 'Rollback to v3' } });
  });

  it('shows one', async () => {
    const { status, stderr, stdout } = await cli.run('releases:info', '--app', qa);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('=== Release v4');
  });
});

describe('heroku apps', () => {
  it('puts one into maintenance', async () => {
    const { status, stderr } = await cli.run('maintenance:on', '--app', va);
    expect(status).toBe(0);
    expect(stderr).toContain(`Enabling maintenance mode for ${va}... done`);
    expect(simulator.app(va).maintenance).toBe(true);
  });

  it('shows one with its pipeline', async () => {
    const { status, stderr, stdout } = await cli.run('apps:info', '--app', va);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(new RegExp(`Pipeline: +${pipeline} - production`));
  });

  it('shows its dynos', async () => {
    const { status, stderr, stdout } = await cli.run('ps', '--app', qa);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('web.1: up');
  });
});

describe('heroku webhooks:add', () => {
  it('is told the secret that was made up', async () => {
    const { status, stderr, stdout } = await cli.run(
      'webhooks:add',
      ...['--app', qa, '--include', 'api:release', '--level', 'notify', '--url', 'http://127.0.0.1:9/'],
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/Webhooks Signing Secret\s+[0-9a-f]{64}/);
  });
});

describe('heroku status', () => {
  it('shows trouble', async () => {
    simulator.setStatus({ Tools: 'red' });
    const { status, stderr, stdout } = await cli.run('status');
    simulator.setStatus({ Tools: 'green' });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/Apps: +No known issues/);
    expect(stdout).toMatch(/Tools: +Red/i);
  });
});
