// A list of checks as written: `heroku-status`, or one name with its options, `ci: { context: build }`. Pure.

import * as z from 'zod';
import type { Check } from '../checks/check.ts';
import type { CheckConfig } from '../domain/pipeline.ts';
import { expectedOf, nearest, oneOf } from './problem.ts';

/** A check that is asked, or one that takes away those of its name that come from further out. */
export type CheckEntry = CheckConfig | { readonly name: string; readonly off: true };

/** Written in place of options: `heroku-status: off`. */
const OFF = 'off';

type Entry = z.ZodType<CheckEntry>;

/** The schema of a list of checks. Options are checked, and filled with their defaults, by the check's own schema. */
export function checkListSchema(checks: readonly Check[]) {
  const entry: Entry = z.unknown().transform((written, context): CheckEntry => {
    const refuse = (expected: string, path: PropertyKey[] = []) => {
      context.issues.push({ code: 'custom', message: expected, input: written, path });
      return z.NEVER;
    };
    const split = nameAndOptions(written);
    if (split === undefined) return refuse(notOneCheck(written));
    const { name, options } = split;
    const check = checks.find((c) => c.name === name);
    if (check === undefined || check.always) return refuse(noSuchCheck(name, checks));
    if (options === OFF) return { name, off: true };
    const parsed = check.schema.safeParse(options ?? {}, { error: expectedOf });
    if (parsed.success) return { name, options: parsed.data };
    const prefix = typeof written === 'string' ? [] : [name];
    for (const issue of parsed.error.issues) {
      // A copy of what the check's schema said, moved to where it stands in the whole; messages are kept.
      context.issues.push({
        ...issue,
        path: [...prefix, ...issue.path],
        input: options,
      } as z.core.$ZodRawIssue);
    }
    return z.NEVER;
  });
  return z.array(entry, { error: 'a list of checks' });
}

function nameAndOptions(written: unknown): { readonly name: string; readonly options: unknown } | undefined {
  if (typeof written === 'string') return { name: written, options: undefined };
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return undefined;
  const [only, ...others] = Object.entries(written);
  return only === undefined || others.length > 0 ? undefined : { name: only[0], options: only[1] };
}

function notOneCheck(written: unknown): string {
  const isWide = typeof written === 'object' && written !== null && Object.keys(written).length > 1;
  const hint = isWide ? '; options belong under the name, further indented than it' : '';
  return `the name of one check, or one name with its options${hint}`;
}

function noSuchCheck(name: string, checks: readonly Check[]): string {
  if (checks.some((check) => check.always && check.name === name)) {
    const how = name === 'soak' ? 'the key soak of the wave or the pipeline instead' : 'nothing';
    return `${how}: ${name} is asked before every wave without being listed`;
  }
  const names = checks.flatMap((check) => (check.always ? [] : [check.name]));
  const near = nearest(name, names);
  return near === undefined ? `a check: ${oneOf(names)}` : `the check ${near}`;
}

/**
 * The checks of an inner list on top of those of an outer one: the outer first, without those that the inner replaces
 * (same name, same argument) or takes away (`off`).
 */
export function layered(
  outer: readonly CheckConfig[],
  inner: readonly CheckEntry[],
  checks: readonly Check[],
): readonly CheckConfig[] {
  const argument = ({ name, options }: CheckConfig) =>
    checks.find((check) => check.name === name)?.argument?.(options) ?? null;
  const isReplaced = (config: CheckConfig) =>
    inner.some(
      (entry) => entry.name === config.name && ('off' in entry || argument(entry) === argument(config)),
    );
  const asked = inner.flatMap((entry) => ('off' in entry ? [] : [entry]));
  return [...outer.filter((config) => !isReplaced(config)), ...asked];
}
