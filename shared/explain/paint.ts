// The colours of tones on a terminal. Pure.

import { styleText } from 'node:util';
import type { Span, Tone, Words } from './text.ts';

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0] | null>> = {
  plain: null,
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  waiting: 'yellow',
  bad: 'red',
  unsure: 'magenta',
  moving: 'cyan',
  command: 'bold',
};

export function paint(words: Span | Words, colour: boolean): string {
  return [words]
    .flat()
    .map(({ text, tone }) => {
      const style = STYLES[tone];
      return colour && style !== null ? styleText(style, text, { validateStream: false }) : text;
    })
    .join('');
}
