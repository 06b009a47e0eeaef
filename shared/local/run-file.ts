// How other processes of this machine find a local run: a small file that it writes when it starts and takes away when
// it ends. Touches that one file.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';

/** Where a run without `--data` leaves its file, relative to the checkout. */
export const RUN_FOLDER = '.sluice';

export interface RunFile {
  readonly pid: number;
  /** The embedded table: `http://127.0.0.1:PORT`. */
  readonly tableEndpoint: string;
  /** The key it asks for; whoever may read this file may write to the table. */
  readonly tableKey: string;
  readonly herokuUrl: string;
  /** The run's own time, which in the story runs faster than the machine's: `at` was at the machine's `realAt`. */
  readonly clock: { readonly at: number; readonly realAt: number; readonly rate: number };
}

const path = (folder: string): string => join(folder, 'run.json');

export function writeRunFile(folder: string, run: RunFile): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${path(folder)}.${run.pid}`;
  // A file that is there already would keep its mode.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, JSON.stringify(run), { mode: 0o600 });
  renameSync(temporary, path(folder));
}

/** Takes the file away, if it is this process's. */
export function removeRunFile(folder: string): void {
  if (readRunFile(folder)?.pid === process.pid) rmSync(path(folder), { force: true });
}

/** The run that has the folder; null when there is none, or when its process is gone. */
export function readRunFile(folder: string): RunFile | null {
  try {
    const run = JSON.parse(readFileSync(path(folder), 'utf8')) as RunFile;
    process.kill(run.pid, 0);
    return run;
  } catch {
    return null;
  }
}

/** The run's time, as another process reads it. */
export function clockOf(run: RunFile, machine: Clock): Clock {
  return {
    now: () => Math.round(run.clock.at + (machine.now() - run.clock.realAt) * run.clock.rate),
    sleep: (ms) => machine.sleep(ms),
  };
}
