// What a push changes: a folder against what is deployed. Pure.

import type { ParameterNames } from '../../shared/parameters/names.ts';
import { byKey, type Collected, DEFAULTS, type Entry } from './entries.ts';

export interface Change {
  readonly key: string;
  /** The parameter's full name. */
  readonly parameter: string;
  /** `removed`: not in the folder; `emptied`: nor are the defaults, which are not deleted, but emptied. */
  readonly kind: 'added' | 'changed' | 'removed' | 'emptied' | 'unchanged';
  /** Null: not deployed. */
  readonly before: Entry | null;
  /** Null: not in the folder. */
  readonly after: Entry | null;
}

/** Defaults that say nothing. Missing ones are taken for a mistake once there were some. */
export const EMPTY_DEFAULTS = '{}';

/** In order of key. `isPruned`: what is not in the folder goes. */
export function changesOf(
  folder: Collected,
  deployed: Collected,
  names: ParameterNames,
  isPruned: boolean,
): readonly Change[] {
  const keys = [...new Set([...folder.entries, ...deployed.entries].map(({ key }) => key))];
  return keys
    .map((key): Change => {
      const after = folder.entries.find((entry) => entry.key === key) ?? null;
      const before = deployed.entries.find((entry) => entry.key === key) ?? null;
      return {
        key,
        parameter: `${names.prefix}/${key}`,
        kind: kindOf(before, after, isPruned),
        before,
        after,
      };
    })
    .sort(byKey);
}

function kindOf(before: Entry | null, after: Entry | null, isPruned: boolean): Change['kind'] {
  if (before === null) return 'added';
  if (after === null && before.key === DEFAULTS) {
    if (before.text.trim() === EMPTY_DEFAULTS) return 'unchanged';
    return isPruned ? 'emptied' : 'removed';
  }
  if (after === null) return 'removed';
  return before.text === after.text ? 'unchanged' : 'changed';
}
