// Code by what people call it: a commit or the beginning of one, or the name of an artifact without a commit, among what
// is in play. Pure.

import type { ArtifactKey } from '../domain/artifact.ts';
import type { Rejection } from '../domain/rejection.ts';
import { type Account, shortName } from '../explain/account.ts';
import { OperationRefused } from './refused.ts';

export interface Code {
  /** Null where the commit says it all. */
  readonly artifact: ArtifactKey | null;
  /** The whole of it, in lower case; null for an artifact without one. */
  readonly commit: string | null;
  /** For people. */
  readonly name: string;
  /** False for a whole commit that nothing in play has. */
  readonly isInPlay: boolean;
}

interface Known {
  readonly artifact: ArtifactKey | null;
  readonly commit: string | null;
}

/** Everything that runs, ran or could move as far as the table tells. */
export function inPlay({ decision, open, commits, rejections }: Account): readonly Code[] {
  const all: Known[] = [
    ...(decision?.waves ?? []).flatMap((wave) =>
      wave.apps.flatMap(({ artifact, commit }) => (artifact === null ? [] : [{ artifact, commit }])),
    ),
    ...(decision?.steps ?? []).flatMap(({ candidate }) => candidate ?? []),
    ...open,
    ...Object.entries(commits).map(([artifact, commit]) => ({ artifact, commit })),
    ...rejections,
  ];
  return codesOf(all);
}

export function codesOf(all: readonly (Known | Rejection)[]): readonly Code[] {
  const codes = all.map(({ artifact, commit }): Code => {
    const full = commit?.toLowerCase() ?? null;
    return full === null
      ? {
          artifact,
          commit: null,
          name: shortName({ artifact: artifact ?? '', commit: null }),
          isInPlay: true,
        }
      : { artifact: null, commit: full, name: full.slice(0, 8), isInPlay: true };
  });
  return [...new Map(codes.map((code) => [code.commit ?? code.artifact, code])).values()];
}

const FULL = /^[0-9a-f]{40}$/;
/** Fewer letters of a commit than git itself would take. */
const LETTERS_MIN = 4;

/**
 * The one that is asked for among `known`. `takesUnknown`: a whole commit is taken though nothing has it.
 * @throws OperationRefused for none, and for more than one.
 */
export function findCode(
  pipeline: string,
  asked: string,
  known: readonly Code[],
  takesUnknown: boolean,
): Code {
  const text = asked
    .trim()
    .toLowerCase()
    .replace(/^(slug|oci-image)[\s:]+/, '$1:');
  const exact = known.filter(({ commit, artifact }) => commit === text || artifact?.toLowerCase() === text);
  const begins = (whole: string | null) =>
    text.length >= LETTERS_MIN && whole !== null && whole.toLowerCase().startsWith(text);
  const found =
    exact.length > 0 ? exact : known.filter(({ commit, artifact }) => begins(commit) || begins(artifact));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length === 0 && takesUnknown && FULL.test(text)) {
    return { artifact: null, commit: text, name: text.slice(0, 8), isInPlay: false };
  }
  const list = (codes: readonly Code[]) => codes.map(tellApart(known)).sort().join(', ');
  const what = `Commit ${JSON.stringify(asked)} of ${pipeline}`;
  if (found.length > 1) {
    throw new OperationRefused(
      'not-found',
      `${what}: found ${found.length}, expected one of them: ${list(found)}.`,
    );
  }
  if (text.length < LETTERS_MIN && known.some(({ commit }) => commit?.startsWith(text))) {
    throw new OperationRefused(
      'not-found',
      `${what}: found ${text.length} of its letters, expected at least ${LETTERS_MIN}, of one of ${list(known)}.`,
    );
  }
  const whole = takesUnknown ? ', or a whole commit of 40 letters and digits' : '';
  throw new OperationRefused(
    'nothing',
    known.length === 0
      ? `${what}: not found; there is none${whole === '' ? '' : ` in play: expected a whole commit of 40 letters and digits`}.`
      : `${what}: not found, expected one of ${list(known)}${whole}.`,
  );
}

/** Eight letters, as everything else shows a commit; the whole of it where two begin alike. */
function tellApart(known: readonly Code[]): (code: Code) => string {
  return ({ commit, artifact, name }) => {
    const isAlone = known.filter((one) => one.name === name).length === 1;
    return commit !== null && isAlone ? name : (commit ?? artifact ?? '');
  };
}
