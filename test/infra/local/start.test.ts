// `npm start` as a person runs it: a process of its own, killed as processes are.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../../infra/local/heroku/simulator.ts';

const START = join(import.meta.dirname, '../../../infra/local/start.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

const spawned = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, [START, '--port', '0', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs it to its end, or until the line `killAt` has been printed: then it is killed without notice. */
async function start(args: readonly string[], killAt?: number, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawned(args, env);
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    if (lines.length === killAt) child.kill('SIGKILL');
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, lines, errors };
}

describe('the story', () => {
  it('plays to its end with status 0 and every wave converged', async () => {
    const { status, lines, errors } = await start(['--once', '--json']);
    expect(errors).toBe('');
    expect(status).toBe(0);
    const summary = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    expect(summary).toEqual({ promotions: 13, waves: 10, converged: true, herokuCalls: expect.any(Number) });
  });

  it('goes on after kill -9 at any moment, from the folder that keeps it', async () => {
    const opened: string[] = [];
    for (const killAt of [4, 17, 23, 31, undefined]) {
      const { status, lines } = await start(['--once', '--json', '--data', join(folder, 'data')], killAt);
      for (const line of lines) {
        const { type, attempt } = JSON.parse(line) as {
          type?: string;
          attempt?: { to: string; commit: string };
        };
        if (type === 'AttemptOpened' && attempt) opened.push(`${attempt.commit.slice(0, 8)} ${attempt.to}`);
      }
      if (killAt === undefined) {
        expect(status).toBe(0);
        expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ waves: 10, converged: true });
      }
    }
    // Some attempts died before their request and were made again; Heroku saw one promotion a wave and artifact.
    expect(new Set(opened).size).toBe(13);
    const kept = JSON.parse(readFileSync(join(folder, 'data/heroku.json'), 'utf8')) as {
      state: { promotions: object };
    };
    expect(Object.keys(kept.state.promotions)).toHaveLength(13);
  });
});

describe('whoever reads may go early', () => {
  it('npm start -- --json | head ends the run, and is no error', async () => {
    const child = spawned(['--json', '--tick-seconds', '0.1']);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(errors).toBe('');
  });
});

describe('a given Heroku', () => {
  let heroku: Simulator;
  beforeEach(async () => {
    heroku = createSimulator({ clock: { now: () => Date.now() } });
    heroku.setPromotionSeconds(0);
    heroku.addPipeline({
      name: 'web',
      apps: [
        { name: 'web-staging', stage: 'staging' },
        { name: 'web-production', stage: 'production' },
      ],
    });
    for (const app of ['web-staging', 'web-production']) heroku.deploy(app, { commit: 'a'.repeat(40) });
    heroku.deploy('web-staging', { commit: 'b'.repeat(40) });
    mkdirSync(join(folder, 'config/pipelines'), { recursive: true });
    writeFileSync(join(folder, 'config/pipelines/web.yaml'), 'pipeline: web\n');
    await heroku.listen();
  });
  afterEach(() => heroku.close());

  const given = (more: readonly string[] = []) =>
    start(
      ['--config', 'config', '--heroku-url', heroku.url, '--ticks', '3', '--tick-seconds', '0.1', ...more],
      undefined,
      { HEROKU_API_KEY: 'HRKU-test' },
    );

  it('is only observed', async () => {
    const { status, lines } = await given();
    expect(status).toBe(0);
    expect(heroku.promotions()).toHaveLength(0);
    expect(lines.join('\n')).toContain('would be given bbbbbbbb (not --live)');
  });

  it('is promoted on with --live', async () => {
    const { status, lines } = await given(['--live']);
    expect(status).toBe(0);
    expect(heroku.app('web-production').commit).toBe('b'.repeat(40));
    expect(lines.at(-1)).toMatch(/^1 promotion, every one of 2 waves converged, \d+ calls to Heroku\.$/);
  });

  it('is not promoted on in mode: observe, --live or not', async () => {
    writeFileSync(join(folder, 'config/pipelines/web.yaml'), 'pipeline: web\nmode: observe\n');
    await given(['--live']);
    expect(heroku.promotions()).toHaveLength(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'is watched on while an editor is at work in the folder, until the first %s',
    async (signal) => {
      const pipelines = join(folder, 'config/pipelines');
      symlinkSync('ana@laptop.4711:1', join(pipelines, '.#web.yaml'));
      writeFileSync(join(pipelines, '.web.yaml.swp'), 'b0VIM');
      symlinkSync('nowhere', join(pipelines, 'api.yaml'));
      const child = spawned(
        ['--config', 'config', '--heroku-url', heroku.url, '--tick-seconds', '0.1', '--json'],
        { HEROKU_API_KEY: 'HRKU-test' },
      );
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      await once(child.stdout, 'data');
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([0, null]);
      // The link that leads nowhere is the trouble of that one pipeline, and is told once.
      expect(errors.match(/api\.yaml: found ENOENT/g)).toHaveLength(1);
      expect(errors).not.toContain('.#web');
    },
  );

  it('that refuses the token ends the run with status 1 and says what to do', async () => {
    heroku.faults.unauthorized();
    const { status, errors } = await given(['--live']);
    expect(status).toBe(1);
    expect(errors).toMatch(/401.*heroku authorizations:create/s);
    expect(errors).not.toContain('HRKU-test');
  });
});

describe('wrong usage ends with status 2', () => {
  it.each([
    { args: ['--live'], says: '--live goes with --config DIR' },
    { args: ['--config', 'nowhere'], says: 'HEROKU_API_KEY: found nothing' },
    { args: ['--ticks'], says: '--ticks' },
    {
      args: ['--config', 'x', '--ticks', '0'],
      says: '--ticks: found "0", expected a whole number of at least 1.',
    },
    {
      args: ['--config', 'x', '--heroku-url', 'herokuapp'],
      says: '--heroku-url: found "herokuapp", expected a URL',
    },
    { args: ['--verbose'], says: "Unknown option '--verbose'" },
  ])('$args', async ({ args, says }) => {
    const { status, errors } = await start(args, undefined, { HEROKU_API_KEY: '' });
    expect(errors).toContain(says);
    expect(status).toBe(2);
  });
});
