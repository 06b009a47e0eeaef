// What is true of a pipeline's apps and blocks nothing by itself, but that a person would want to be told. Pure.

import { type Facts, factsOf } from './facts.ts';
import type { AppRef, Pipeline } from './pipeline.ts';
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
  return [...onHead, ...(pipeline.notes ?? []), ...kindsThatDiffer(pipeline, facts)];
}

/** A slug that was built for another stack may not run, and one for another generation does not. */
function kindsThatDiffer(pipeline: Pipeline, facts: Facts): readonly string[] {
  const apps = pipeline.waves.flatMap((wave) => wave.apps);
  const stacks = differing(apps, (app) => factsOf(facts, app).stack);
  const generations = differing(apps, (app) => factsOf(facts, app).generation);
  return [
    ...(stacks === null
      ? []
      : [`The apps have different stacks: ${stacks}. What was built for one may not run on another.`]),
    ...(generations === null
      ? []
      : [
          `The apps are of different generations: ${generations}. What was built for one does not run on the other.`,
        ]),
  ];
}

/** `web-1 on heroku-22; web-2 on heroku-24`; null where all that is known is the same. */
function differing(apps: readonly AppRef[], of: (app: AppRef) => string | null | undefined): string | null {
  const kinds = Map.groupBy(
    apps.filter((app) => of(app) != null),
    (app) => of(app) ?? '',
  );
  if (kinds.size < 2) return null;
  return [...kinds].map(([kind, its]) => `${listOf(its.map(({ name }) => name))} on ${kind}`).join('; ');
}
