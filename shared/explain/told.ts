// What the last tick said about a pipeline: one that is skipped stands in its records as its last run left it. Pure.

import type { TickAccount } from './status.ts';
import { type Row, row, type Section } from './text.ts';
import { when } from './time.ts';
import { withCommands } from './typed.ts';

export function problemRow(problem: string): Row {
  return row(1, { text: '!', tone: 'bad' }, withCommands(problem));
}

/** The problems that begin with one of the names, or with a parameter or a file whose last part is one. */
export function problemsAbout(tick: TickAccount | null, names: readonly string[]): readonly string[] {
  return (tick?.problems ?? []).filter((problem) => {
    const [first = ''] = problem.split(/:? /);
    const last =
      first
        .split('/')
        .at(-1)
        ?.replace(/\.(yaml|yml|json)$/, '') ?? '';
    return names.includes(first) || names.includes(last) || (last === 'defaults' && first !== last);
  });
}

export function explainTold(tick: TickAccount | null, problems: readonly string[], now: number): Section {
  if (tick === null || problems.length === 0) return [];
  const head = `The last tick on record, ${when(tick.at, now)}, told:`;
  return [[row(0, { text: head, tone: 'bad' })], problems.map((problem) => problemRow(problem))];
}
