// The file that keeps a deploy's context values in the checkout and out of the repository: what is committed there stands in
// the way of the next `git pull`. Pure.

import { shown } from '../shared/config/problem.ts';
import { CONTEXT_KEYS, type ContextKey, didYouMean } from './context.ts';

export const CONTEXT_FILE = 'sluice.context.json';

type Values = Readonly<Partial<Record<ContextKey, unknown>>>;

/**
 * `text`: null when there is no such file.
 * @throws Error that names the file, what was found and what is expected.
 */
export function readContextFile(text: string | null): Values {
  if (text === null) return {};
  const values = parsed(text);
  const unknown = Object.keys(values).find((name) => !CONTEXT_KEYS.includes(name as ContextKey));
  if (unknown === undefined) return values;
  const hint = didYouMean(unknown) ?? `; expected some of ${CONTEXT_KEYS.join(', ')}`;
  throw new Error(`${CONTEXT_FILE}: ${unknown}: no such context value${hint}`);
}

const EXAMPLE = '{ "alarmEmail": "oncall@example.com", "logRetentionDays": 30 }';

function parsed(text: string): Values {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${CONTEXT_FILE}: found no JSON (${why}), expected values by name: ${EXAMPLE}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
  throw new Error(`${CONTEXT_FILE}: found ${shown(value)}, expected values by name: ${EXAMPLE}`);
}
