// One cell of the table: a fault server, a client in a process of its own, and what both were seen to do. Starts
// processes, stops and continues them; ends only its own.

import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedCli } from '../heroku-cli/heroku.ts';
import type { Method } from './answers.ts';
import { type Behaviour, DEADLINE_MS, FREEZE_MS } from './behaviours.ts';
import type { ClientName, Told } from './client.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import type { Slots } from './slots.ts';

export interface Column {
  readonly client: ClientName | 'heroku';
  readonly method: Method;
}

export interface Cell extends Column {
  readonly behaviour: Behaviour;
  /** Requests the server saw. */
  readonly seen: number;
  /** Those of them that came after the caller had been told how its call ended. */
  readonly late: number;
  /** Sluice's word, or `resolves`, `throws …`, `never settles`, `crashes`, `exits …`, `still at it`. */
  readonly outcome: string;
  readonly id: string | null;
  /** Of the call, ms; null when it did not settle. */
  readonly tookMs: number | null;
  /** What was open when the call had settled; null where it cannot be seen. */
  readonly open: readonly string[] | null;
  /** Connections that the server still had a second later; null where the call did not settle or cannot be seen. */
  readonly kept: number | null;
  /** The process came to its end by itself. */
  readonly left: boolean;
}

/** heroku-client's five tries, with its pauses of 1, 2, 4 and 8 s. */
const HEROKU_CLIENT_MS = 5 * DEADLINE_MS + 16_500;
/** The CLI's six, with its pauses of 0.2 to 3.2 s. Where it waits for an answer it does so for 60 s, then gives up. */
const CLI_MS = 9_500;
/** Node's exit status when a module waits for what can no longer come. */
const UNSETTLED = 13;
/** Until the first request: starting a process on a busy machine. */
const START_MS = 20_000;

/** Nothing of the caller's; and what was compiled for one process, where node keeps it, serves the next. */
const ENV = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };

/** Plays one cell to its end: the process has ended, or as much time is over as the client's backoff can last. */
export async function playCell(behaviour: Behaviour, column: Column, slots: Slots): Promise<Cell> {
  const { client, method } = column;
  const slot = await slots.take();
  const began = Promise.withResolvers<void>();
  const server = await startFaultServer({
    behaviour,
    method,
    before: client === 'heroku' ? 'pipeline' : behaviour.warm ? 'read' : 'nothing',
    onSeen: began.resolve,
  });
  try {
    if (client === 'heroku') return await playCli(behaviour, column, server, began.promise, slot);
    return await playClient(behaviour, column, client, server, began.promise, slot);
  } finally {
    slot();
    await server.close();
  }
}

async function playClient(
  behaviour: Behaviour,
  column: Column,
  client: ClientName,
  server: FaultServer,
  firstSeen: Promise<void>,
  free: () => void,
): Promise<Cell> {
  const args = [client, column.method, server.url, ...(behaviour.warm ? ['warm'] : [])];
  const child = fork(join(import.meta.dirname, 'client.ts'), args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: ENV,
  });
  const ended = endOf(child);
  const settled = Promise.withResolvers<Extract<Told, { kind: 'settled' }>>();
  let settledAt = Number.POSITIVE_INFINITY;
  let ranEmpty = false;
  child.on('message', (told: Told) => {
    if (told.kind === 'begins') {
      server.begun();
      setTimeout(free, 100);
    }
    if (told.kind === 'ran-empty') ranEmpty = true;
    if (told.kind === 'settled') {
      settledAt = performance.now();
      settled.resolve(told);
    }
  });
  if (behaviour.freeze === 'sent') void firstSeen.then(() => freeze(child));
  let kept: number | null = null;
  void settled.promise.then(async () => {
    const frozen = behaviour.freeze === 'settled' ? freeze(child) : null;
    kept = await server.kept();
    await frozen;
    if (child.connected) child.send('leave');
  });
  const watch = client === 'sluice' ? DEADLINE_MS + 5_000 : HEROKU_CLIENT_MS;
  const left = await watched(child, ended, firstSeen, watch + frozenMs(behaviour));
  const told = settledAt < Number.POSITIVE_INFINITY ? await settled.promise : null;
  const unsettled = ranEmpty || !left ? 'never settles' : 'crashes';
  return {
    ...column,
    behaviour,
    seen: server.seen.length,
    late: server.seen.filter((at) => at > settledAt).length,
    outcome: told?.outcome ?? unsettled,
    id: told?.id ?? null,
    tookMs: told?.tookMs ?? null,
    open: told?.open ?? null,
    kept,
    left,
  };
}

async function playCli(
  behaviour: Behaviour,
  column: Column,
  server: FaultServer,
  firstSeen: Promise<void>,
  free: () => void,
): Promise<Cell> {
  const cli = installedCli(server.url);
  try {
    const child = cli.start('pipelines:promote', '--app', 'qa');
    const ended = endOf(child);
    void firstSeen.then(() => {
      free();
      if (behaviour.freeze === 'sent') void freeze(child);
    });
    const left = await watched(child, ended, firstSeen, CLI_MS + frozenMs(behaviour));
    const exit = child.exitCode === UNSETTLED ? 'never settles' : `exits ${child.exitCode}`;
    const outcome = left ? exit : 'still at it';
    const { length: seen } = server.seen;
    return {
      ...column,
      behaviour,
      seen,
      late: 0,
      outcome,
      id: null,
      tookMs: null,
      open: null,
      kept: null,
      left,
    };
  } finally {
    cli.remove();
  }
}

const frozenMs = ({ freeze: when }: Behaviour): number => (when === undefined ? 0 : FREEZE_MS);

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

/** Stands still as a sandbox does: at once, in the middle of whatever it was doing. */
async function freeze(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, FREEZE_MS));
  child.kill('SIGCONT');
}

/** True when the process ends by itself within `ms` of the first request; otherwise it is ended. */
async function watched(
  child: ChildProcess,
  ended: Promise<void>,
  firstSeen: Promise<void>,
  ms: number,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const after = (wait: number): Promise<boolean> =>
    new Promise((resolve) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(false), wait);
    });
  const tooLate = Promise.race([after(START_MS), firstSeen.then(() => after(ms))]);
  const left = await Promise.race([ended.then(() => true), tooLate]);
  clearTimeout(timer);
  if (!left) {
    child.kill('SIGKILL');
    await ended;
  }
  return left;
}
