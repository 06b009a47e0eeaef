// Commands as they can be pasted: `sluice` as it was called, as nothing else is sure to be there (and a name alone may be
// answered by a registry), and with the option that says which Sluice is meant. Records keep the bare `sluice …`. Pure.

import { command, type Explanation, type Span, type Words, words } from './text.ts';

export interface Typing {
  /** What stands for `sluice`: `./sluice`. */
  readonly called: string;
  /** ` --table X`, or nothing. */
  readonly target: string;
}

const ONLY_PREFIX = /^(config|secrets|doctor)\b/;
const NO_TARGET = /^(help\b|--|\[)/;
const VERBS = 'status|why|plan|history|hold|unhold|accept|retry|reject|allow|config|secrets|doctor|help';
/** `sluice`, or as older records have it, `npx sluice`; not a part of a path, of a name or of another command. */
const NAME = '(?<![\\w./-])(?:npx )?sluice';
/** A command in a sentence goes on to the end of the line, or to a mark that is followed by a space. */
const IN_TEXT = new RegExp(
  `${NAME} (?=(?:${VERBS})\\b|…|--|\\[).*?(?=$|[.,;:\`)](?:\\s|$|\`)| {2}| \\()`,
  'gm',
);
const WHOLE = new RegExp(`^${NAME} (.*)$`, 's');

/** `sluice why router` as `./sluice why router --table X`, also behind a pipe. Others stay as they are. */
export function typedCommand(text: string, typing: Typing): string {
  const { called, target } = typing;
  const [, rest] = WHOLE.exec(text) ?? [];
  if (rest === undefined) return typedText(text, typing);
  const isNamed = /(^| )--(prefix|table|data) /.test(rest) || NO_TARGET.test(rest);
  const isFitting = target.startsWith(' --prefix ') || !ONLY_PREFIX.test(rest);
  if (isNamed || !isFitting) return `${called} ${rest}`;
  const [, typed = rest, remark = ''] = /^(.*?)( {2,}.*)?$/s.exec(rest) ?? [];
  return `${called} ${typed}${target}${remark}`;
}

/** A message, every command in it so. */
export function typedText(text: string, typing: Typing): string {
  return text.replace(IN_TEXT, (found) => typedCommand(found, typing));
}

/** A sentence with the commands in it marked as such. */
export function withCommands(text: string): Words {
  const parts: Span[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(IN_TEXT)) {
    parts.push(...words(text.slice(at, index)), command(found));
    at = index + found.length;
  }
  return words(...parts, text.slice(at));
}

export function typedExplanation(explanation: Explanation, typing: Typing): Explanation {
  return explanation.map((section) =>
    section.map((block) =>
      block.map(({ depth, cells }) => ({
        depth,
        cells: cells.map((cell) =>
          cell.map(({ text, tone }) => ({
            tone,
            text: tone === 'command' ? typedCommand(text, typing) : typedText(text, typing),
          })),
        ),
      })),
    ),
  );
}

/** A word of a command, as a shell takes it for one. */
export const argument = (text: string): string =>
  /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
