// The facts of a run, with the commits of what runs and ran: read from Heroku where they are not known, and kept. Touches
// the table's commits and Heroku's slugs.

import type { ArtifactKey } from '../domain/artifact.ts';
import { type Ledger, ownBrought } from '../domain/attempt.ts';
import { choiceOf } from '../domain/difference.ts';
import { type Facts, factsOf, running } from '../domain/facts.ts';
import { type AppRef, type Pipeline, steps } from '../domain/pipeline.ts';
import type { PipelineRows } from '../table/port.ts';
import { withDynos } from './dynos.ts';
import { readCommits } from './observe.ts';
import type { PromotionPorts } from './ports.ts';

/** @throws HerokuError when the calls ran out in between; what was read is kept. */
export async function withCommits(
  pipeline: Pipeline,
  apps: Facts['apps'],
  rows: PipelineRows,
  ledger: Ledger,
  now: number,
  ports: PromotionPorts,
): Promise<Facts> {
  const { holds, rejections, standings } = rows;
  const known = withDynos(apps, rows.dynos);
  const facts: Facts = { apps: known, ledger, holds, commits: {}, rejections, standings };
  const wanted = artifactsInPlay(pipeline, facts, now);
  const { commits, stoppedBy } = await readCommits(wanted.all, rows.commits, ports.heroku);
  // Kept before anything else: what was read is not read again, also where the calls ran out in between.
  const kept = { ...stillInPasts(rows.commits, facts), ...commits };
  if (JSON.stringify(kept) !== JSON.stringify(rows.commits)) {
    await ports.table.writeCommits(pipeline.id, kept);
  }
  if (stoppedBy !== null) throw stoppedBy;
  const unreadPasts = wanted.pasts.flatMap(({ app, artifacts }) =>
    artifacts.some((artifact) => commits[artifact] === undefined) ? [app] : [],
  );
  return { ...facts, commits, ...(unreadPasts.length > 0 && { unreadPasts }) };
}

/** What is known of pasts is kept while nothing could move, too: the next merge would have all of it read again. */
function stillInPasts(
  known: PipelineRows['commits'],
  { apps }: Pick<Facts, 'apps'>,
): PipelineRows['commits'] {
  const past = new Set(
    Object.values(apps).flatMap(({ history }) => history.stays.map(({ artifact }) => artifact)),
  );
  return Object.fromEntries(Object.entries(known).filter(([artifact]) => past.has(artifact)));
}

/**
 * What runs anywhere, and, where something could move or somebody may have put something, all that is known to have run:
 * two builds of one commit are the same code. Each with an app that runs or ran it.
 */
function artifactsInPlay(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
): {
  readonly all: ReadonlyMap<ArtifactKey, AppRef>;
  readonly pasts: readonly { readonly app: AppRef; readonly artifacts: readonly ArtifactKey[] }[];
} {
  const all = new Map<ArtifactKey, AppRef>();
  const apps = pipeline.waves.flatMap((wave) => wave.apps);
  for (const app of apps) {
    const stay = running(facts, app);
    if (stay !== undefined && !all.has(stay.artifact)) all.set(stay.artifact, app);
  }
  const mayMove = steps(pipeline).some((step) => choiceOf(pipeline, step, facts, now).shown !== null);
  if (!mayMove && !apps.some((app) => isPutThere(facts, app))) return { all, pasts: [] };
  const pasts = apps.map((app) => {
    const { stays } = factsOf(facts, app).history;
    return { app, artifacts: [...new Set(stays.map(({ artifact }) => artifact))] };
  });
  for (const { app, artifacts } of pasts) {
    for (const artifact of artifacts) if (!all.has(artifact)) all.set(artifact, app);
  }
  return { all, pasts };
}

/** True when the app runs something else than what was brought to it: whether it stands, its past tells. */
function isPutThere(facts: Facts, app: AppRef): boolean {
  const stay = running(facts, app);
  const brought = ownBrought(facts.ledger, app.id);
  return (
    stay !== undefined && brought.length > 0 && brought.every(({ artifact }) => artifact !== stay.artifact)
  );
}
