// What people took back: concluded from what apps ran, and recorded, since pasts are forgotten. Pure.

import { lacks } from './candidate.ts';
import { codeOf, type Facts, factsOf, nameOf, pastOn } from './facts.ts';
import { fullCommit, takenBackBy } from './past.ts';
import { type AppRef, type Pipeline, steps } from './pipeline.ts';
import { isRejecting, type Rejection } from './rejection.ts';

/**
 * Rejections of what could still move and was taken back on any app, that are not on record yet: one that somebody has
 * allowed again is.
 */
export function rollbacksSeen(pipeline: Pipeline, facts: Facts): readonly Rejection[] {
  const known = new Set((facts.rejections ?? []).map(({ id }) => id));
  const seen = new Map<string, Rejection>();
  for (const artifact of offeredArtifacts(pipeline, facts)) {
    const code = codeOf(facts, artifact);
    for (const app of appsOf(pipeline)) {
      const { history } = factsOf(facts, app);
      const by = takenBackBy(pastOn(facts, app), history.stays, code);
      if (by === undefined) continue;
      const id = `rollback#${app.id}#${by.releaseId}#${code}`;
      if (known.has(id) || seen.has(id)) continue;
      seen.set(id, {
        id,
        pipelineId: pipeline.id,
        artifact,
        commit: fullCommit(facts.commits[artifact]),
        why: 'rollback',
        actor: by.userEmail ?? 'somebody',
        reason: `${app.name} went back to ${'artifact' in by ? nameOf(facts, by.artifact) : 'code without a slug'}`,
        at: by.startAt,
        app,
        releaseId: by.releaseId,
        liftedAt: null,
        liftedBy: null,
      });
    }
  }
  return [...seen.values()];
}

/** Rejections by a rollback on an app that somebody has since given the very same code again. */
export function rollbacksUndone(pipeline: Pipeline, facts: Facts): readonly Rejection[] {
  return (facts.rejections ?? []).filter((rejection) => {
    if (rejection.why !== 'rollback' || !isRejecting(rejection)) return false;
    const app = appsOf(pipeline).find(({ id }) => id === rejection.app?.id);
    if (app === undefined) return false;
    const code = rejection.commit === null ? rejection.artifact : `commit:${rejection.commit}`;
    const past = pastOn(facts, app);
    const last = past.codes.lastIndexOf(code ?? '');
    const stay = factsOf(facts, app).history.stays[last];
    return stay !== undefined && stay.startAt > rejection.at && past.withdrawn[last] === false;
  });
}

function appsOf(pipeline: Pipeline): readonly AppRef[] {
  return pipeline.waves.flatMap((wave) => wave.apps);
}

/**
 * What a wave has run and the next one lacks. What was taken back there, too: that it was, the wave's past can forget before
 * it forgets the artifact.
 */
function offeredArtifacts(pipeline: Pipeline, facts: Facts): ReadonlySet<string> {
  const found = new Set<string>();
  for (const step of steps(pipeline)) {
    const waves = pipeline.waves.slice(0, step.index);
    for (const source of step.from.apps) {
      for (const { artifact } of factsOf(facts, source).history.stays) {
        if (found.has(artifact)) continue;
        if (step.to.apps.some((app) => lacks(facts, waves, app, artifact))) found.add(artifact);
      }
    }
  }
  return found;
}
