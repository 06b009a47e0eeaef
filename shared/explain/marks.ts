// The mark, the word and the tone of every state, the same in each explanation. Pure.

import type { AttemptState, TargetState } from '../domain/attempt.ts';
import type { VerdictState } from '../domain/verdict.ts';
import type { Span, Tone } from './text.ts';

interface Mark {
  readonly mark: string;
  readonly tone: Tone;
}

const PASS: Mark = { mark: '✓', tone: 'good' };
const WAIT: Mark = { mark: '…', tone: 'waiting' };
const FAIL: Mark = { mark: '✗', tone: 'bad' };
const UNKNOWN: Mark = { mark: '?', tone: 'unsure' };
const MOVING: Mark = { mark: '→', tone: 'moving' };

const VERDICTS: Readonly<Record<VerdictState, Mark>> = {
  pass: PASS,
  wait: WAIT,
  fail: FAIL,
  unknown: UNKNOWN,
};

const OUTCOMES: Readonly<Record<AttemptState | TargetState, Mark>> = {
  open: MOVING,
  succeeded: PASS,
  partial: FAIL,
  failed: FAIL,
  rejected: FAIL,
  'not-sent': WAIT,
  'not-promoted': WAIT,
};

const spanOf = ({ mark, tone }: Mark, text: string): Span => ({ text: `${mark} ${text}`, tone });

/** `… wait`: the answer of a check. `text` in place of the state's own word. */
export function verdictMark(state: VerdictState, text: string = state): Span {
  return spanOf(VERDICTS[state], text);
}

/** `✓ succeeded`: how an attempt, or one target of it, ended. */
export function outcomeMark(state: AttemptState | TargetState): Span {
  return spanOf(OUTCOMES[state], state === 'open' ? 'under way' : state);
}

export const passMark = (text: string): Span => spanOf(PASS, text);
export const movingMark = (text: string): Span => spanOf(MOVING, text);
