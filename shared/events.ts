// The events that pass between the functions, and to whoever listens. Their names and shapes are public.

import type { Attempt } from './domain/attempt.ts';
import type { Decision } from './domain/decision.ts';
import type { Pipeline } from './domain/pipeline.ts';
import type { PipelineView } from './table/port.ts';

/** Why `scan` starts a run for a pipeline. */
export type DueReason =
  /** Never looked at, or its configuration changed. */
  | 'configuration'
  /** A promotion is under way. */
  | 'attempt'
  /** The time the last run asked for has come. */
  | 'time'
  /** An app has a new release. */
  | 'release'
  /** Somebody's word, or a signal. */
  | 'asked'
  /** Its turn in the rolling sweep that makes up for lost events. */
  | 'sweep';

export interface PipelineDue {
  readonly type: 'PipelineDue';
  /** When the tick that found it due began, epoch ms. The configuration is of then. */
  readonly at: number;
  readonly pipeline: Pipeline;
  /** What this tick's list of apps says about the pipeline's apps, by app id; `maintenance` is null where no list was read. */
  readonly apps: Readonly<
    Record<
      string,
      {
        readonly maintenance: boolean | null;
        readonly releasedAt: number | null;
        /** Heroku's name of its stack; absent where it was not told. */
        readonly stack?: string | null;
        /** `cedar` or `fir`; absent where it was not told. */
        readonly generation?: string | null;
        /** Why what Heroku lists of it cannot be read; absent where it can. */
        readonly unread?: string;
      }
    >
  >;
  readonly configDigest: string;
  readonly reasons: readonly DueReason[];
  /** What the last finished run left; null: none did. */
  readonly view: PipelineView | null;
}

/** A webhook has heard something. `concerns`: commits, app names and app ids. */
export interface SignalReceived {
  readonly type: 'SignalReceived';
  readonly concerns: readonly string[];
  /** Nothing was recorded: something happened there, such as a release. */
  readonly isHint?: boolean;
  readonly at: number;
}

export interface AttemptOpened {
  readonly type: 'AttemptOpened';
  readonly attempt: Attempt;
}

export interface AttemptSettled {
  readonly type: 'AttemptSettled';
  readonly attempt: Attempt;
}

export interface DecisionChanged {
  readonly type: 'DecisionChanged';
  readonly decision: Decision;
}

/** Something that must never happen did; the pipeline is held. */
export interface SafetyAlarm {
  readonly type: 'SafetyAlarm';
  readonly pipeline: string;
  readonly message: string;
}

export type SluiceEvent =
  | PipelineDue
  | SignalReceived
  | AttemptOpened
  | AttemptSettled
  | DecisionChanged
  | SafetyAlarm;

export interface Bus {
  publish(events: readonly SluiceEvent[]): Promise<void>;
}

/** One line of structured log. Never a secret. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;
