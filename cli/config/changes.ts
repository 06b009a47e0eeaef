// What a push changes: a folder against what is deployed. Pure.

import type { ParameterNames } from '../../shared/parameters/names.ts';
import { byKey, type Collected, type Entry } from './entries.ts';

export interface Change {
  readonly key: string;
  /** The parameter's full name. */
  readonly parameter: string;
  readonly kind: 'added' | 'changed' | 'removed' | 'unchanged';
  /** Null: not deployed. */
  readonly before: Entry | null;
  /** Null: not in the folder. */
  readonly after: Entry | null;
}

/** In order of key. */
export function changesOf(folder: Collected, deployed: Collected, names: ParameterNames): readonly Change[] {
  const keys = [...new Set([...folder.entries, ...deployed.entries].map(({ key }) => key))];
  return keys
    .map((key): Change => {
      const after = folder.entries.find((entry) => entry.key === key) ?? null;
      const before = deployed.entries.find((entry) => entry.key === key) ?? null;
      return { key, parameter: `${names.prefix}/${key}`, kind: kindOf(before, after), before, after };
    })
    .sort(byKey);
}

function kindOf(before: Entry | null, after: Entry | null): Change['kind'] {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  return before.text === after.text ? 'unchanged' : 'changed';
}
