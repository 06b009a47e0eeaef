// Where a local run's events go: lines on the terminal with a live picture below them, or lines of JSON.

import type { SluiceEvent } from '../../shared/events.ts';
import { passMark } from '../../shared/explain/marks.ts';
import { typedText } from '../../shared/explain/typed.ts';
import { jsonLine } from '../../shared/json.ts';
import type { TickRecord } from '../../shared/table/port.ts';
import { tameLines } from '../../shared/tame.ts';
import { columnsFor, type Layout, printLine } from './line.ts';
import { picture, type Seen } from './picture.ts';
import { createProblems } from './problems.ts';
import { createScreen, type Output } from './screen.ts';
import { AMISS, type Line, linesFor } from './telling.ts';

export interface Reporter {
  event(event: SluiceEvent, at: number): void;
  /** Something that happened outside Sluice, or about the run itself. */
  say(line: Line, at: number): void;
  /** A plain line for a person; nothing in JSON. */
  note(text: string): void;
  /** Something that was logged: to standard error, once while it lasts. */
  problem(text: string, at: number): void;
  /** What a tick came to: what is amiss is told once while it lasts, and that it is over. */
  ticked(record: Pick<TickRecord, 'at' | 'ok' | 'problems'>): void;
  /** Draws the picture anew, where there is a terminal. */
  draw(at: number): void;
  summary(summary: Summary): void;
}

export interface Summary {
  readonly promotions: number;
  readonly waves: number;
  readonly converged: boolean;
  readonly herokuCalls: number;
}

export interface ReporterOptions {
  readonly json: boolean;
  readonly colour: boolean;
  readonly seconds: boolean;
  readonly out: Output;
  readonly err: Output;
  /** What is known when the run begins. */
  readonly seen?: readonly Seen[];
}

export function createReporter(options: ReporterOptions): Reporter {
  return options.json ? jsonReporter(options) : textReporter(options);
}

/** How many lines of the terminal are left to what happens, at least. */
const LINES_LEFT = 8;
/** In the checkout: that is where a local run is started. */
const TYPING = { called: './sluice', target: '' };
const PASSED = { text: passMark('').text.slice(0, 1), tone: passMark('').tone };

function textReporter({ colour, seconds, out, err, seen = [] }: ReporterOptions): Reporter {
  const known = new Map(seen.map((one) => [one.decision.pipelineId, one]));
  const names: { pipeline: string; wave: string }[] = [];
  const screen = createScreen(out, err);
  const problems = createProblems();
  const layout = (isTerminal: boolean): Layout => ({
    columns: isTerminal ? (out.columns ?? 80) : null,
    colour,
    ...columnsFor(names),
  });
  const time = (at: number): string => new Date(at).toISOString().slice(11, seconds ? 19 : 16);
  const say = (line: Line, at: number): void => {
    remember(names, line);
    screen.print(printLine(time(at), line, layout(out.isTTY === true)));
  };
  const amiss = (text: string, at: number): void => {
    const line = { mark: AMISS, pipeline: '', wave: '', text: typedText(text, TYPING) };
    screen.printError(printLine(time(at), line, layout(err.isTTY === true)));
  };
  return {
    event(event, at) {
      const id = event.type === 'DecisionChanged' ? event.decision.pipelineId : '';
      for (const line of linesFor(event, known.get(id)?.decision)) say(line, at);
      learn(known, event);
    },
    say,
    note: (text) => screen.print(tameLines(text)),
    problem: (text, at) => {
      if (problems.logged(text, at)) amiss(text, at);
    },
    ticked(record) {
      const news = problems.ticked(record);
      for (const text of news.amiss) amiss(text, record.at);
      for (const text of news.over) say({ mark: PASSED, pipeline: '', wave: '', text }, record.at);
    },
    draw(at) {
      if (out.isTTY !== true) return;
      const lines = Math.max(2, (out.rows ?? 40) - LINES_LEFT);
      screen.show(picture([...known.values()], at, { columns: out.columns ?? 80, lines, colour }));
    },
    summary(summary) {
      const { promotions, waves, converged, herokuCalls } = summary;
      const end = converged ? `every one of ${waves} waves converged` : 'not every wave has converged';
      const count = `${promotions} promotion${promotions === 1 ? '' : 's'}`;
      screen.end();
      screen.print(`\n${count}, ${end}, ${herokuCalls} calls to Heroku.`);
    },
  };
}

function remember(names: { pipeline: string; wave: string }[], { pipeline, wave }: Line): void {
  if (!names.some((one) => one.pipeline === pipeline && one.wave === wave)) names.push({ pipeline, wave });
}

/** What an event tells of a pipeline. */
function learn(known: Map<string, Seen>, event: SluiceEvent): void {
  if (event.type === 'DecisionChanged') {
    const { decision } = event;
    known.set(decision.pipelineId, { decision, open: known.get(decision.pipelineId)?.open ?? [] });
  }
  if (event.type !== 'AttemptOpened' && event.type !== 'AttemptSettled') return;
  const { attempt } = event;
  const seen = known.get(attempt.pipelineId);
  if (seen === undefined) return;
  const others = seen.open.filter(({ id }) => id !== attempt.id);
  const open = event.type === 'AttemptOpened' ? [...others, attempt] : others;
  known.set(attempt.pipelineId, { ...seen, open });
}

function jsonReporter({ out, err }: ReporterOptions): Reporter {
  const problems = createProblems();
  const print = (value: object): void => void out.write(jsonLine(value));
  const amiss = (problem: string, at: number): void => void err.write(jsonLine({ at, problem }));
  return {
    event: ({ type, ...rest }, at) => {
      if (type !== 'PipelineDue') print({ at, type, ...rest });
    },
    say: ({ pipeline, wave, text }, at) => print({ at, type: 'Happened', pipeline, wave, text }),
    note: () => {},
    problem: (text, at) => {
      if (problems.logged(text, at)) amiss(text, at);
    },
    ticked(record) {
      const { at } = record;
      const news = problems.ticked(record);
      for (const text of news.amiss) amiss(text, at);
      for (const over of news.over) err.write(jsonLine({ at, over }));
    },
    draw: () => {},
    summary: print,
  };
}
