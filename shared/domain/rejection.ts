// An artifact that must go no further, with who said so and why. Pure.

import type { ArtifactKey } from './artifact.ts';
import type { AppRef } from './pipeline.ts';

export interface Rejection {
  /** A ULID for a person's word; for a rollback, made of what was seen, so that it is written once. */
  readonly id: string;
  readonly pipelineId: string;
  /** What was rejected: this artifact, or every artifact of this commit; at least one is known. */
  readonly artifact: ArtifactKey | null;
  /** The full commit, in lower case. */
  readonly commit: string | null;
  /** `rollback`: a run saw an app go back to older code. */
  readonly why: 'person' | 'rollback';
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
  /** The app that went back, and the release with which it did; null for a person's word. */
  readonly app: AppRef | null;
  readonly releaseId: string | null;
  /** Null: it still counts. One of a rollback stays on record when it is lifted, as the next run would conclude it anew. */
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
  readonly liftReason?: string;
}

export function isRejecting(rejection: Rejection): boolean {
  return rejection.liftedAt === null;
}

/**
 * True when it is about this artifact, or about its code: another artifact of the same commit, also where one of the two
 * is known by the beginning of its SHA only. That names no single commit, but what may be rejected goes no further.
 */
export function isAbout(
  rejection: Pick<Rejection, 'artifact' | 'commit'>,
  of: { readonly artifact: ArtifactKey; readonly commit: string | null | undefined },
): boolean {
  if (rejection.artifact === of.artifact) return true;
  const [a, b] = [rejection.commit?.toLowerCase(), of.commit?.toLowerCase()];
  if (!a || !b) return false;
  return a === b || beginsAs(a, b) || beginsAs(b, a);
}

/** As git shortens a SHA; fewer digits are some other text. */
const SHORT_SHA = /^[0-9a-f]{7,63}$/;

function beginsAs(short: string, whole: string): boolean {
  return SHORT_SHA.test(short) && SHORT_SHA.test(whole.slice(0, 63)) && whole.startsWith(short);
}

/** The rejections that count for an artifact, oldest first. */
export function rejectionsOf(
  rejections: readonly Rejection[],
  of: { readonly artifact: ArtifactKey; readonly commit: string | null | undefined },
): readonly Rejection[] {
  return rejections
    .filter((one) => isRejecting(one) && isAbout(one, of))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** Lifts the rejections of this artifact and nothing else. `name`: as `nameOf` gives it. */
export function allowCommand(pipeline: string, name: string): string {
  return `sluice allow ${pipeline} ${name.includes(' ') ? `"${name}"` : name} --reason "…"`;
}
