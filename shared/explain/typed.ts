// Commands as they can be pasted: through npx, as nothing puts `sluice` on the PATH, and with the option that says which
// Sluice is meant. Records keep the bare `sluice …`. Pure.

import { command, type Explanation, type Span, type Words, words } from './text.ts';

const ONLY_PREFIX = /^(config|secrets|doctor)\b/;
const VERBS = 'status|why|plan|history|hold|unhold|accept|retry|reject|allow|config|secrets|doctor';
/** A command in a sentence goes on to the end of the line, or to a mark that is followed by a space. */
const IN_TEXT = new RegExp(`(?<!npx )\\bsluice (?=(?:${VERBS})\\b).*?(?=$|[.,;:](?:\\s|$)| {2}| \\()`, 'gm');

/** `sluice why router` as `npx sluice why router --table X`; `target`: ` --table X`, or nothing. Others stay as they are. */
export function typedCommand(text: string, target: string): string {
  const [, rest] = /^(?:npx )?sluice (.*)$/s.exec(text) ?? [];
  if (rest === undefined) return text;
  const isNamed = /(^| )--(prefix|table|data) /.test(rest);
  const isFitting = target.startsWith(' --prefix ') || !ONLY_PREFIX.test(rest);
  if (isNamed || !isFitting) return `npx sluice ${rest}`;
  const [, typed = rest, remark = ''] = /^(.*?)( {2,}.*)?$/s.exec(rest) ?? [];
  return `npx sluice ${typed}${target}${remark}`;
}

/** A message, every command in it so. */
export function typedText(text: string, target: string): string {
  return text.replace(IN_TEXT, (found) => typedCommand(found, target));
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

export function typedExplanation(explanation: Explanation, target: string): Explanation {
  return explanation.map((section) =>
    section.map((block) =>
      block.map(({ depth, cells }) => ({
        depth,
        cells: cells.map((cell) =>
          cell.map(({ text, tone }) => ({
            tone,
            text: tone === 'command' ? typedCommand(text, target) : text,
          })),
        ),
      })),
    ),
  );
}
