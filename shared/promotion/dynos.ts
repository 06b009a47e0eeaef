// Looking whether dynos run where something soaks: only before a wave would be given something, and where none ran when
// it was last looked at. A call for each app.

import type { Decision } from '../domain/decision.ts';
import { choiceOf } from '../domain/difference.ts';
import { type Dynos, dynosSeen } from '../domain/dynos.ts';
import { type Facts, factsOf } from '../domain/facts.ts';
import { type AppRef, type Pipeline, type Step, steps } from '../domain/pipeline.ts';
import { HerokuError, type HerokuReads } from '../heroku/port.ts';
import type { Table } from '../table/port.ts';
import { stopsTheTick } from './observe.ts';

interface Ports {
  readonly heroku: Pick<HerokuReads, 'formation'>;
  readonly table: Pick<Table, 'writeDynos'>;
}

/** With what is on record of them. */
export function withDynos(apps: Facts['apps'], dynos: readonly Dynos[]): Facts['apps'] {
  const entries = Object.entries(apps).map(([id, facts]) => {
    const known = dynos.find(({ appId }) => appId === id);
    return [id, known === undefined ? facts : { ...facts, dynosSince: known.since }] as const;
  });
  return Object.fromEntries(entries);
}

/** Apps without a dyno, as it was last seen, on which something would soak. */
export function parkedSources(pipeline: Pipeline, facts: Facts, now: number): readonly AppRef[] {
  return sourcesOf(
    steps(pipeline).filter((step) => choiceOf(pipeline, step, facts, now).shown !== null),
  ).filter((app) => factsOf(facts, app).dynosSince === null);
}

/** Apps whose soak lets a wave be given something now. */
export function readySources(pipeline: Pipeline, { steps: decided }: Decision): readonly AppRef[] {
  const ready = decided.flatMap(({ to, state }) => (state === 'ready' ? [to] : []));
  return sourcesOf(steps(pipeline).filter(({ to }) => ready.includes(to.name)));
}

function sourcesOf(all: readonly Step[]): readonly AppRef[] {
  return all.filter(({ to }) => to.soakMs > 0).flatMap(({ from }) => from.apps);
}

/** The facts with what Heroku says of the apps' dynos now; the same facts where that is nothing new. */
export async function lookAtDynos(
  pipeline: Pipeline,
  apps: readonly AppRef[],
  facts: Facts,
  now: number,
  { heroku, table }: Ports,
): Promise<Facts> {
  const news: Record<string, Partial<Facts['apps'][string]>> = {};
  for (const { id } of apps) {
    const { dynosSince } = facts.apps[id] ?? {};
    try {
      const formation = await heroku.formation(id);
      const known = dynosSince === undefined ? undefined : { since: dynosSince };
      const seen = formation === null ? undefined : dynosSeen(id, known, formation);
      if (seen === undefined) continue;
      await table.writeDynos(pipeline.id, seen, now);
      news[id] = { dynosSince: seen.since };
    } catch (error) {
      if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
      news[id] = { dynosUnread: error.message };
    }
  }
  if (Object.keys(news).length === 0) return facts;
  const all = Object.entries(facts.apps).map(([id, one]) => [id, { ...one, ...news[id] }] as const);
  return { ...facts, apps: Object.fromEntries(all) };
}
