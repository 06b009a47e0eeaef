// An event's line as a terminal or a file gets it: columns that keep to what has been seen, and, where a width is known,
// text that stays in its own. Pure.

import { paint } from '../../shared/explain/paint.ts';
import { quiet } from '../../shared/explain/text.ts';
import { tame } from '../../shared/tame.ts';
import type { Line } from './telling.ts';
import { widthOf, wrapped } from './width.ts';

export interface Layout {
  /** Null: no line is broken. */
  readonly columns: number | null;
  readonly colour: boolean;
  readonly pipelineWidth: number;
  readonly waveWidth: number;
}

const MIN = { pipelineWidth: 8, waveWidth: 10 };
/** Longer names push the rest of their own line to the right, and no other's. */
const MAX = { pipelineWidth: 24, waveWidth: 16 };
/** With less room than this, the text goes on below. */
const TEXT_MIN = 30;
const BELOW = 8;

/** The columns that these names need. */
export function columnsFor(names: readonly { pipeline: string; wave: string }[]) {
  const widest = (texts: readonly string[], min: number, max: number): number =>
    Math.min(max, Math.max(min, ...texts.map((text) => widthOf(tame(text)))));
  return {
    pipelineWidth: widest(
      names.map(({ pipeline }) => pipeline),
      MIN.pipelineWidth,
      MAX.pipelineWidth,
    ),
    waveWidth: widest(
      names.map(({ wave }) => wave),
      MIN.waveWidth,
      MAX.waveWidth,
    ),
  };
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

export function printLine(time: string, line: Line, layout: Layout): string {
  const { columns, colour } = layout;
  const names = `${padded(tame(line.pipeline), layout.pipelineWidth)} ${padded(tame(line.wave), layout.waveWidth)}`;
  const head = `${paint(quiet(time), colour)}  ${paint(line.mark, colour)} ${names} `;
  const text = tame(line.text);
  if (columns === null) return head + text;
  const at = time.length + 4 + widthOf(names) + 1;
  const isNarrow = columns - at < TEXT_MIN;
  const indent = isNarrow ? BELOW : at;
  const lines = wrapped(text, Math.max(10, columns - indent));
  const rest = lines.slice(isNarrow ? 0 : 1).map((one) => `\n${' '.repeat(indent)}${one}`);
  return (isNarrow ? head.trimEnd() : head + (lines[0] ?? '')) + rest.join('');
}
