// A fact that came in by webhook: a CI result for a commit, a test suite's result for an app. Pure types.

export type SignalState = 'success' | 'failure' | 'pending';

export interface Signal {
  /** Who sent it: `github`, `circleci`, or the name used with the generic callback. */
  readonly source: string;
  /** What it is a result of: a CI context, a workflow's name, a test suite. */
  readonly name: string;
  /** The full commit it is about, lower case; null when it is about an app only. */
  readonly commit: string | null;
  /** The app it is about, by the name or uuid the sender gave; null when it is about a commit only. */
  readonly app: string | null;
  readonly state: SignalState;
  readonly url: string | null;
  /** When the sender says it happened, epoch ms. Two signals of one name are ordered by this. */
  readonly at: number;
  readonly receivedAt: number;
  /** The sender's id of the delivery; a second delivery of the same id is not recorded again. */
  readonly deliveryId: string;
}

/** Signals, newest first by `at`. */
export interface SignalReads {
  /** `signal`: ends the read. */
  signalsOfCommit(commit: string, signal?: AbortSignal): Promise<readonly Signal[]>;
  /** `app`: every name or uuid the app goes by. */
  signalsOfApp(app: readonly string[], signal?: AbortSignal): Promise<readonly Signal[]>;
}
