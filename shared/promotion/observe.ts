// Observing: what runs where, in one call for the whole pipeline, and more only where an app's past has to be read.

import type { ArtifactKey } from '../domain/artifact.ts';
import type { AppFacts } from '../domain/facts.ts';
import type { AppRef, Pipeline } from '../domain/pipeline.ts';
import { type Codeless, type History, historyOf, observe, type ReleaseFact } from '../domain/stays.ts';
import type { PipelineDue } from '../events.ts';
import { HerokuError, type HerokuReads, type OddRow, type Release } from '../heroku/port.ts';

/** How many releases are read of an app whose past is not known: one call, and months for most apps. */
const RELEASES_READ = 200;

const HAS_LEFT = 'it is no longer an app of the Heroku pipeline.';

const NO_HISTORY: History = { through: 0, isSettled: false, stays: [], codeless: null, complete: false };

/** True for the errors after which no other call would fare better: the token or the rate limit. */
export function stopsTheTick(error: unknown): error is HerokuError {
  return error instanceof HerokuError && (error.code === 'unauthorized' || error.code === 'rate-limited');
}

/**
 * The facts of every app of every wave, by app id. `known` are the cached histories; `changed` in the answer are those
 * to cache anew.
 * @throws HerokuError when the pipeline's newest releases cannot be read, or the token or the rate limit stops the tick.
 */
export async function observeApps(
  pipeline: Pipeline,
  told: PipelineDue['apps'],
  known: Readonly<Record<string, History>>,
  heroku: HerokuReads,
): Promise<{
  readonly apps: Readonly<Record<string, AppFacts>>;
  readonly changed: Readonly<Record<string, History>>;
}> {
  const oddRows: OddRow[] = [];
  const listed = await heroku.latestReleases(pipeline.id, undefined, (row) => oddRows.push(row));
  const newest = new Map(listed.map((r) => [r.appId, r]));
  const apps: Record<string, AppFacts> = {};
  const changed: Record<string, History> = {};
  for (const app of pipeline.waves.flatMap((wave) => wave.apps)) {
    const before = known[app.id] ?? null;
    const last = newest.get(app.id) ?? null;
    const oddRow = oddRows.find((row) => isAbout(row, app));
    const seen =
      oddRow === undefined
        ? await observeApp(app, before, last, heroku)
        : { app, history: before ?? NO_HISTORY, pending: null, unreadable: `${oddRow.why}.` };
    // Heroku lists the newest release of every app of the pipeline: one that has releases and is not there has left.
    // Nothing is sent to its wave, as Heroku would refuse it for the others too, until the next reading of the apps.
    const hasLeft = seen.unreadable === null && !newest.has(app.id) && seen.history.through > 0;
    const nameless = oddRows.find(({ appId, appName }) => appId === null && appName === null);
    const { maintenance = null, stack = null, generation = null, unread = null } = told[app.id] ?? {};
    const odd = hasLeft ? nameless?.why : unread;
    const why = odd == null ? (hasLeft ? HAS_LEFT : null) : `${odd}.`;
    const facts = { ...seen, unreadable: seen.unreadable ?? why };
    apps[app.id] = {
      ...facts,
      maintenance,
      stack,
      generation,
      uncompared: uncomparedOf(facts.history, stack),
      failed: last?.status === 'failed' ? last : null,
    };
    const isNews = JSON.stringify(facts.history) !== JSON.stringify(before);
    if (isNews && facts.unreadable === null) changed[app.id] = facts.history;
  }
  return { apps, changed };
}

/** True when the odd row is about the app, as far as it tells. */
export function isAbout({ appId, appName }: OddRow, app: AppRef): boolean {
  return appId === null ? appName === app.name : appId === app.id;
}

/** Heroku's name of the stack of apps that run container images. */
const CONTAINER_STACK = 'container';

/**
 * A release without a slug is of code that cannot be compared, but for an app to which nothing was ever deployed: those
 * begin with such releases, and have a stack of Heroku's own.
 */
function uncomparedOf({ codeless, stays, complete }: History, stack: string | null): Codeless | null {
  const isEmpty = stays.length === 0 && complete && stack !== null && stack !== CONTAINER_STACK;
  return isEmpty ? null : codeless;
}

async function observeApp(
  app: AppRef,
  known: History | null,
  newest: Release | null,
  heroku: HerokuReads,
): Promise<Omit<AppFacts, 'maintenance'>> {
  const seen = observe(known, newest);
  if (seen.kind === 'known') {
    return { app, history: seen.history, pending: seen.pending, unreadable: null };
  }
  try {
    const { releases, complete } = await heroku.releases(app.id, RELEASES_READ);
    const { history, pending } = historyOf(releases, complete);
    return { app, history, pending, unreadable: null };
  } catch (error) {
    if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
    return { app, history: known ?? NO_HISTORY, pending: null, unreadable: error.message };
  }
}

/** The newest releases of the apps, for an attempt whose promotion id was never learnt; unreadable apps are left out. */
export async function readReleases(
  apps: readonly AppRef[],
  heroku: HerokuReads,
): Promise<Readonly<Record<string, readonly ReleaseFact[]>>> {
  const found: Record<string, readonly ReleaseFact[]> = {};
  for (const app of apps) {
    try {
      found[app.id] = (await heroku.releases(app.id, RELEASES_READ)).releases;
    } catch (error) {
      if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
    }
  }
  return found;
}

/** How many commits are read at a time: on a first look there can be a few hundred. */
const COMMITS_AT_ONCE = 5;

export interface ReadCommits {
  readonly commits: Readonly<Record<ArtifactKey, string | null>>;
  /** What stopped the reading, once everything read by then is kept; null: nothing did. */
  readonly stoppedBy: HerokuError | null;
}

/**
 * The commits of the artifacts, from the cache or from Heroku. One that cannot be read now is left out, and asked for
 * again next time; one that Heroku does not have is null.
 */
export async function readCommits(
  wanted: ReadonlyMap<ArtifactKey, AppRef>,
  known: Readonly<Record<ArtifactKey, string | null>>,
  heroku: HerokuReads,
): Promise<ReadCommits> {
  const found = new Map<ArtifactKey, string | null>();
  let stoppedBy: HerokuError | null = null;
  const missing = [...wanted].filter(([key]) => known[key] === undefined);
  const readOne = async ([key, app]: readonly [ArtifactKey, AppRef]): Promise<void> => {
    try {
      const [type, id] = key.split(/:(.*)/s) as ['slug' | 'oci-image', string];
      found.set(key, await heroku.commit(app.id, { type, id }));
    } catch (error) {
      if (stopsTheTick(error)) stoppedBy = error;
      else if (!(error instanceof HerokuError)) throw error;
      else if (error.code === 'not-found') found.set(key, null);
    }
  };
  for (let next = 0; next < missing.length && stoppedBy === null; next += COMMITS_AT_ONCE) {
    await Promise.all(missing.slice(next, next + COMMITS_AT_ONCE).map(readOne));
  }
  const commits: Record<ArtifactKey, string | null> = {};
  for (const key of wanted.keys()) {
    const commit = known[key] ?? found.get(key);
    if (commit !== undefined) commits[key] = commit;
    else if (known[key] === null) commits[key] = null;
  }
  return { commits, stoppedBy };
}
