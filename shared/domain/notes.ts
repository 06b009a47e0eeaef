// What is true of a pipeline's apps and blocks nothing by itself, but that a person would want to be told. Pure.

import { type Facts, factsOf } from './facts.ts';
import type { Pipeline } from './pipeline.ts';
import { instant, listOf } from './words.ts';

/** A sentence each; the same ones as long as nothing changes. */
export function notesOf(pipeline: Pipeline, facts: Facts): readonly string[] {
  const [head] = pipeline.waves;
  const onHead = (head?.apps ?? []).flatMap((app) => {
    const { failed = null, pending } = factsOf(facts, app);
    if (failed !== null) {
      const { version, createdAt } = failed;
      return [
        `${app.name}: release v${version} of ${instant(createdAt)} failed; what ran before still runs. See: heroku releases:output v${version} --app ${app.name}`,
      ];
    }
    if (pending !== null) {
      const { version, createdAt } = pending;
      return [
        `${app.name}: release v${version} of ${instant(createdAt)} has not ended: its release phase runs.`,
      ];
    }
    return [];
  });
  return [...onHead, ...stacksThatDiffer(pipeline, facts)];
}

/** A slug that was built for another stack may not run. */
function stacksThatDiffer(pipeline: Pipeline, facts: Facts): readonly string[] {
  const stacks = Map.groupBy(
    pipeline.waves.flatMap((wave) => wave.apps).filter((app) => factsOf(facts, app).stack != null),
    (app) => factsOf(facts, app).stack ?? '',
  );
  if (stacks.size < 2) return [];
  const words = [...stacks].map(([stack, apps]) => `${listOf(apps.map(({ name }) => name))} on ${stack}`);
  return [
    `The apps have different stacks: ${words.join('; ')}. What was built for one may not run on another.`,
  ];
}
