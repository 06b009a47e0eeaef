// What cannot be known of a step, by the facts alone. Pure.

import { type Facts, factsOf, uncomparedOn } from './facts.ts';
import type { Pipeline, Step, Wave } from './pipeline.ts';
import { unknown, type Verdict } from './verdict.ts';
import { listOf } from './words.ts';

/** What cannot be known of the step, whatever would move: nothing is decided on half a picture. */
export function unknownsOf(pipeline: Pipeline, step: Step, facts: Facts): readonly Verdict[] {
  const waves = pipeline.waves.slice(0, step.index);
  return [
    ...uncomparedSource(step, facts),
    ...unreadableOn([...waves, step.to], facts),
    ...unreadPasts([...waves, step.to], facts),
  ];
}

function unreadPasts(waves: readonly Wave[], facts: Facts): readonly Verdict[] {
  const apps = (facts.unreadPasts ?? []).filter(({ id }) =>
    waves.some((wave) => wave.apps.some((app) => app.id === id)),
  );
  if (apps.length === 0) return [];
  return [
    unknown({
      check: 'facts',
      about: 'world',
      reason: `Of what ${listOf(apps.map(({ name }) => name))} ran lately, the commits could not be read, so whether somebody took something back cannot be told.`,
      evidence: { apps: apps.map(({ name }) => name) },
    }),
  ];
}

/** A wave on which code runs that cannot be compared offers nothing: what is newer there, nobody can tell. */
function uncomparedSource(step: Step, facts: Facts): readonly Verdict[] {
  const found = step.from.apps.flatMap((app) => {
    const codeless = uncomparedOn(facts, app);
    return codeless === null ? [] : [{ app, codeless }];
  });
  if (found.length === 0) return [];
  const words = found.map(({ app, codeless }) => `${app.name} runs v${codeless.version}`);
  return [
    unknown({
      check: 'code',
      about: 'source',
      reason: `${listOf(words)}, which has no slug to compare or to promote (a container image?), so ${step.from.name} offers nothing.`,
      since: Math.min(...found.map(({ codeless }) => codeless.startAt)),
      unblock: `deploy to ${step.from.name} from a commit; Heroku promotes no container images`,
      onEvent: true,
      evidence: { releases: found.map(({ app, codeless }) => [app.name, codeless.releaseId]) },
    }),
  ];
}

/**
 * What could not be read of these waves: the one that would be given something, and all before it, whose pasts tell what
 * is older and what came by the pipeline. Nothing is decided on half a picture.
 */
function unreadableOn(waves: readonly Wave[], facts: Facts): readonly Verdict[] {
  const apps = waves.flatMap((wave) => wave.apps);
  const unreadable = apps.flatMap((app) => {
    const { unreadable: why } = factsOf(facts, app);
    return why === null ? [] : [{ app, why }];
  });
  const [first] = unreadable;
  if (first === undefined) return [];
  return [
    unknown({
      check: 'facts',
      about: 'world',
      // Heroku's words hold the id of the request.
      key: `unreadable ${unreadable.map(({ app }) => app.id).join()}`,
      reason: `What ${listOf(unreadable.map(({ app }) => app.name))} ${unreadable.length === 1 ? 'runs' : 'run'} could not be read: ${first.why}`,
      evidence: { apps: unreadable.map(({ app }) => app.name) },
    }),
  ];
}
