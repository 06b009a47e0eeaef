// An examination in words: by area, what was found of each thing, and under it what to do. Pure.

import {
  command,
  type Explanation,
  quiet,
  type Row,
  row,
  type Span,
  strong,
  type Words,
  words,
} from '../explain/text.ts';
import { AREAS, type Area, type Finding } from './finding.ts';

const TITLES: Readonly<Record<Area, string>> = {
  stack: 'Stack',
  parameters: 'Parameters',
  token: 'Token',
  'read-token': 'Token for reading',
  pipelines: 'Pipelines',
  github: 'GitHub',
  webhooks: 'Webhooks',
  clock: 'Clock',
  ticks: 'Ticks',
};

const MARKS: Readonly<Record<Finding['state'], Span>> = {
  ok: { text: '✓', tone: 'good' },
  warning: { text: '!', tone: 'waiting' },
  problem: { text: '✗', tone: 'bad' },
};

/** `where`: whose installation this is, for people: `/sluice in eu-west-1`. */
export function explainFindings(findings: readonly Finding[], where: string): Explanation {
  const areas = AREAS.flatMap((area) => {
    const its = findings.filter((finding) => finding.area === area);
    return its.length === 0 ? [] : [[[row(0, strong(TITLES[area]))], its.flatMap(rowsOf)]];
  });
  return [...areas, [[row(0, words(summary(findings), quiet(`  ${where}`)))]]];
}

function rowsOf({ state, subject, found, expected, todo }: Finding): readonly Row[] {
  const text = expected === undefined ? found : `${found}; expected ${expected}`;
  const steps = todo === undefined ? [] : todo.split('\n');
  return [row(1, MARKS[state], subject, text), ...steps.flatMap(stepRows)];
}

/** The command on a line of its own, so that it can be copied; the remark behind it goes below. */
function stepRows(step: string): readonly Row[] {
  const [first = step, ...remarks] = isCommand(step) ? step.split(/ {2,}/) : [step];
  const remark = remarks.join(' ');
  const below = remark === '' ? [] : [row(1, '', '', '', quiet(remark))];
  return [row(1, '', '', quiet('→'), typed(first)), ...below];
}

const isCommand = (step: string): boolean => /^(aws|git|heroku|npm|npx|sluice|sudo) /.test(step);

/** Commands marked: the whole of a line that is one, or what stands between backticks. */
function typed(step: string): Words {
  if (isCommand(step)) return words(command(step));
  return words(...step.split('`').map((part, index) => (index % 2 === 1 ? command(part) : part)));
}

function summary(findings: readonly Finding[]): Span {
  const problems = findings.filter(({ state }) => state === 'problem').length;
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  if (problems + warnings === 0) return { text: 'All is well.', tone: 'good' };
  const text = [count(problems, 'problem'), count(warnings, 'warning')].filter(Boolean).join(', ');
  return { text: `${text}.`, tone: problems > 0 ? 'bad' : 'waiting' };
}

const count = (number: number, word: string): string =>
  number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
