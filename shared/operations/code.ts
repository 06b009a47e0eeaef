// Code by what people call it: a commit or the beginning of one, or the name of an artifact without a commit, among what
// is in play. Pure.

import type { ArtifactKey } from '../domain/artifact.ts';
import { fullCommit } from '../domain/past.ts';
import { type Account, shortName } from '../explain/account.ts';
import { OperationRefused } from './refused.ts';

export interface Code {
  /** Null where the commit says it all. */
  readonly artifact: ArtifactKey | null;
  /** The whole of it, in lower case; null for an artifact without one. */
  readonly commit: string | null;
  /** What Heroku shows in place of a commit, where that is no full one (`v1.2.3`): several artifacts may have the same. */
  readonly label: string | null;
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

export function codesOf(all: readonly Known[]): readonly Code[] {
  const codes = all.map(({ artifact, commit }): Code => {
    const full = fullCommit(commit);
    if (full !== null) {
      return { artifact: null, commit: full, label: null, name: full.slice(0, 8), isInPlay: true };
    }
    const name = shortName({ artifact: artifact ?? '', commit });
    return { artifact, commit: null, label: commit, name, isInPlay: true };
  });
  // Of one artifact, what tells most.
  const ordered = codes.toSorted((a, b) => Number(a.label !== null) - Number(b.label !== null));
  return [...new Map(ordered.map((code) => [code.commit ?? code.artifact, code])).values()];
}

/** Fewer letters of a commit than git itself would take. */
const LETTERS_MIN = 4;

/** `3f2a91bc`, `slug 9bb01a2c`, or, where builds share a commit, `3f2a91bc (slug 9bb01a2c)`: as artifacts are named. */
function wordsOf(asked: string): readonly [typed: string, build: string | null] {
  const text = asked.trim().toLowerCase();
  const asKey = (name: string) => name.replace(/^(slug|oci-image)[\s:]+/, '$1:');
  const [, commit, build] = /^(\S+) \(((?:slug|oci-image) \S+)\)$/.exec(text) ?? [];
  return commit === undefined || build === undefined ? [asKey(text), null] : [commit, asKey(build)];
}

function matching(text: string, known: readonly Code[]): readonly Code[] {
  const of = ({ commit, artifact, label }: Code) =>
    [commit, artifact, label].flatMap((name) => name?.toLowerCase() ?? []);
  const exact = known.filter((code) => of(code).includes(text));
  if (exact.length > 0 || text.length < LETTERS_MIN) return exact;
  return known.filter((code) => of(code).some((name) => name.startsWith(text)));
}

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
  const [typed, build] = wordsOf(asked);
  const ofBuild = build === null ? [] : matching(build, known);
  const found = ofBuild.length > 0 ? ofBuild : matching(typed, known);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length === 0 && takesUnknown && fullCommit(typed) !== null) {
    return { artifact: null, commit: typed, label: null, name: typed.slice(0, 8), isInPlay: false };
  }
  const list = (codes: readonly Code[]) => listed(codes, known);
  const what = `Commit ${JSON.stringify(asked)} of ${pipeline}`;
  if (found.length > 1) {
    throw new OperationRefused(
      'not-found',
      `${what}: found ${found.length}, expected one of them: ${list(found)}.`,
    );
  }
  if (typed.length < LETTERS_MIN && known.some(({ commit }) => commit?.startsWith(typed))) {
    throw new OperationRefused(
      'not-found',
      `${what}: found ${typed.length} of its letters, expected at least ${LETTERS_MIN}, of one of ${list(known)}.`,
    );
  }
  const whole = takesUnknown ? ', or a whole commit of 40 or 64 letters and digits' : '';
  throw new OperationRefused(
    'nothing',
    known.length === 0
      ? `${what}: not found; there is none${whole === '' ? '' : ` in play: expected a whole commit of 40 or 64 letters and digits`}.`
      : `${what}: not found, expected one of ${list(known)}${whole}.`,
  );
}

/** Codes as people can type them, where `known` are all that could be meant. */
export function listed(codes: readonly Code[], known = codes): string {
  return codes.map(tellApart(known)).sort().join(', ');
}

/** Whether any of them can be meant. */
export function isOneOf(asked: string, known: readonly Code[]): boolean {
  return wordsOf(asked).some((text) => text !== null && matching(text, known).length > 0);
}

/** Eight letters, as everything else shows a commit; the whole of it where two begin alike. */
function tellApart(known: readonly Code[]): (code: Code) => string {
  return ({ commit, artifact, name }) => {
    const isAlone = known.filter((one) => one.name === name).length === 1;
    return commit !== null && isAlone ? name : (commit ?? artifact ?? '');
  };
}
