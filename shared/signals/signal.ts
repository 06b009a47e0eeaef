// A fact that came in by webhook: a CI result for a commit, a test suite's result for an app. Pure.

import { fullCommit } from '../domain/past.ts';

export type SignalState = 'success' | 'failure' | 'pending';

export interface Signal {
  /** Who sent it: `github`, `circleci`, or the name used with the generic callback. */
  readonly source: string;
  /** What it is a result of: a CI context, a workflow's name, a test suite. */
  readonly name: string;
  /**
   * What the sender itself tells results apart by, beside commit and app: kind, repository, app, suite or workflow.
   * Two results of one commit with the same identity are one result, told twice or run again. Rows of earlier versions
   * have none.
   */
  readonly identity?: string;
  /**
   * What the sender orders results of one identity by, as a text that sorts like it. The time a delivery came in has
   * no part in it.
   */
  readonly order?: string;
  /**
   * Runs of one series on one commit: the newest that was not skipped outdates the others, with what ran as part of them.
   */
  readonly run?: {
    readonly series: string;
    readonly number: number;
    /** What its check runs and its check suite are part of. */
    readonly suite: string | null;
    /** What its jobs are part of; rows of earlier versions do not say. */
    readonly jobs?: string;
  };
  /** What it is part of, as `run.suite` or `run.jobs` names it. */
  readonly suite?: string;
  /** A success that is none: the job was skipped. */
  readonly skipped?: boolean;
  /** The commit it is about, a full one in lower case; null when it is about an app only. */
  readonly commit: string | null;
  /** The app it is about, by the name or uuid the sender gave; null when it is about a commit only. */
  readonly app: string | null;
  readonly state: SignalState;
  readonly url: string | null;
  /** When the sender says it happened, epoch ms. */
  readonly at: number;
  readonly receivedAt: number;
  /** The sender's id of the delivery. */
  readonly deliveryId: string;
}

/** Which results about an app are looked for. Times are the sender's, epoch ms, both inclusive. */
export interface AppSignals {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly isWanted: (signal: Signal) => boolean;
}

export interface SignalReads {
  /** Every result of the commit, one an identity, newest first. `signal`: ends the read. Throws above 5,000. */
  signalsOfCommit(commit: string, signal?: AbortSignal): Promise<readonly Signal[]>;
  /** The newest that are wanted, all of one instant; `app`: every name or uuid the app goes by. */
  signalsOfApp(app: readonly string[], about: AppSignals, signal?: AbortSignal): Promise<readonly Signal[]>;
  /** Whether a delivery of the source was ever verified. */
  hasDelivered?(source: string, signal?: AbortSignal): Promise<boolean>;
}

/** A commit as it is looked up: a full SHA in lower case, any other text as it is. */
export function commitKey(text: string): string {
  return fullCommit(text) ?? text;
}

export function isFullCommit(text: string): boolean {
  return fullCommit(text) !== null;
}
