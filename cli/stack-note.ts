// Whether anything reads what is written below a prefix: a mistyped one is taken without a word by SSM. Pure.

import { DEFAULT_PREFIX, type ParameterNames } from '../shared/parameters/names.ts';
import type { Parameter } from '../shared/parameters/port.ts';

/** A note when no stack has left word among what was found below the prefix. */
export function stackNotes(found: readonly Parameter[], names: ParameterNames): readonly string[] {
  if (found.some(({ name }) => name === names.stack)) return [];
  const context = names.prefix === DEFAULT_PREFIX ? '' : ` --context prefix=${names.prefix}`;
  return [
    `No stack has written ${names.stack} yet, so nothing reads what is under ${names.prefix}. To deploy one: npx cdk deploy${context}`,
  ];
}
