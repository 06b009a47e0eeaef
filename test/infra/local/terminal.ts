// A terminal as far as a local run uses one: it breaks long lines, scrolls, moves up, and clears. For the tests.

import type { Output } from '../../../infra/local/screen.ts';
import { widthOf } from '../../../infra/local/width.ts';

export interface FakeTerminal extends Output {
  /** What is to be seen: lines without the spaces at their ends. */
  readonly screen: readonly string[];
  /** Everything that has been there, what scrolled away included. */
  readonly all: readonly string[];
  /** How often something was written. */
  readonly writes: number;
}

export function fakeTerminal(columns: number, rows: number): FakeTerminal {
  const grid: string[] = [''];
  let top = 0;
  let row = 0;
  let column = 0;
  let writes = 0;
  const newLine = (): void => {
    row += 1;
    while (grid.length <= row) grid.push('');
    top = Math.max(top, row - rows + 1);
  };
  const put = (letter: string): void => {
    if (column + widthOf(letter) > columns) {
      newLine();
      column = 0;
    }
    const line = (grid[row] ?? '').padEnd(column);
    grid[row] = line.slice(0, column) + letter + line.slice(column + letter.length);
    column += widthOf(letter);
  };
  const obey = (code: string, count: string): void => {
    if (code === 'A') row = Math.max(top, row - Number(count || 1));
    if (code === 'K') grid[row] = (grid[row] ?? '').slice(0, column);
    if (code === 'J') {
      grid[row] = (grid[row] ?? '').slice(0, column);
      grid.length = row + 1;
    }
  };
  const type = (text: string): void => {
    for (const letter of text) {
      if (letter === '\n') newLine();
      if (letter === '\n' || letter === '\r') column = 0;
      else put(letter);
    }
  };
  return {
    isTTY: true,
    columns,
    rows,
    write(text) {
      writes += 1;
      const [first = '', ...rest] = String(text).split('\u001b[');
      type(first);
      for (const piece of rest) {
        const [sequence = '', count = '', code = ''] = /^([\d;]*)([A-Za-z])/.exec(piece) ?? [];
        obey(code, count);
        type(piece.slice(sequence.length));
      }
    },
    get screen() {
      return grid.slice(top).map((line) => line.trimEnd());
    },
    get all() {
      return grid.map((line) => line.trimEnd());
    },
    get writes() {
      return writes;
    },
  };
}
