// Where in a text something is, as a person finds it: the wave and the check by name, places in lists counted from one,
// and the line. Pure.

import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { masked } from './masked.ts';
import { type ConfigProblem, type Path, valueAt } from './problem.ts';

/** `wave canary, check window, days`. `raw`: what the text says, as far as it is known. */
export function placeText(path: Path, raw: unknown): string {
  const words: string[] = [];
  for (let index = 0; index < path.length; index++) {
    const part = path[index] ?? '';
    const next = path[index + 1];
    if (typeof next !== 'number') {
      words.push(typeof part === 'number' ? `number ${part + 1}` : part);
      continue;
    }
    const list = valueAt(raw, path.slice(0, index + 1));
    const { word, name } = itemOf(part, next, list);
    words.push(word);
    index += 1;
    // A check's options are below its name, which has been said.
    if (part === 'checks' && name !== null && path[index + 1] === name) index += 1;
  }
  return words.join(', ');
}

/** An item of a list: by its name where it has one of its own, else by its place. */
function itemOf(list: string | number, index: number, items: unknown): { word: string; name: string | null } {
  const kind = typeof list === 'string' ? (KINDS[list] ?? list) : String(list);
  if (list !== 'waves' && list !== 'checks') return { word: `${kind} ${index + 1}`, name: null };
  const names = Array.isArray(items) ? items.map((item: unknown) => nameOf(list, item)) : [];
  const name = names[index] ?? null;
  const isOwn = name !== null && names.filter((one) => one === name).length === 1;
  if (isOwn) return { word: `${kind} ${name}`, name };
  return { word: `${kind} ${index + 1}${name === null ? '' : ` (${name})`}`, name };
}

const KINDS: Readonly<Record<string, string>> = { waves: 'wave', checks: 'check', apps: 'app' };

function nameOf(list: 'waves' | 'checks', item: unknown): string | null {
  const names = typeof item === 'object' && item !== null ? Object.keys(item) : [];
  const name = list === 'waves' ? valueAt(item, ['name']) : typeof item === 'string' ? item : names[0];
  const isOne = list === 'waves' || typeof item === 'string' || names.length === 1;
  return isOne && typeof name === 'string' && /^[\w-]{1,40}$/.test(name) ? name : null;
}

/** The same problems, each told with its place in the text. */
export function placed(problems: readonly ConfigProblem[], text: string): readonly ConfigProblem[] {
  if (problems.every(({ path }) => path === '')) return problems;
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { version: '1.2', lineCounter: lines, logLevel: 'error' });
    const raw: unknown = document.toJS();
    return problems.map((one) => {
      if (one.path === '') return one;
      const path = pathOf(one.path);
      const at = offsetOf(document.contents, path);
      const line = at === null ? '' : ` (line ${lines.linePos(at).line})`;
      const where = `${one.parameter}: ${masked(placeText(path, raw))}${line}`;
      return { ...one, message: `${where}: found ${one.found}, expected ${one.expected}` };
    });
  } catch {
    return problems;
  }
}

/** The way back from `waves[1].checks`. */
function pathOf(text: string): Path {
  return (text.match(/[^.[\]]+|\[\d+\]/g) ?? []).map((part) =>
    part.startsWith('[') ? Number(part.slice(1, -1)) : part,
  );
}

/** Where the innermost thing on the path begins that is there; null where there is none but the whole. */
function offsetOf(contents: unknown, path: Path): number | null {
  let here: unknown = contents;
  let at: number | null = null;
  for (const part of path) {
    const found = isMap(here)
      ? here.items.find(({ key }) => (isScalar(key) ? key.value : key) === part)
      : undefined;
    const node: unknown =
      found === undefined ? (isSeq(here) ? here.items[Number(part)] : undefined) : found.value;
    const start = startOf(found?.key ?? node);
    if (start === null) return at;
    at = start;
    here = node;
  }
  return at;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}
