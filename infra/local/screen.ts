// A terminal with a picture that stays below the lines. Each change is one write, over what is there: nothing flickers,
// and nothing of an older picture is left.

import { stripVTControlCharacters } from 'node:util';
import { widthOf } from './width.ts';

/** The parts of a stream that are used. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Screen {
  /** Lines above the picture, for good. */
  print(text: string): void;
  /** The same on standard error. */
  printError(text: string): void;
  /** Puts another picture in place of the one that is there. */
  show(lines: readonly string[]): void;
  /** Leaves the picture where it is: what comes is printed below. */
  end(): void;
}

const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

export function createScreen(out: Output, err: Output): Screen {
  let shown: readonly string[] = [];
  /** To the picture's first line. A terminal that has become narrower has broken its lines. */
  const up = (): string => {
    const columns = Math.max(1, out.columns ?? 80);
    const lines = shown.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)),
      0,
    );
    return lines === 0 ? '' : `\r\u001b[${Math.min(lines, Math.max(1, (out.rows ?? 40) - 1))}A`;
  };
  const drawn = (lines: readonly string[]): string => lines.map((line) => `${line}${CLEAR_LINE}\n`).join('');
  return {
    print(text) {
      if (shown.length === 0) out.write(`${text}\n`);
      else out.write(`${up()}${drawn(text.split('\n'))}${drawn(shown)}${CLEAR_BELOW}`);
    },
    printError(text) {
      if (err.isTTY !== true || shown.length === 0) {
        err.write(`${text}\n`);
        return;
      }
      out.write(`${up()}${CLEAR_BELOW}`);
      err.write(`${text}\n`);
      out.write(drawn(shown));
    },
    show(lines) {
      if (lines.join('\n') === shown.join('\n')) return;
      const text = `${up()}${drawn(lines)}${CLEAR_BELOW}`;
      shown = lines;
      out.write(text);
    },
    end() {
      shown = [];
    },
  };
}
