// What differs between two texts, line by line. Pure.

import { withoutTokens } from '../../shared/config/masked.ts';

export interface Line {
  readonly mark: ' ' | '-' | '+' | '…';
  readonly text: string;
}

/** How many unchanged lines are shown around a change. */
const AROUND = 2;

/** Removed and added lines with those around them; `…` stands for lines left out. Empty for equal texts. */
export function lineDiff(before: string, after: string): readonly Line[] {
  const lines = compared(linesOf(before), linesOf(after));
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap((line, index): readonly Line[] => {
    if (isNear[index] === true) return [line];
    return index === 0 || isNear[index - 1] === true ? [{ mark: '…', text: '' }] : [];
  });
}

/** Lines with what is otherwise not seen: a line that does not end, and control characters. */
function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = withoutTokens(text).split('\n').map(visible);
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines, '(the last line does not end)'];
}

const CONTROL_PICTURES = 0x2400;

function visible(line: string): string {
  return line.replace(/\p{Cc}/gu, (control) => {
    const code = control.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(CONTROL_PICTURES + code) : '␡';
  });
}

/** By the longest common subsequence: texts are a few hundred lines at most. */
function compared(before: readonly string[], after: readonly string[]): readonly Line[] {
  const common: number[][] = Array.from({ length: before.length + 1 }, () => []);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i] ?? [];
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === fresh) {
      lines.push({ mark: ' ', text: old });
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old });
      i++;
    } else {
      lines.push({ mark: '+', text: fresh });
      j++;
    }
  }
  return lines;
}
