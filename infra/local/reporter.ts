// Where a local run's events go: lines on the terminal with a live picture below them, or lines of JSON.

import type { Decision } from '../../shared/domain/decision.ts';
import type { SluiceEvent } from '../../shared/events.ts';
import { type Line, linesFor, picture, printLine } from './telling.ts';

export interface Reporter {
  event(event: SluiceEvent, at: number): void;
  /** Something that happened outside Sluice, or about the run itself. */
  say(line: Line, at: number): void;
  /** A plain line for a person; nothing in JSON. */
  note(text: string): void;
  /** A problem: to standard error. Said once until it changes. */
  problem(text: string, at: number): void;
  /** Draws the picture anew, where there is a terminal. */
  draw(): void;
  summary(summary: Summary): void;
}

export interface Summary {
  readonly promotions: number;
  readonly waves: number;
  readonly converged: boolean;
  readonly herokuCalls: number;
}

export function createReporter(options: { json: boolean; isTerminal: boolean; seconds: boolean }): Reporter {
  return options.json ? jsonReporter() : textReporter(options);
}

function textReporter({ isTerminal, seconds }: { isTerminal: boolean; seconds: boolean }): Reporter {
  const decisions = new Map<string, Decision>();
  const said = new Set<string>();
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) process.stdout.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const print = (text: string): void => {
    erase();
    process.stdout.write(`${text}\n`);
  };
  const columns = (): number | undefined => (isTerminal ? process.stdout.columns : undefined);
  const time = (at: number): string => new Date(at).toISOString().slice(11, seconds ? 19 : 16);
  return {
    event(event, at) {
      const name = event.type === 'DecisionChanged' ? event.decision.pipelineId : '';
      for (const line of linesFor(event, decisions.get(name))) print(printLine(time(at), line, columns()));
      if (event.type === 'DecisionChanged') decisions.set(name, event.decision);
    },
    say: (line, at) => print(printLine(time(at), line, columns())),
    note: print,
    problem(text, at) {
      if (said.has(text)) return;
      said.add(text);
      erase();
      process.stderr.write(`${printLine(time(at), { mark: '!', pipeline: '', wave: '', text })}\n`);
    },
    draw() {
      if (!isTerminal) return;
      erase();
      const sorted = [...decisions.values()].sort((a, b) => a.pipeline.localeCompare(b.pipeline));
      const lines = picture(sorted, process.stdout.columns ?? 100);
      if (lines.length + 4 > (process.stdout.rows ?? 40)) return;
      process.stdout.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    summary(summary) {
      const { promotions, waves, converged, herokuCalls } = summary;
      const end = converged ? `every one of ${waves} waves converged` : 'not every wave has converged';
      const count = `${promotions} promotion${promotions === 1 ? '' : 's'}`;
      print(`\n${count}, ${end}, ${herokuCalls} calls to Heroku.`);
    },
  };
}

function jsonReporter(): Reporter {
  const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    event: ({ type, ...rest }, ms) => {
      if (type !== 'PipelineDue') print({ at: at(ms), type, ...rest });
    },
    say: (line, ms) =>
      print({ at: at(ms), type: 'Happened', pipeline: line.pipeline, wave: line.wave, text: line.text }),
    note: () => {},
    problem: (text, ms) => void process.stderr.write(`${JSON.stringify({ at: at(ms), problem: text })}\n`),
    draw: () => {},
    summary: print,
  };
}
