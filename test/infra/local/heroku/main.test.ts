// The command `npm run simulator`: serves, stops when told to, and says what is wrong with its options.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fieldsOf } from './harness.ts';

const MAIN = fileURLToPath(new URL('../../../../infra/local/heroku/main.ts', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: string[]): {
  child: ChildProcess;
  ended: Promise<Ended>;
  said: (pattern: RegExp) => Promise<string>;
} {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, ...output }));
  });
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output.stdout)?.[0];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(output.stderr)));
      look();
    });
  return { child, ended, said };
}

describe('npm run simulator', () => {
  it('prints its URL and a command to paste, serves, and stops on SIGTERM', async () => {
    const { child, ended, said } = start(['--port', '0']);
    const url = await said(/http:\/\/127\.0\.0\.1:\d+(?=\n)/);
    const pasted = await said(/HEROKU_HOST=.*\n/);
    expect(pasted).toBe(`HEROKU_HOST=${url} HEROKU_API_KEY=anything heroku pipelines:info router\n`);
    const response = await fetch(`${url}/apps/router-qa01`, {
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer anything' },
    });
    expect(fieldsOf(await response.json())['name']).toBe('router-qa01');
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
  });

  it('says that a port is in use', async () => {
    const { said } = start(['--port', '0']);
    const port = (await said(/http:\/\/127\.0\.0\.1:\d+(?=\n)/)).split(':').at(-1) ?? '';
    const second = await start(['--port', port]).ended;
    expect(second).toMatchObject({ status: 1, stdout: '' });
    expect(second.stderr).toBe(
      `Port ${port} is in use already. Choose another: npm run simulator -- --port 0\n`,
    );
  });

  it('describes fleet files in its help', async () => {
    const { status, stdout } = await start(['--help']).ended;
    expect(status).toBe(0);
    expect(stdout).toContain('--fleet FILE');
    expect(stdout).toContain('releasePhase:');
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', 'http'], '--port: found http, expected a number from 0 to 65535'],
    [['--port', '65536'], '--port: found 65536, expected a number from 0 to 65535'],
    [['extra'], "Unexpected argument 'extra'"],
    [['--fleet', 'nowhere.yaml'], 'nowhere.yaml: cannot be read (ENOENT)'],
  ])('%j is wrong usage', async (args, message) => {
    const { status, stderr } = await start(args).ended;
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
