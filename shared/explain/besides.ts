// What a decision tells besides its answers: newer commits that were passed over, and what people would want to know. Pure.

import type { Decision, PassedOver, StepDecision } from '../domain/decision.ts';
import type { VerdictState } from '../domain/verdict.ts';
import { shortName } from './account.ts';
import { type Block, quiet, row } from './text.ts';

const SAID: Readonly<Record<VerdictState, string>> = {
  pass: 'passed',
  wait: 'waits',
  fail: 'failed',
  unknown: 'could not be asked',
};

/** `3333aaaa passed over: ci failed` */
export function passedOverWords(one: PassedOver): string {
  return `${shortName(one)} passed over: ${one.check} ${SAID[one.state]}`;
}

/** The newer ones that the step's candidate was preferred to, a row each. */
export function passedOverRows({ passedOver = [] }: StepDecision): Block {
  return passedOver.map((one, index) => row(1, quiet(index === 0 ? 'besides' : ''), passedOverWords(one)));
}

/** What is true of the pipeline's apps and blocks nothing by itself, a row each. */
export function noteRows({ notes = [] }: Decision): Block {
  return notes.map((note) => row(1, { text: '! note', tone: 'waiting' }, note));
}
