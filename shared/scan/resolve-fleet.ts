// Resolving the names that the configuration gives to Heroku's ids, with as few calls as can be: what was read is kept
// as map entries and read again when a name is not found, and in turns otherwise.

import { masked } from '../config/masked.ts';
import { shown } from '../config/problem.ts';
import { shortened, WHY_MAX } from '../domain/words.ts';
import { type HerokuApp, HerokuError, type HerokuReads, type OddRow } from '../heroku/port.ts';
import { stopsTheTick } from '../promotion/observe.ts';
import type { MapEntry } from '../table/port.ts';

export type Resolved =
  | { readonly ok: true; readonly entry: Omit<MapEntry, 'triedDigest'> }
  | {
      readonly ok: false;
      readonly problem: string;
      /** True when Heroku could not tell this time; else the configuration is at fault. */
      readonly isUnread: boolean;
      /** True when Heroku has no pipeline of that name, or more than one. */
      readonly isGone?: boolean;
    };

/**
 * Reads a pipeline's id, apps and stages from Heroku: two calls, three when some of its apps are not in the list of
 * apps (an app of a team that the token's user has not joined is not).
 * @throws HerokuError only for what stops the tick; anything else is the pipeline's own problem, in words.
 */
export async function readPipeline(
  nameOrId: string,
  apps: readonly HerokuApp[],
  heroku: HerokuReads,
  now: number,
  signal?: AbortSignal,
): Promise<Resolved> {
  try {
    const found = await heroku.pipelines(nameOrId, signal);
    const [pipeline] = found;
    if (pipeline === undefined) {
      return {
        ok: false,
        isUnread: false,
        isGone: true,
        problem: `found ${shown(nameOrId)}, expected the name or uuid of a Heroku pipeline that the token can see (heroku pipelines)`,
      };
    }
    if (found.length > 1) {
      const ids = found.map((p) => p.id).join(', ');
      return {
        ok: false,
        isUnread: false,
        isGone: true,
        problem: `found ${shown(nameOrId)}, expected one Heroku pipeline: ${found.length} have that name; give the uuid instead (${ids})`,
      };
    }
    const odd: OddRow[] = [];
    const couplings = await heroku.couplings(pipeline.id, signal, (row) => odd.push(row));
    const nameless = odd.find(({ appId }) => appId === null);
    if (nameless !== undefined)
      return { ok: false, isUnread: true, problem: unreadProblem(nameless.why, nameOrId) };
    const names = new Map(apps.map((app) => [app.id, app.name]));
    const coupled = [...couplings, ...odd].map(({ appId }) => appId);
    if (coupled.some((appId) => appId !== null && !names.has(appId))) {
      for (const release of await heroku.latestReleases(pipeline.id, signal, () => undefined)) {
        if (release.appName !== null) names.set(release.appId, release.appName);
      }
    }
    return {
      ok: true,
      entry: {
        key: nameOrId,
        readAt: now,
        id: pipeline.id,
        name: pipeline.name,
        apps: [
          ...couplings.map(({ appId, stage }) => ({ id: appId, stage, name: names.get(appId) ?? null })),
          ...odd.flatMap(({ appId, why }) =>
            appId === null
              ? []
              : [
                  {
                    id: appId,
                    stage: UNREAD,
                    name: names.get(appId) ?? null,
                    unread: shortened(why, WHY_MAX),
                  },
                ],
          ),
        ],
      },
    };
  } catch (error) {
    if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
    const isUnread = error.code === 'unavailable';
    return { ok: false, isUnread, problem: unreadProblem(error.message, nameOrId) };
  }
}

/** The stage of an app whose coupling cannot be read. */
const UNREAD = 'unread';

function unreadProblem(why: string, nameOrId: string): string {
  const isIn = encodeURIComponent(nameOrId.toWellFormed());
  return `could not be read from Heroku: ${why.replaceAll(isIn, () => masked(isIn))}`;
}
