// The secrets there can be: what each is called, what it is for, and what a value of it looks like. Pure.

import { nearest } from '../shared/config/problem.ts';
import type { SecretName } from '../shared/parameters/names.ts';

interface WellKnown {
  readonly name: SecretName;
  readonly isRequired: boolean;
  readonly purpose: string;
}

/** Those that the functions look for, in the order of `sluice secrets list`. */
export const WELL_KNOWN: readonly WellKnown[] = [
  {
    name: 'heroku/token',
    isRequired: true,
    purpose: 'what Sluice promotes with: heroku authorizations:create -s write, of a machine user',
  },
  {
    name: 'heroku/read-token',
    isRequired: false,
    purpose: 'what the scan reads with, so that it holds no token that can write',
  },
  {
    name: 'github/token',
    isRequired: false,
    purpose: 'what asks GitHub which commit contains which: Contents, read, of the repositories',
  },
  { name: 'webhooks/github', isRequired: false, purpose: 'what GitHub signs its webhooks with' },
  { name: 'webhooks/circleci', isRequired: false, purpose: 'what CircleCI signs its webhooks with' },
  { name: 'webhooks/heroku', isRequired: false, purpose: 'what Heroku signs its webhooks with' },
];

const VENDORS = ['github', 'circleci', 'heroku'];

export const NAMES_EXPECTED = 'heroku/token, heroku/read-token, github/token or webhooks/<source>';

const TOKENS = ['heroku/token', 'heroku/read-token', 'github/token'];

type Kind = 'token' | 'webhook';

/** What kind of secret has the name; null for a name that nothing reads. */
export function kindOf(name: string): Kind | null {
  if (TOKENS.includes(name)) return 'token';
  // The path that its sender posts to has the same form.
  return /^webhooks\/[a-z0-9-]{1,64}$/.test(name) ? 'webhook' : null;
}

/** The name that was meant, undefined when none is near. A full parameter name ends with one. */
export function meant(asked: string): string | undefined {
  const names = WELL_KNOWN.map(({ name }): string => name);
  const end = asked.match(/[^/]+\/[^/]+$/)?.[0] ?? asked;
  if (end !== asked && kindOf(end) !== null) return end;
  return nearest(asked, names) ?? names.find((name) => name.endsWith(`/${asked}`));
}

/** Where the sender of a webhook secret posts to. Null for other secrets. */
export function postsTo(name: string): { readonly path: string; readonly near: string | undefined } | null {
  if (kindOf(name) !== 'webhook') return null;
  const source = name.slice('webhooks/'.length);
  if (VENDORS.includes(source)) return { path: `/${source}`, near: undefined };
  return { path: `/signals/${source}`, near: nearest(source, VENDORS) };
}

/** The longest value that SSM's standard tier keeps. */
const VALUE_MAX = 4096;

/**
 * The value as it is kept, or what is wrong with it, in words that repeat none of it. Blank lines at the end are
 * not part of it: an editor, `echo` or a paste put them there.
 */
export function checkedValue(
  name: string,
  input: string,
): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string } {
  const refused = (found: string, expected: string) => ({
    ok: false as const,
    why: `found ${found}, expected ${expected}`,
  });
  const value = input.replace(/(\r?\n[ \t]*)+$/, '').replaceAll('\r\n', '\n');
  const kind = kindOf(name);
  const lines = value.split('\n');
  if (value.trim() === '') return refused('nothing', 'the secret on standard input');
  if (value.length > VALUE_MAX) return refused(`${value.length} characters`, `at most ${VALUE_MAX}`);
  if (kind !== 'webhook' && lines.length > 1) return refused(`${lines.length} lines`, 'one');
  if (lines.length > 2) return refused(`${lines.length} lines`, 'one secret, or two that are both live');
  if (lines.some((line) => line.trim() === '')) return refused('an empty line', 'a secret on each line');
  if (lines.some((line) => line !== line.trim())) return refused('white space around it', 'the secret alone');
  if (lines.some((line) => /\p{Cc}|\ufffd/u.test(line))) {
    return refused('control characters, or bytes that are no UTF-8', 'printed characters');
  }
  if (kind !== 'webhook' && /\s/.test(value)) return refused('white space in it', 'one word');
  return { ok: true, value };
}
