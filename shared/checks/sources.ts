// Who may speak about what: the sources that a check believes, and the apps and names each may report. Pure.

import * as z from 'zod';
import type { Signal } from '../signals/signal.ts';
import { glob } from './glob.ts';

/** A source, with the apps and names it is believed about; none given: all. */
export interface Believed {
  readonly name: string;
  readonly apps?: readonly string[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/** Senders of CI results: what `ci` believes unless it is told whom to believe. */
export const CI_VENDORS: readonly Believed[] = [{ name: 'github' }, { name: 'circleci' }];

const EXPECTED = 'the name of a webhook, or { name, apps, names }';
const text = z.string({ error: EXPECTED }).min(1, { error: EXPECTED });
const texts = z
  .union([text, z.array(text).min(1)])
  .transform((written): readonly string[] => [written].flat());
const one = z.union(
  [
    text.transform((name): Believed => ({ name })),
    z.strictObject({ name: text, apps: texts.optional(), names: texts.optional() }),
  ],
  { error: EXPECTED },
);

export const sourceSchema = z
  .union([one, z.array(one).min(1)], { error: EXPECTED })
  .transform((written): readonly Believed[] => [written].flat());

/** `null` sources: anybody is believed. */
export function isBelieved(signal: Signal, sources: readonly Believed[] | null): boolean {
  if (sources === null) return true;
  return sources.some(
    ({ name, apps, names }) =>
      name === signal.source &&
      (apps === undefined || (signal.app !== null && apps.some((it) => glob(it, signal.app ?? '')))) &&
      (names === undefined || names.some((it) => glob(it, signal.name))),
  );
}
