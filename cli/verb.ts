// What every verb is given: the table, the time, and a way to answer in words or in JSON.

import type { Command } from 'commander';
import type { Explanation } from '../shared/explain/text.ts';
import type { Data, Source } from './data.ts';
import type { Paper } from './print.ts';

/** The world outside of the process, as the command uses it. */
export interface CliPorts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paper: Paper;
  readonly open: (source: Source) => Promise<Data>;
  readonly newId: (at: number) => string;
  /** Who asks, unless `--as` says otherwise. */
  readonly actor: string;
  readonly version: string;
}

export interface Context {
  readonly data: Data;
  readonly now: number;
  readonly ports: CliPorts;
  /** Answers in words, or with `--json` in records. */
  readonly say: (explanation: Explanation, records: unknown) => void;
}

/** Runs a verb with everything open and closes it afterwards. */
export type Act = (verb: (context: Context) => Promise<void>) => Promise<void>;

/** Adds a verb to the command. */
export type AddVerb = (program: Command, act: Act) => void;
