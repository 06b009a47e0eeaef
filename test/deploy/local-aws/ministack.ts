// Starts and stops the local AWS: ministack, on a free port of 127.0.0.1, in memory. It runs the functions as processes
// of this machine, with the Node that runs the tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareEnvironment } from './environment.ts';

export interface LocalAws {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** What it printed so far. */
  output(): string;
  /** Ends it, and the functions' processes with it. */
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 5_000;

/** `home`: an empty folder, for what it keeps. */
export async function startLocalAws(ministack: string, home: string): Promise<LocalAws> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = bareEnvironment(process.env, home);
  const child = spawn(ministack, [], {
    env: {
      ...env,
      // Functions run on the first `node` of the path.
      PATH: [dirname(process.execPath), env['PATH'] ?? ''].join(delimiter),
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      PYTHONUNBUFFERED: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  const hasEnded = (): boolean => failure !== null || child.exitCode !== null || child.signalCode !== null;
  // The whole group: it, and the processes of the functions.
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Nothing of it is left.
    }
  };
  const killNow = (): void => kill('SIGKILL');
  process.once('exit', killNow);
  const stop = async (): Promise<void> => {
    kill('SIGTERM');
    if (!hasEnded()) await Promise.race([once(child, 'exit'), sleep(STOPS_WITHIN_MS, null, { ref: false })]);
    kill('SIGKILL');
    process.off('exit', killNow);
  };

  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await isUp(endpoint))) {
    if (hasEnded() || Date.now() > until) {
      await stop();
      const how = hasEnded() ? 'has ended' : `is not up after ${STARTS_WITHIN_MS / 1000} s`;
      throw new Error(`The local AWS (${ministack}) ${how}. It said:\n${failure ?? ''}${output}`);
    }
    await sleep(100);
  }
  return { endpoint, output: () => output, stop };
}

async function isUp(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('found no free port on 127.0.0.1');
  return address.port;
}
