// What an explanation is made of: words with a tone, in rows with columns. It knows no colours and no widths, so that a
// terminal and a page can each show it in their own way. Pure.

/** What a word is, not how it looks. `command` is something to type: it is never broken over lines. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'quiet'
  | 'good'
  | 'waiting'
  | 'bad'
  | 'unsure'
  | 'moving'
  | 'command';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Words = readonly Span[];

/** One row. All cells but the last are columns; the last takes the rest of the line, and more lines if it must. */
export interface Row {
  readonly depth: number;
  readonly cells: readonly Words[];
}

/** Rows that share their columns. */
export type Block = readonly Row[];

/** Blocks that belong together. */
export type Section = readonly Block[];

/** A whole explanation: sections with some room between them. */
export type Explanation = readonly Section[];

type Part = string | Span | Words;

/** Words from pieces; a bare string is plain. */
export function words(...parts: readonly Part[]): Words {
  return parts
    .flatMap((part): Words => {
      if (typeof part === 'string') return [{ text: part, tone: 'plain' }];
      return 'text' in part ? [part] : part;
    })
    .filter((span) => span.text !== '');
}

/** A row, `depth` steps in from the left. */
export function row(depth: number, ...cells: readonly Part[]): Row {
  return { depth, cells: cells.map((cell) => words(cell)) };
}

const toned =
  (tone: Tone) =>
  (text: string): Span => ({ text, tone });

export const strong = toned('strong');
export const quiet = toned('quiet');
export const command = toned('command');
export const moving = toned('moving');

/** A command with, perhaps, a remark after it, as verdicts write it: `sluice … --reason "…"   (tries it again)`. */
export function advice(text: string): Words {
  if (!/^(sluice|heroku|npm|npx) /.test(text)) return words(text);
  const [typed = text, ...remarks] = text.split(/ {2,}/);
  return words(command(typed), remarks.length === 0 ? '' : `  ${remarks.join(' ')}`);
}
