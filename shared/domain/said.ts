// What people say that changes what a pipeline goes on from: each word one consent, kept for ever. Pure.

import {
  type Attempt,
  type Brought,
  emptyLedger,
  inOrder,
  type Ledger,
  noted,
  opened,
  type Stand,
  withApp,
  withoutFailure,
} from './attempt.ts';
import type { AppRef } from './pipeline.ts';

interface Said {
  /** A ULID. */
  readonly id: string;
  readonly pipelineId: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** A person's word to go on from what people put on apps. Kept for ever. */
export interface Accept extends Said {
  readonly kind: 'accept';
  /** When what it lets count was seen, epoch ms: the person had that decision before them. */
  readonly seenAt: number;
  /** What counts from now on as brought by the pipeline, by app. */
  readonly accepted: readonly Stand[];
  /** Said of no app, but of the Heroku pipeline that the configured name means from now on. */
  readonly means?: { readonly pipelineId: string; readonly herokuName: string };
}

/** A person's word to try again what apps failed to take. Kept for ever. */
export interface Retry extends Said {
  readonly kind: 'retry';
  /** Apps that may be given again what they failed to take. */
  readonly retried: readonly { readonly app: AppRef; readonly attemptId: string }[];
}

/** What a person said that changes what the pipeline goes on from. */
export type Word = Accept | Retry;

/**
 * The ledger after a person's word. A word that has been heard changes nothing more. What an app was given after the
 * person had looked stays what it goes on from.
 */
export function heard(ledger: Ledger, word: Word): Ledger {
  return word.kind === 'accept' ? accepted(ledger, word) : retried(ledger, word);
}

export function accepted(ledger: Ledger, { id: by, at, seenAt, accepted: stands }: Accept): Ledger {
  return stands.reduce(
    (sofar, { app, artifact, releaseId, isAside }) =>
      withApp(sofar, app.id, (entry) => {
        const isHeard = entry.brought.some((one) => one.by === by && one.artifact === artifact);
        const said: Brought = {
          artifact,
          ...(releaseId !== undefined && { releaseId }),
          at,
          knownAt: seenAt,
          by,
          ...(isAside && { isAside }),
        };
        return isHeard ? entry : { ...entry, brought: inOrder(entry.brought, said) };
      }),
    ledger,
  );
}

export function retried(ledger: Ledger, { retried: failures }: Retry): Ledger {
  return failures.reduce(
    (sofar, { app, attemptId }) => withApp(sofar, app.id, (entry) => withoutFailure(entry, attemptId)),
    ledger,
  );
}

/**
 * The ledger as the attempts and the words on record tell it, for when the stored one is gone. The one first, then the
 * other: each finds its place by what was known.
 */
export function rebuiltLedger(attempts: readonly Attempt[], words: readonly Word[]): Ledger {
  const endOf = ({ settledAt, claimedAt }: Attempt): number => settledAt ?? claimedAt;
  const told = [...attempts]
    .sort((a, b) => endOf(a) - endOf(b))
    .reduce(
      (ledger, attempt) => (attempt.state === 'open' ? opened(ledger, attempt) : noted(ledger, attempt)),
      emptyLedger,
    );
  return [...words].sort((a, b) => a.at - b.at).reduce(heard, told);
}
