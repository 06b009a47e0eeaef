// How long an app has run an artifact's code inside whatever it runs now: as GitHub says which commit contains which, and
// by the order of deployments for what it has not said. Pure.

import { type Pair, pairOf, tells } from './ancestry.ts';
import type { ArtifactKey } from './artifact.ts';
import { codeOf, type Facts, factsOf, pastOn, running } from './facts.ts';
import { type Code, ranBefore } from './past.ts';
import type { AppRef, Step, Wave } from './pipeline.ts';

export interface Contained {
  /** Epoch ms; null when it does not now. */
  readonly since: number | null;
  /** What GitHub has not said of it, in the order of asking. */
  readonly untold: readonly Pair[];
}

export const NOWHERE: Contained = { since: null, untold: [] };

/**
 * Since when an app has run the artifact's code without a break, as itself or inside later code that contains it. Time
 * before something was taken back on the app does not count: by going back to older code, or by code that does not
 * contain what ran before it. What came before the time that the soak asks for is not wanted of GitHub.
 */
export function contained(
  step: Step,
  facts: Facts,
  app: AppRef,
  artifact: ArtifactKey,
  now: number,
): Contained {
  if (running(facts, app) === undefined) return NOWHERE;
  const { stays } = factsOf(facts, app).history;
  const { codes, takesBack } = pastOn(facts, app);
  const code = codeOf(facts, artifact);
  const [links, others]: [Pair[], Pair[]] = [[], []];
  let since: number | null = null;
  for (let index = stays.length - 1; index >= 0; index--) {
    const [stay, its, next] = [stays[index], codes[index] ?? '', codes[index + 1]];
    if (stay === undefined) break;
    const isWanted: boolean = since === null || since > now - step.to.soakMs;
    const within = isWithin(facts, step.from, code, its);
    if (isWanted && within.untold !== null) others.push(within.untold);
    if (!within.isSo) break;
    // Something that cannot be compared ran in between.
    if (stay.endAt !== null && stay.endAt !== stays[index + 1]?.startAt) break;
    if (next !== undefined && next !== its) {
      const link = saidBy(facts, its, next);
      if (link.isSo === false) break;
      if (isWanted && link.untold !== null) links.push(link.untold);
    }
    since = stay.startAt;
    if (takesBack[index]) break;
  }
  // From one deployment to the next, most often, everything else follows.
  return { since, untold: [...links, ...others] };
}

/** What GitHub says; undefined with the pair that it has not said, which is null where nobody can ask. */
function saidBy(
  { ancestry }: Facts,
  earlier: Code,
  later: Code,
): { readonly isSo: boolean | undefined; readonly untold: Pair | null } {
  const pair = ancestry === undefined ? null : pairOf(earlier, later);
  if (ancestry === undefined || pair === null) return { isSo: undefined, untold: null };
  const isSo = tells(ancestry, pair);
  return { isSo, untold: isSo === undefined ? pair : null };
}

/**
 * True when the later code contains everything of the earlier: as GitHub says, else by the order of deployments to the
 * apps of the wave. GitHub is not wanted where that order knows the later as the older.
 */
function isWithin(
  facts: Facts,
  wave: Wave,
  earlier: Code,
  later: Code,
): { readonly isSo: boolean; readonly untold: Pair | null } {
  if (earlier === later) return { isSo: true, untold: null };
  const { isSo, untold } = saidBy(facts, earlier, later);
  if (isSo !== undefined) return { isSo, untold };
  const pasts = wave.apps.map((app) => pastOn(facts, app));
  const isBefore = pasts.some((past) => ranBefore(past, earlier, later));
  const isAfter = pasts.some((past) => ranBefore(past, later, earlier));
  return { isSo: isBefore && !isAfter, untold: isBefore || !isAfter ? untold : null };
}
