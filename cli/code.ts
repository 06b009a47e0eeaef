// Which code of which pipeline: the arguments that `reject` and `allow` share.

import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import type { Which } from './several.ts';

export interface CodeOptions {
  readonly all?: boolean;
}

export function addCode(verb: Command): Command {
  return verb
    .usage('[options] <pipeline> <commit> | --all <commit>')
    .argument('[pipeline-and-commit...]', 'the pipeline by name or id; the commit, or its first letters')
    .option('--all', 'on every pipeline that has it in play');
}

/** An artifact without a commit goes by its name, which may be two words: `slug 9bb01a2c`. */
export function codeAsked(
  asked: readonly string[],
  { all = false }: CodeOptions,
): { readonly which: Which; readonly commit: string } {
  const [names, code] = all ? [[], asked] : [asked.slice(0, 1), asked.slice(1)];
  if (code.length > 0) return { which: { names, all }, commit: code.join(' ') };
  throw new UsageError(
    `Found ${names.length === 0 ? 'neither pipeline nor commit' : `no commit beside ${names[0]}`}, expected ${all ? 'a commit' : 'a pipeline and a commit'}, such as ${all ? '--all 3f2a91bc' : 'router 3f2a91bc'}.`,
  );
}
