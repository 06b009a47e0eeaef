// How long an app has run an artifact's code inside whatever it runs now: as GitHub says which commit contains which. The
// order of deployments tells it only where GitHub cannot be asked. Pure.

import { type Pair, pairOf, tells } from './ancestry.ts';
import type { ArtifactKey } from './artifact.ts';
import { codeOf, type Facts, factsOf, pastOn, running } from './facts.ts';
import { type Code, ranBefore } from './past.ts';
import type { AppRef, Step, Wave } from './pipeline.ts';

export interface Contained {
  /** Epoch ms; null when it does not now. What GitHub has not said does not count. */
  readonly since: number | null;
  /** The same, were all of it so that GitHub was to be asked and has not said: never later than `since`. */
  readonly supposed: number | null;
  /** What GitHub has not said of it, in the order of asking. */
  readonly untold: readonly Pair[];
}

export const NOWHERE: Contained = { since: null, supposed: null, untold: [] };

/** `isSo` undefined: GitHub can be asked, and has not said. `untold`: what it is to be asked. */
interface Said {
  readonly isSo: boolean | undefined;
  readonly untold: Pair | null;
}

const SAME: Said = { isSo: true, untold: null };

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
  let [since, supposed]: [number | null, number | null] = [null, null];
  let isTold = true;
  for (let index = stays.length - 1; index >= 0; index--) {
    const [stay, its, next] = [stays[index], codes[index] ?? '', codes[index + 1]];
    if (stay === undefined) break;
    const isWanted: boolean = supposed === null || supposed > now - step.to.soakMs;
    const within = isWithin(facts, step.from, code, its);
    if (isWanted && within.untold !== null) others.push(within.untold);
    if (within.isSo === false) break;
    // Something that cannot be compared ran in between.
    if (stay.endAt !== null && stay.endAt !== stays[index + 1]?.startAt) break;
    const link = next === undefined || next === its ? SAME : followedBy(facts, its, next);
    if (link.isSo === false) break;
    if (isWanted && link.untold !== null) links.push(link.untold);
    const isOpen = within.isSo === undefined || link.isSo === undefined;
    // What counts without it is enough, or would be: it is asked when that turns out otherwise.
    if (isOpen && !isWanted) break;
    if (isOpen) isTold = false;
    supposed = stay.startAt;
    if (isTold) since = stay.startAt;
    if (takesBack[index]) break;
  }
  // From one deployment to the next, most often, everything else follows.
  return { since, supposed, untold: [...links, ...others] };
}

/** What GitHub says; null where it cannot be asked, as no repository is known or one of the two is no full commit. */
export function saidBy({ ancestry }: Facts, earlier: Code, later: Code): Said | null {
  const pair = ancestry === undefined ? null : pairOf(earlier, later);
  if (ancestry === undefined || pair === null) return null;
  const isSo = tells(ancestry, pair);
  return { isSo, untold: isSo === undefined ? pair : null };
}

/** Whether what was deployed next contains what ran before it. It is taken to where GitHub cannot be asked. */
function followedBy(facts: Facts, its: Code, next: Code): Said {
  const said = saidBy(facts, its, next);
  if (said === null) return SAME;
  return said.isSo === undefined && facts.ancestry?.byOrder ? { ...said, isSo: true } : said;
}

/**
 * Whether the later code contains everything of the earlier: as GitHub says, and by the order of deployments to the apps
 * of the wave where it cannot be asked. GitHub is not wanted where that order knows the later as the older: it does not.
 */
function isWithin(facts: Facts, wave: Wave, earlier: Code, later: Code): Said {
  if (earlier === later) return SAME;
  const said = saidBy(facts, earlier, later);
  if (said?.isSo !== undefined) return said;
  const pasts = wave.apps.map((app) => pastOn(facts, app));
  const isBefore = pasts.some((past) => ranBefore(past, earlier, later));
  const isAfter = pasts.some((past) => ranBefore(past, later, earlier));
  if (isAfter && !isBefore) return { isSo: false, untold: null };
  const byOrder = isBefore && !isAfter;
  if (said === null) return { isSo: byOrder, untold: null };
  return { isSo: facts.ancestry?.byOrder ? byOrder : undefined, untold: said.untold };
}
