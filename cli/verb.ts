// What every verb is given: the table or the parameters, the time, and a way to answer in words or in JSON.

import type { Command } from 'commander';
import type { Explanation } from '../shared/explain/text.ts';
import type { Data, Source } from './data.ts';
import type { Input } from './input.ts';
import type { DeployedParameters } from './parameters.ts';
import type { Paper } from './print.ts';

/** The world outside of the process, as the command uses it. */
export interface CliPorts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: Input;
  readonly paper: Paper;
  readonly open: (source: Source) => Promise<Data>;
  readonly openParameters: (source: Source) => Promise<DeployedParameters>;
  readonly newId: (at: number) => string;
  /** Who asks, unless `--as` says otherwise. */
  readonly actor: string;
  readonly version: string;
  /** How the command was called: `./sluice`. */
  readonly called: string;
}

interface Answers {
  readonly ports: CliPorts;
  /** Answers in words, or with `--json` in records. */
  readonly say: (explanation: Explanation, records: unknown) => void;
  /** Tells what will be done before it is, or what was done as soon as it is; nothing with `--json`, where the answer
   * tells all of it. */
  readonly tell: (explanation: Explanation) => void;
}

export interface Context extends Answers {
  readonly data: Data;
  readonly now: number;
}

/** For a verb that opens for itself what it needs: there may be no table, and it may need no AWS at all. */
export interface Reach extends Answers {
  /** The parameters of the deployed Sluice that is asked for; the same at each call. */
  readonly parameters: () => Promise<DeployedParameters>;
  /** The table of that Sluice, as its parameter `<prefix>/stack` names it; the same at each call. */
  readonly data: () => Promise<Data>;
}

/** Runs a verb with the table open and closes it afterwards. */
export type Act = (verb: (context: Context) => Promise<void>) => Promise<void>;

/** Runs a verb that opens things itself, closes them afterwards, and ends the command with the status it gives. */
export type ActAlone = (verb: (reach: Reach) => Promise<0 | 1>) => Promise<void>;

/** Adds a verb to the command. */
export type AddVerb = (program: Command, act: Act, actAlone: ActAlone) => void;
