// What is wrong in a configuration: where, what was found, what is expected, and the line a person acts on. Pure.

import type { z } from 'zod';
import { masked } from './masked.ts';

export interface ConfigProblem {
  /** The parameter's full name: `/sluice/pipelines/router`. */
  readonly parameter: string;
  /** Where in it: `waves[1].checks[0].window.days`; empty for the whole. */
  readonly path: string;
  /** What is there, shortened: `"fri-"`, `nothing`. */
  readonly found: string;
  readonly expected: string;
  /** All of it in one line. */
  readonly message: string;
}

export type Path = readonly (string | number)[];

const SHOWN_MAX = 48;

/** A value as a person recognises it, at most 48 characters. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = masked(JSON.stringify(value) ?? typeof value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
}

/** `waves[1].checks[0].window`. */
export function pathText(path: Path): string {
  return path.reduce<string>((sofar, part) => {
    if (typeof part === 'number') return `${sofar}[${part}]`;
    return sofar === '' ? part : `${sofar}.${part}`;
  }, '');
}

/**
 * A problem from its parts; `text` is taken as it is, but for what looks like a secret. `place`: the path as a person
 * finds it.
 */
export function problem(
  parameter: string,
  path: Path,
  text: string,
  expected: string,
  place = pathText(path),
): ConfigProblem {
  const [at, found] = [masked(pathText(path)), masked(text)];
  const where = at === '' ? parameter : `${parameter}: ${masked(place)}`;
  return { parameter, path: at, found, expected, message: `${where}: found ${found}, expected ${expected}` };
}

/** The value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, part) => {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    return (here as Record<string | number, unknown>)[part];
  }, value);
}

/** The word most like the one written, for a hint: at most a third of it differs. Undefined when none is near. */
export function nearest(written: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((word) => ({ word, allowed: Math.ceil(Math.max(word.length, written.length) / 3) }))
    // Words of very different lengths are far apart without counting: a whole text may have been written.
    .filter(({ word, allowed }) => Math.abs(word.length - written.length) <= allowed)
    .map(({ word, allowed }) => ({ word, allowed, far: distance(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ allowed, far }) => far <= allowed)
    .sort((a, b) => a.far - b.far);
  return best?.word;
}

/** How many letters have to be added, dropped or changed to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * What zod expected, in words, for schemas that do not say it themselves. For unknown keys it is the list of known
 * ones, which `problemsOf` turns into a hint.
 */
export const expectedOf: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return kindOf(String(issue.expected));
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String));
  if (issue.code === 'unrecognized_keys') return knownKeys(issue.inst).join(', ');
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`;
  return undefined;
};

function kindOf(type: string): string {
  const kinds: Readonly<Record<string, string>> = {
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
    object: 'a mapping of keys to values',
    record: 'a mapping of keys to values',
    string: 'a text',
  };
  return kinds[type] ?? type;
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' in the list';
  return origin === 'string' ? ' characters' : '';
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What YAML takes for something else than the text that it looks like. */
function isBare(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function knownKeys(schema: unknown): readonly string[] {
  const shape = valueAt(schema, ['_zod', 'def', 'shape']);
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

/**
 * Every issue of a failed parse as problems of the parameter, found values taken from what was parsed. `isYaml`: there,
 * a text may lack the quotes that make it one.
 */
export function problemsOf(
  parameter: string,
  raw: unknown,
  issues: readonly z.core.$ZodIssue[],
  isYaml = false,
): readonly ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code !== 'unrecognized_keys') {
      const value = valueAt(raw, path);
      if (isYaml && issue.code === 'invalid_type' && issue.expected === 'string' && isBare(value))
        return problem(parameter, path, `the ${typeof value} ${value}`, `a text, in quotes: "${value}"`);
      return problem(parameter, path, shown(value), masked(issue.message));
    }
    const known = issue.message.split(', ');
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const expected =
        known.join('') === '' ? 'no key here' : near ? `the key ${near}` : `one of ${known.join(', ')}`;
      return problem(parameter, [...path, key], 'an unknown key', expected);
    });
  });
}
