// What a check is: a question asked before a promotion, in one file with its options, its question and its words.

import type { z } from 'zod';
import type { Candidate } from '../domain/candidate.ts';
import type { Facts } from '../domain/facts.ts';
import type { AppRef, Pipeline, Step } from '../domain/pipeline.ts';
import type { Verdict, VerdictSubject } from '../domain/verdict.ts';
import type { HerokuStatus } from '../heroku/port.ts';
import type { SignalReads } from '../signals/signal.ts';

/** What a check is asked about: one candidate for one step, on the facts of this run. */
export interface Question<Options = unknown> {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly candidate: Candidate;
  /** The apps that would be given the candidate. */
  readonly targets: readonly AppRef[];
  readonly facts: Facts;
  readonly options: Options;
  /** Epoch ms. */
  readonly now: number;
}

/** What a check may touch beyond the facts. It is given no client it does not name. */
export interface CheckPorts {
  readonly signals: SignalReads;
  readonly status: HerokuStatus;
  /** Where secrets are no parameters of a deployed Sluice; absent: they are. */
  readonly remedies?: Remedies;
}

/** What a person does about what Sluice was not given. Commands or sentences, as `unblock` of a verdict. */
export interface Remedies {
  /** That nothing of a sender has come in. */
  webhook(source: string): Promise<string>;
  /** That GitHub could not be asked. */
  readonly github: string;
}

export interface Check<Options = unknown> {
  /** As configured: `window`. */
  readonly name: string;
  readonly about: VerdictSubject;
  /** One sentence for the reference: what it waits for. */
  readonly summary: string;
  /** True for the checks that are asked before every wave without being configured. */
  readonly always: boolean;
  /** The shape of its options, with a `.describe()` on every field: the configuration reference is made from it. */
  readonly schema: z.ZodType<Options>;
  /** As written in a list of checks, YAML, for the reference; absent for a check that is never configured. */
  readonly example?: string;
  /**
   * What tells two configured checks of this name apart, null for nothing: the `direwolf` of `signal direwolf`. Of two
   * with the same one, the one written nearer to the wave replaces the other.
   */
  argument?(options: Options): string | null;
  /** What is wrong with several of this name in one list, when they can never pass together; null when they can. */
  conflict?(all: readonly Options[]): { readonly found: string; readonly expected: string } | null;
  /** May throw or hang: the caller answers `unknown` for it. */
  ask(question: Question<Options>, ports: CheckPorts): Verdict | Promise<Verdict>;
}
