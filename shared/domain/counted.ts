// How long an artifact's code stayed on an app, and since when that counts for a soak. Pure.

import type { ArtifactKey } from './artifact.ts';
import { codeOf, type Facts, factsOf, pastOn } from './facts.ts';
import type { AppRef, Step } from './pipeline.ts';
import type { Stay } from './stays.ts';

/**
 * The time that the code stayed on an app: a stay of the artifact, and what came after it of the same code in another.
 * Without a stay of its own (undefined), the newest of the same code that completed its soak, else the newest; undefined
 * again where it never ran, or was taken back.
 */
export function timeOf(
  { to }: Step,
  facts: Facts,
  app: AppRef,
  artifact: ArtifactKey,
  own: Stay | undefined,
  now: number,
): Pick<Stay, 'startAt' | 'endAt'> | undefined {
  const times = timesOf(facts, app, artifact);
  if (own !== undefined) return times.find(({ stay }) => stay === own) ?? own;
  return times.findLast((time) => (time.endAt ?? now) - time.startAt >= to.soakMs) ?? times.at(-1);
}

/** Every time that the code stayed on an app and was not taken back, oldest first, each with the stay that it begins with. */
function timesOf(
  facts: Facts,
  app: AppRef,
  artifact: ArtifactKey,
): readonly (Pick<Stay, 'startAt' | 'endAt'> & { readonly stay: Stay })[] {
  const code = codeOf(facts, artifact);
  const { stays } = factsOf(facts, app).history;
  const { codes, withdrawn } = pastOn(facts, app);
  return stays.flatMap((stay, first) => {
    if (codes[first] !== code || withdrawn[first]) return [];
    let { endAt } = stay;
    for (let at = first + 1; codes[at] === code && stays[at]?.startAt === endAt; at++)
      endAt = stays[at]?.endAt ?? null;
    return [{ stay, startAt: stay.startAt, endAt }];
  });
}

/** From its first slug on, where the same code came in several in a row. */
export function lastTimeOf(
  facts: Facts,
  app: AppRef,
  artifact: ArtifactKey,
): Pick<Stay, 'startAt' | 'endAt'> | undefined {
  const times = timesOf(facts, app, artifact);
  return times.find(({ endAt }) => endAt === times.at(-1)?.endAt);
}

/** True when it is over, or asked for nothing, and was all that the soak asks for: nothing else matters then. */
export function isLongEnough(
  { startAt, endAt }: Pick<Stay, 'startAt' | 'endAt'>,
  soakMs: number,
  dynosSince: number | null = Number.NEGATIVE_INFINITY,
): boolean {
  if (soakMs === 0) return true;
  return dynosSince !== null && endAt !== null && endAt - Math.max(startAt, dynosSince) >= soakMs;
}

/**
 * Since when the time on one app counts, epoch ms; null when it does not. `within`: since when the app has run the code
 * inside whatever it runs now. `dynosSince`: as the facts have it.
 */
export function countedSince(
  stay: Pick<Stay, 'startAt' | 'endAt'> | undefined,
  within: number | null,
  soakMs: number,
  dynosSince: number | null = Number.NEGATIVE_INFINITY,
): number | null {
  // Without a soak, having run there is enough, whatever came after it.
  if (soakMs === 0) return stay?.startAt ?? within;
  if (dynosSince === null) return null;
  const startAt = Math.max(stay?.startAt ?? 0, dynosSince);
  if (stay !== undefined && isLongEnough(stay, soakMs, dynosSince)) return startAt;
  if (within !== null) return Math.max(within, dynosSince);
  return stay?.endAt === null ? startAt : null;
}
