// Telling events to a person: one line each. Pure.

import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import { listOf } from '../../shared/domain/words.ts';
import type { SluiceEvent } from '../../shared/events.ts';
import { shortName } from '../../shared/explain/account.ts';
import { movingMark, outcomeMark } from '../../shared/explain/marks.ts';
import { type WaveState, waveState } from '../../shared/explain/state.ts';
import type { Span } from '../../shared/explain/text.ts';

/** One line, in columns: who, where, what. The mark and its tone are those of the explanations. */
export interface Line {
  readonly mark: Span;
  readonly pipeline: string;
  readonly wave: string;
  readonly text: string;
}

export const HAPPENED: Span = { text: '·', tone: 'quiet' };
export const AMISS: Span = { text: '!', tone: 'bad' };

/** The mark alone: the words that go with it are in the line. */
const markOf = ({ text, tone }: Span): Span => ({ text: text.slice(0, 1), tone });

/** The lines an event is worth; `before` is the pipeline's decision before a DecisionChanged. */
export function linesFor(event: SluiceEvent, before: Decision | undefined): readonly Line[] {
  switch (event.type) {
    case 'AttemptOpened': {
      const { attempt } = event;
      const apps = listOf(attempt.targets.map((target) => target.app.name));
      const text = `${shortName(attempt)} is promoted from ${attempt.from} to ${apps}`;
      return [{ mark: markOf(movingMark('')), pipeline: attempt.pipeline, wave: attempt.to, text }];
    }
    case 'AttemptSettled': {
      const { attempt } = event;
      const text = `${shortName(attempt)}: ${attempt.outcome}`;
      return [
        { mark: markOf(outcomeMark(attempt.state)), pipeline: attempt.pipeline, wave: attempt.to, text },
      ];
    }
    case 'DecisionChanged':
      return event.decision.steps.flatMap((step) => changedLine(event.decision, step, before));
    case 'SafetyAlarm':
      return [{ mark: AMISS, pipeline: event.pipeline, wave: '', text: event.message }];
    case 'PipelineDue':
    case 'SignalReceived':
      return [];
  }
}

/** A step's line when it has come to something else: kept back by another check, or free to go where nothing goes. */
function changedLine(decision: Decision, step: StepDecision, before: Decision | undefined): readonly Line[] {
  const state = waveState(undefined, decision, step);
  const was = before?.steps.find((other) => other.to === step.to);
  if (step.state === 'promoting' || step.state === 'same' || state.kind === 'ready') return [];
  if (before !== undefined && was !== undefined && isSame(step, state, was, before)) return [];
  const { blocker, kind, mark } = state;
  const words = mark.text.slice(2);
  const why = decision.mode === 'observe' ? 'mode: observe' : 'not --live';
  const text =
    kind === 'observed'
      ? `${words} (${why})`
      : `${words}: ${kindOf(blocker?.check ?? '')}. ${blocker?.reason ?? ''}`;
  return [{ mark: markOf(mark), pipeline: decision.pipeline, wave: step.to, text }];
}

function isSame(step: StepDecision, state: WaveState, was: StepDecision, before: Decision): boolean {
  const old = waveState(undefined, before, was);
  return (
    was.candidate?.artifact === step.candidate?.artifact &&
    old.kind === state.kind &&
    old.blocker?.check === state.blocker?.check
  );
}

/** `signal direwolf` is of the kind `signal`: the reason says the rest. */
function kindOf(check: string): string {
  return check.split(' ')[0] ?? check;
}
