// Problems, notes and changes of configuration in words. Pure.

import type { ConfigProblem } from '../../shared/config/problem.ts';
import { listOf } from '../../shared/domain/words.ts';
import { type Block, quiet, type Row, row, type Span, words } from '../../shared/explain/text.ts';
import { type Change, EMPTY_DEFAULTS } from './changes.ts';
import { type Entry, pipelineName } from './entries.ts';
import { type Line, lineDiff } from './lines.ts';

const bad = (text: string): Span => ({ text, tone: 'bad' });
const good = (text: string): Span => ({ text, tone: 'good' });
const waiting = (text: string): Span => ({ text, tone: 'waiting' });

export function problemRows(problems: readonly ConfigProblem[]): Block {
  return problems.map(({ message }) => row(0, words(bad('✗ '), `${message}.`)));
}

export function noteRows(notes: readonly string[]): Block {
  return notes.map((note) => row(0, words(waiting('! '), note)));
}

export function doneRow(text: string): Row {
  return row(0, words(good('✓ '), text));
}

/** `2 pipelines and the defaults`. */
export function countOf(entries: readonly Pick<Entry, 'key'>[]): string {
  const pipelines = entries.filter((entry) => pipelineName(entry) !== null).length;
  const parts = [counted(pipelines, 'pipeline'), ...(pipelines < entries.length ? ['the defaults'] : [])];
  return listOf(parts);
}

/** `1 problem`, `2 problems`, `no problems`. */
export function counted(count: number, thing: string): string {
  return `${count === 0 ? 'no' : count} ${thing}${count === 1 ? '' : 's'}`;
}

/** What differs, with its lines; what does not is only counted. */
export function changeRows(changes: readonly Change[], folder: string, isPruned: boolean): Block {
  const same = changes.filter(({ kind }) => kind === 'unchanged').length;
  const rows = changes.flatMap((change) => rowsOf(change, folder, isPruned));
  if (rows.length === 0) return [row(0, `No differences: ${counted(same, 'parameter')}, all the same.`)];
  return same === 0 ? rows : [...rows, row(0, quiet(`= ${same} unchanged`))];
}

function rowsOf(change: Change, folder: string, isPruned: boolean): readonly Row[] {
  const { kind, parameter, before, after } = change;
  switch (kind) {
    case 'added':
      return [row(0, words(good(`+ ${parameter}`), ' is new'))];
    case 'changed':
      return [
        row(0, words(waiting(`~ ${parameter}`), ' changes')),
        ...lineDiff(before?.text ?? '', after?.text ?? '').map(lineRow),
      ];
    case 'removed': {
      const end = isPruned ? 'and is deleted' : `and is kept; --prune ${prunes(change)} it`;
      return [row(0, words(bad(`- ${parameter}`), ` is not in ${folder}, ${end}`))];
    }
    case 'emptied':
      return [
        row(0, words(bad(`- ${parameter}`), ` is not in ${folder}, and becomes ${EMPTY_DEFAULTS}: none`)),
      ];
    case 'unchanged':
      return [];
  }
}

/** What becomes of it: `deletes`, or `empties` for the defaults. */
export const prunes = (change: Pick<Change, 'key'>): string =>
  pipelineName(change) === null ? 'empties' : 'deletes';

function lineRow({ mark, text }: Line): Row {
  const shown = `${mark} ${text}`;
  return row(2, mark === '+' ? good(shown) : mark === '-' ? bad(shown) : quiet(shown));
}
