// Runs the real Heroku CLI as a child process against a simulator on loopback. Writes to a scratch home only.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const RUN = join(FOLDER, 'node_modules', 'heroku', 'bin', 'run.js');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cli {
  run(...args: string[]): Promise<Outcome>;
  /** Starts a command and leaves it to the caller. */
  start(...args: string[]): ChildProcess;
  remove(): void;
}

export const isCliInstalled = (): boolean => existsSync(RUN);

export function installedCli(url: string): Cli {
  if (!isCliInstalled()) {
    throw new Error('The Heroku CLI is not installed here. Type: npm ci --prefix test/heroku-cli');
  }
  const home = mkdtempSync(join(tmpdir(), 'sluice-heroku-cli-'));
  const env = {
    PATH: [join(FOLDER, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    HEROKU_HOST: url,
    HEROKU_API_KEY: 'HRKU-00000000-0000-4000-8000-000000000000',
    // Its default is a host on the internet, which would be sent the token.
    HEROKU_PARTICLEBOARD_URL: url,
    HEROKU_STATUS_HOST: url,
    HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
    DISABLE_TELEMETRY: 'true',
    // Nothing listens there: a call that would leave this machine fails.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    // The CLI writes a credential helper into it on every command.
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    // What was compiled for one command, where node keeps it, serves the next.
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    NO_COLOR: '1',
    // Wide enough that no table wraps.
    COLUMNS: '200',
  };
  return {
    run: (...args) => runCli(args, env),
    start: (...args) => spawn(process.execPath, [RUN, ...args], { env, stdio: 'ignore' }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function runCli(args: string[], env: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}
