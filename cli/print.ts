// Explanations on a terminal: columns, hanging indents, colours. It breaks lines where there is a width to keep to; a
// pipe gets whole lines, for grep.

import { paint } from '../shared/explain/paint.ts';
import type { Block, Explanation, Row, Words } from '../shared/explain/text.ts';
import { tame } from '../shared/tame.ts';

export interface Paper {
  /** Infinity: never break a line. */
  readonly columns: number;
  readonly colour: boolean;
}

/** Lines longer than this are hard to read, however wide the terminal is. */
const COLUMNS_MAX = 120;
/** A column that would be wider than this gives way: its row goes on below. */
const COLUMN_MAX = 18;
const LAST_MIN = 30;
const GAP = '  ';
const DEPTH = '  ';

export function printed(explanation: Explanation, paper: Paper): string {
  const sections = explanation
    .map((section) => section.flatMap((block) => printBlock(tamed(block), paper)))
    .filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function printBlock(block: Block, paper: Paper): readonly string[] {
  const widths: number[] = [];
  for (const { cells } of block) {
    for (const [index, cell] of cells.slice(0, -1).entries()) {
      const width = widthOf(cell);
      if (width <= COLUMN_MAX || paper.columns === Number.POSITIVE_INFINITY) {
        widths[index] = Math.max(widths[index] ?? 0, width);
      }
    }
  }
  return block.flatMap((row) => printRow(row, widths, paper));
}

function printRow({ depth, cells }: Row, widths: readonly number[], paper: Paper): readonly string[] {
  const columns = cells.slice(0, -1);
  const indent = DEPTH.repeat(depth);
  let head = indent;
  let at = indent.length;
  let isOver = false;
  for (const [index, cell] of columns.entries()) {
    const width = widths[index] ?? 0;
    isOver ||= widthOf(cell) > width;
    head += paint(cell, paper.colour) + ' '.repeat(Math.max(0, width - widthOf(cell))) + GAP;
    at += width + GAP.length;
  }
  const room = Math.max(LAST_MIN, Math.min(paper.columns, COLUMNS_MAX) - at);
  const unlimited = paper.columns === Number.POSITIVE_INFINITY ? paper.columns : room;
  const [first = '', ...rest] = wrapped(cells.at(-1) ?? [], unlimited).map((line) =>
    paint(line, paper.colour),
  );
  const hanging = ' '.repeat(at);
  const lines = isOver && Number.isFinite(unlimited) ? [head, hanging + first] : [head + first];
  return [...lines, ...rest.map((line) => hanging + line)].map((line) => line.trimEnd());
}

function tamed(block: Block): Block {
  return block.map(({ depth, cells }) => ({
    depth,
    cells: cells.map((words) => words.map(({ text, tone }) => ({ text: tame(text), tone }))),
  }));
}

function widthOf(words: Words): number {
  return words.reduce((sum, span) => sum + span.text.length, 0);
}

/** Words broken into lines of at most `room`; a command stays whole, so that it can be copied. */
function wrapped(words: Words, room: number): readonly Words[] {
  if (widthOf(words) <= room) return [words];
  const lines: Words[] = [];
  let line: Words = [];
  for (const piece of gluedPieces(words)) {
    if (widthOf(line) > 0 && widthOf(line) + widthOf(ended(piece)) > room) {
      lines.push(ended(line));
      line = [];
    }
    // A line does not begin with the space that stood before its first word.
    if (line.length > 0 || piece.some(({ text }) => text.trim() !== '')) line = [...line, ...piece];
  }
  return [...lines, line];
}

/** Without the space after its last word, which a colour would keep. */
function ended(line: Words): Words {
  const last = line.at(-1);
  return last === undefined ? line : [...line.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

/** Words with the marks that follow them at once: no line begins with a comma. */
function gluedPieces(words: Words): readonly Words[] {
  const pieces: Words[] = [];
  for (const piece of piecesOf(words)) {
    const before = pieces.at(-1);
    const isMark = /^[,.;:!?)]+(\s|$)/.test(piece.text) && !/\s$/.test(before?.at(-1)?.text ?? ' ');
    if (before !== undefined && isMark) pieces[pieces.length - 1] = [...before, piece];
    else pieces.push([piece]);
  }
  return pieces;
}

/** Each word with the space after it. */
function piecesOf(words: Words): Words {
  return words.flatMap((span) =>
    span.tone === 'command'
      ? [span]
      : (span.text.match(/^\s+|\S+\s*/g) ?? []).map((text) => ({ text, tone: span.tone })),
  );
}
