// Telling events to a person: one line each, and a picture of the waves. Pure.

import { styleText } from 'node:util';
import type { Decision, StepDecision, WaveView } from '../../shared/domain/decision.ts';
import type { Verdict } from '../../shared/domain/verdict.ts';
import { instant, listOf } from '../../shared/domain/words.ts';
import type { SluiceEvent } from '../../shared/events.ts';

type Style = Parameters<typeof styleText>[0];

/** One line, in columns: who, where, what. */
export interface Line {
  readonly mark: '→' | '✓' | '✗' | '…' | '!' | '·';
  readonly pipeline: string;
  readonly wave: string;
  readonly text: string;
}

const COLOURS: Record<Line['mark'], Style> = {
  '→': 'cyan',
  '✓': 'green',
  '✗': 'red',
  '…': 'yellow',
  '!': ['bold', 'red'],
  '·': 'dim',
};

export const shortCommit = (commit: string | null, artifact: string): string =>
  (commit ?? artifact.replace(/^[^:]*:/, '')).slice(0, 8);

/** The lines an event is worth; `before` is the pipeline's decision before a DecisionChanged. */
export function linesFor(event: SluiceEvent, before: Decision | undefined): readonly Line[] {
  switch (event.type) {
    case 'AttemptOpened': {
      const { attempt } = event;
      const apps = listOf(attempt.targets.map((target) => target.app.name));
      const what = shortCommit(attempt.commit, attempt.artifact);
      const text = `${what} is promoted from ${attempt.from} to ${apps}`;
      return [{ mark: '→', pipeline: attempt.pipeline, wave: attempt.to, text }];
    }
    case 'AttemptSettled': {
      const { attempt } = event;
      const mark = attempt.state === 'succeeded' ? '✓' : attempt.state === 'not-sent' ? '…' : '✗';
      const what = shortCommit(attempt.commit, attempt.artifact);
      return [{ mark, pipeline: attempt.pipeline, wave: attempt.to, text: `${what}: ${attempt.outcome}` }];
    }
    case 'DecisionChanged':
      return event.decision.steps.flatMap((step) => blockedLine(event.decision, step, before));
    case 'SafetyAlarm':
      return [{ mark: '!', pipeline: event.pipeline, wave: '', text: event.message }];
    case 'PipelineDue':
    case 'SignalReceived':
      return [];
  }
}

/** A step's line when it is kept back by another check than before, or by one at all for the first time. */
function blockedLine(decision: Decision, step: StepDecision, before: Decision | undefined): readonly Line[] {
  const was = before?.steps.find((other) => other.to === step.to);
  const name = step.candidate === null ? '' : shortCommit(step.candidate.commit, step.candidate.artifact);
  if (step.state === 'ready') {
    const isNews = was?.state !== 'ready' || was.candidate?.artifact !== step.candidate?.artifact;
    const why = decision.mode === 'observe' ? 'mode: observe' : 'not --live';
    return isNews && (decision.dryRun || decision.mode === 'observe')
      ? [{ mark: '·', pipeline: decision.pipeline, wave: step.to, text: `would be given ${name} (${why})` }]
      : [];
  }
  const blocker = step.verdicts.find((v) => v.check === step.blocker);
  if (step.state !== 'blocked' || blocker === undefined) return [];
  const wasBlocker = was?.verdicts.find((v) => v.check === was.blocker);
  const isSame =
    was?.candidate?.artifact === step.candidate?.artifact &&
    wasBlocker?.check === blocker.check &&
    wasBlocker.state === blocker.state;
  if (isSame) return [];
  const mark = blocker.state === 'wait' ? '…' : '✗';
  const text = `${name} waits for ${kindOf(blocker.check)}: ${blocker.reason}`;
  return [{ mark, pipeline: decision.pipeline, wave: step.to, text }];
}

/** `signal direwolf` is of the kind `signal`: the reason says the rest. */
function kindOf(check: string): string {
  return check.split(' ')[0] ?? check;
}

/** One line, or, where `columns` are known, as many as it takes with the text kept in its column. */
export function printLine(time: string, line: Line, columns?: number): string {
  const { mark, pipeline, wave, text } = line;
  const head = `${styleText('dim', time)}  ${styleText(COLOURS[mark], mark)} ${pipeline.padEnd(8)} ${wave.padEnd(10)} `;
  const indent = time.length + 24;
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(40, columns - indent);
  return head + wrapped(text, room).join(`\n${' '.repeat(indent)}`);
}

function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The waves of every pipeline: what each runs, and what is next for it. `columns`: the width to keep to. */
export function picture(decisions: readonly Decision[], columns: number): readonly string[] {
  const rows = decisions.flatMap((decision) =>
    decision.waves.map((wave, index) => {
      const step = decision.steps[index - 1];
      const name = index === 0 ? decision.pipeline : '';
      const head = `  ${styleText('bold', name.padEnd(8))} ${wave.name.padEnd(10)} ${runsIn(wave).padEnd(18)} `;
      const room = Math.max(20, columns - 42);
      const next = step === undefined ? '' : nextFor(step);
      return head + styleText(colourOf(step), next.length > room ? `${next.slice(0, room - 1)}…` : next);
    }),
  );
  return ['', ...rows, ''];
}

function runsIn(wave: WaveView): string {
  const names = wave.apps.map((entry) =>
    entry.artifact === null ? 'nothing' : shortCommit(entry.commit, entry.artifact),
  );
  return [...new Set(names)].join(' ');
}

function nextFor(step: StepDecision): string {
  if (step.state === 'same' || step.candidate === null) return '';
  const name = shortCommit(step.candidate.commit, step.candidate.artifact);
  if (step.state === 'promoting') return `→ ${name}`;
  if (step.state === 'ready') return `→ ${name} next`;
  const blocker: Verdict | undefined = step.verdicts.find((v) => v.check === step.blocker);
  const until = blocker?.until ?? null;
  return `… ${name} ${kindOf(blocker?.check ?? '')}${until === null ? '' : ` until ${instant(until)}`}`;
}

function colourOf(step: StepDecision | undefined): Style {
  if (step?.state === 'promoting' || step?.state === 'ready') return 'cyan';
  return step?.verdicts.some((v) => v.state === 'fail') ? 'red' : 'yellow';
}
