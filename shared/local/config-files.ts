// The files of a configuration folder: which of them are texts of it, and what they say. One reading for `npm start` and
// for `sluice config`. Reads files of that folder.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { problem } from '../config/problem.ts';
import type { ConfigText } from '../config/source.ts';

export const KINDS = ['.yaml', '.yml', '.json'] as const;

/** What editors and systems lay beside a file while they work on it: locks, saved states, what they know of it. */
const OF_AN_EDITOR = /^(\.#|\._|\.~|~\$)|^#.*#$/;

export const isText = (name: string): boolean => KINDS.some((kind) => extname(name) === kind);
export const stem = (name: string): string => basename(name, extname(name));

/** The names in a folder, in order. Hidden files are other tools' business, unless they look like ours. */
export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !OF_AN_EDITOR.test(name) && (!name.startsWith('.') || isText(name)))
    .sort();
}

/** A file as a text of the configuration; what is wrong with the file is the trouble of this one text. */
export function readText(path: string): ConfigText {
  const unread = (found: string, expected: string): ConfigText => ({
    parameter: path,
    text: '',
    unread: problem(path, [], found, expected),
  });
  try {
    // Reading what is no file may never end.
    const stats = statSync(path);
    if (!stats.isFile()) return unread(stats.isDirectory() ? 'a folder' : 'no file', 'a text file');
    // Byte for byte: a byte order mark is the parser's to judge.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    return { parameter: path, text };
  } catch (error) {
    if (error instanceof TypeError) return unread('bytes that are no UTF-8', 'a text in UTF-8');
    // `ENOENT: no such file or directory, stat '…'`: the path has been said.
    const [why = ''] = String(error instanceof Error ? error.message : error).split(', ');
    return unread(why, 'a file that can be read');
  }
}

/** What is wrong with a second file for the same thing. */
export function secondFile<Text extends ConfigText>(text: Text, key: string, first: string): Text {
  const expected = `one file for ${key}: ${first} is one already`;
  return { ...text, unread: problem(text.parameter, [], 'a second file', expected) };
}
