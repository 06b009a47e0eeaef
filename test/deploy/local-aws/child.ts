// Child processes, with everything they print kept for the day they fail.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly seconds: number;
  readonly input?: string;
}

/** Runs it to its end, in the project's folder. @throws Error when it cannot be started or takes longer. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { env, seconds, input = '' } = options;
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(command, args, { cwd: ROOT, env, detached: true });
    let stdout = '';
    let output = '';
    const late = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      reject(new Error(`${lineOf(command, args)} has not ended within ${seconds} s. It said:\n${output}`));
    }, seconds * 1000);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(late);
      resolve({ status, stdout, output });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** The same, and it must end with status 0. */
export async function runWell(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const ended = await run(command, args, options);
  if (ended.status === 0) return ended;
  throw new Error(`${lineOf(command, args)} ended with status ${ended.status}. It said:\n${ended.output}`);
}

function lineOf(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}
