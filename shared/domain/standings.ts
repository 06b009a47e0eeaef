// What people put on apps: concluded once, and recorded, since pasts are forgotten. Pure.

import type { ArtifactKey } from './artifact.ts';
import { codeOf, type Facts, factsOf, pastOn, standingOf } from './facts.ts';
import { type HumanAct, humanActs, strangersOn } from './obstacles.ts';
import { type AppRef, type Pipeline, steps, type Wave } from './pipeline.ts';
import type { Standing } from './standing.ts';

/** What stands, or goes no further, by what the pasts tell now and is not on record yet. */
export function standingsSeen(pipeline: Pipeline, facts: Facts): readonly Standing[] {
  const seen = steps(pipeline).flatMap((step) => {
    const waves = pipeline.waves.slice(0, step.index);
    // On half a picture everything is a stranger.
    if (!isWhole(facts, [...waves, step.to])) return [];
    const upstream = waves.flatMap((wave) => wave.apps);
    const acts = humanActs(pipeline, step, facts);
    const isRollback = ({ app: { id } }: HumanAct) =>
      acts.some((act) => act.app.id === id && act.isRollback === true);
    return [...acts, ...strangersOn(step.to, step.from, facts)]
      .filter((act) => !isRollback(act) && !act.stay.artifact.startsWith('codeless:'))
      .filter(({ app, stay }) => standingOf(facts, app, stay.artifact) === undefined)
      .map(({ app, stay: { artifact } }): Standing => {
        const wasKnown = isKnown(facts, upstream, artifact);
        return { pipelineId: pipeline.id, appId: app.id, artifact, wasKnown };
      });
  });
  return [...new Map(seen.map((one) => [`${one.appId} ${one.artifact}`, one])).values()];
}

/** Those on record that can tell nothing more: of what the app has not run for as long as its past is told. */
export function standingsOver(pipeline: Pipeline, facts: Facts): readonly Standing[] {
  const apps = pipeline.waves.flatMap((wave) => wave.apps);
  return (facts.standings ?? []).filter(({ pipelineId, appId, artifact }) => {
    // What is on record of a pipeline that had the name before is not this one's to let go of.
    if (pipelineId !== pipeline.id) return false;
    const app = apps.find(({ id }) => id === appId);
    if (app === undefined || !isWhole(facts, [{ apps: [app] }])) return false;
    return factsOf(facts, app).history.stays.every((stay) => stay.artifact !== artifact);
  });
}

function isKnown(facts: Facts, upstream: readonly AppRef[], artifact: ArtifactKey): boolean {
  const code = codeOf(facts, artifact);
  return upstream.some((app) => pastOn(facts, app).rank.has(code));
}

/** True when what the apps run, and all that they are known to have run, could be read, with its commits. */
function isWhole({ apps, commits }: Facts, waves: readonly Pick<Wave, 'apps'>[]): boolean {
  return waves
    .flatMap((wave) => wave.apps)
    .every(({ id }) => {
      const its = apps[id];
      return (
        its?.unreadable === null && its.history.stays.every(({ artifact }) => commits[artifact] !== undefined)
      );
    });
}
