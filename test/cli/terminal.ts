// A terminal for the tests of `sluice`: command lines go in, what a person reads and the exit status come out. The table
// is the embedded one, parameters are in memory, the clock stands still.

import { monotonicFactory } from 'ulid';
import { onTestFinished } from 'vitest';
import type { Data } from '../../cli/data.ts';
import { Refusal } from '../../cli/errors.ts';
import { run } from '../../cli/run.ts';
import type { Send } from '../../cli/sender.ts';
import type { CliPorts } from '../../cli/verb.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ParameterKey } from '../../shared/parameters/keys.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { type EmbeddedTable, openEmbeddedTable } from '../../shared/table/embedded.ts';
import type { Table } from '../../shared/table/port.ts';
import { AccessDenied, createFakeParameters, type FakeParameters } from '../shared/parameters/fake.ts';
import { NOW } from './facts.ts';

export interface Terminal {
  readonly table: Table;
  readonly parameters: FakeParameters;
  /** With which key each secret is encrypted, where it is not the account's own. */
  readonly keys: ParameterKey[];
  /** From now on holds and resumes are sent this way, as those of a deployed Sluice are. */
  sendBy(send: Send): void;
  /** What the next command finds on standard input. */
  pipe(text: string): void;
  /** Types a command line; quotes keep words together. Gives everything that was printed. */
  type(line: string): Promise<string>;
  /** The same with `--json`. */
  json(line: string): Promise<Record<string, unknown>>;
  /** The exit status of the last command. */
  readonly status: number;
  readonly errors: string;
}

export async function openTerminal(
  columns = 100,
  as: (store: EmbeddedTable) => Table = ({ table }) => table,
): Promise<Terminal> {
  const store = await openEmbeddedTable();
  onTestFinished(() => store.close());
  let status = -1;
  let out = '';
  let err = '';
  let input = '';
  let sender: Data['sender'] = null;
  const parameters = createFakeParameters(NOW);
  const keys: ParameterKey[] = [];
  const clock: Clock = { now: () => NOW, sleep: async () => {} };
  const ports: CliPorts = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    paper: { columns, colour: false },
    open: async () => ({
      table: as(store),
      clock,
      sender,
      where: 'the local run in .sluice',
      refusal: () => null,
      close: async () => {},
    }),
    openParameters: async ({ prefix = '/sluice' }) => ({
      parameters,
      keys: async () => keys,
      names: parameterNames(prefix),
      clock,
      region: 'eu-west-1',
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      where: `${prefix} in eu-west-1`,
      refusal: (error) => (error instanceof AccessDenied ? new Refusal('AWS refuses.') : null),
      close: async () => {},
    }),
    input: { isTerminal: false, read: async () => input },
    newId: monotonicFactory(() => 0),
    actor: 'ana@laptop',
    version: '1.2.3',
    called: './sluice',
  };
  const type = async (line: string): Promise<string> => {
    out = '';
    err = '';
    status = await run(argumentsOf(line), ports);
    return out + err;
  };
  return {
    table: store.table,
    parameters,
    keys,
    sendBy: (send) => {
      sender = async () => send;
    },
    pipe: (text) => {
      input = text;
    },
    type,
    json: async (line) => JSON.parse(await type(`${line} --json`)) as Record<string, unknown>,
    get status() {
      return status;
    },
    get errors() {
      return err;
    },
  };
}

function argumentsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1);
}
