// Whether anything reads what is written below a prefix: a mistyped one is taken without a word by SSM. Pure.

import { deployCommand, type ParameterNames } from '../shared/parameters/names.ts';
import type { Parameter } from '../shared/parameters/port.ts';

/** A note when no stack has left word among what was found below the prefix. */
export function stackNotes(found: readonly Parameter[], names: ParameterNames): readonly string[] {
  if (found.some(({ name }) => name === names.stack)) return [];
  return [
    `No stack has written ${names.stack} yet, so nothing reads what is under ${names.prefix}. To deploy one: ${deployCommand(names.prefix)}`,
  ];
}
