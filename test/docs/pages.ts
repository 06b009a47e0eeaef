// What is written for people who run Sluice, as the tests of it read it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Page {
  /** From the root. */
  readonly file: string;
  readonly text: string;
}

export const pageOf = (file: string): Page => ({ file, text: readFileSync(join(ROOT, file), 'utf8') });

/** Every page at the root and in docs/. */
export const PAGES: readonly Page[] = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs')).map((file) => join('docs', file)),
]
  .sort()
  .map(pageOf);

/** What GitHub makes of a heading. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

/** Without what stands between fences. */
export function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Every cell of a column of the first table below a heading, without backticks; a cell may name several. */
export function columnOf({ text }: Page, heading: string, column: number): readonly string[] {
  const below = text.split(`| ${heading} |`)[1] ?? '';
  const [table = ''] = below.split('\n\n');
  return table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ')[column] ?? '')
    .map((cell) => cell.replace(/^\| /, ''));
}

/** What stands in backticks. */
export const termsOf = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, term = '']) => term);
