// Which pipelines a tick wakes, and why. Pure.

import type { Pipeline } from '../domain/pipeline.ts';
import type { DueReason, PipelineDue } from '../events.ts';
import type { HerokuApp } from '../heroku/port.ts';
import type { PipelineView } from '../table/port.ts';

export interface DueInput {
  readonly pipeline: Pipeline;
  readonly view: PipelineView | null;
  readonly configDigest: string;
  readonly apps: PipelineDue['apps'];
  readonly now: number;
  /** Its turn in the rolling sweep. */
  readonly isTurn: boolean;
}

/** Every reason to wake the pipeline; none: it may rest. */
export function reasonsFor(input: DueInput): readonly DueReason[] {
  const { view, now } = input;
  if (view === null || view.configDigest !== input.configDigest) return ['configuration'];
  const moved = input.pipeline.waves
    .flatMap((wave) => wave.apps)
    .some((app) => (input.apps[app.id]?.releasedAt ?? null) !== (view.releasedAt[app.id] ?? null));
  const reasons: readonly [DueReason, boolean][] = [
    ['attempt', view.openAttempts > 0],
    ['time', view.wakeAt !== null && view.wakeAt <= now],
    ['release', moved],
    ['asked', wasAsked(view)],
    ['sweep', input.isTurn],
  ];
  return reasons.flatMap(([reason, holds]) => (holds ? [reason] : []));
}

/**
 * Since when the pipeline has been due, epoch ms, by what every run that finishes takes away: the time the last run asked
 * for, somebody's word, a release. Null: by none of these, which a tick's other reasons do not rule out.
 */
export function dueSince(view: PipelineView, apps: PipelineDue['apps'], now: number): number | null {
  const released = Object.entries(apps).flatMap(([id, { releasedAt }]) =>
    releasedAt === (view.releasedAt[id] ?? null) ? [] : [releasedAt],
  );
  const asked = wasAsked(view) ? view.wokenAt : null;
  const past = [view.wakeAt, asked, ...released].filter((at) => at !== null).filter((at) => at <= now);
  return past.length === 0 ? null : Math.min(...past);
}

/**
 * What the list of apps says about the pipeline's apps. `apps`: the whole list, by id; `unread`: why what Heroku lists of
 * an app cannot be read.
 */
export function dueApps(
  pipeline: Pipeline,
  apps: ReadonlyMap<string, HerokuApp>,
  unread: Readonly<Record<string, string>> = {},
): PipelineDue['apps'] {
  const its = pipeline.waves.flatMap((wave) => wave.apps);
  return Object.fromEntries(
    its.flatMap(({ id }) => {
      const [app, why] = [apps.get(id), unread[id]];
      if (app === undefined && why === undefined) return [];
      const { maintenance = null, releasedAt = null, stack = null, generation = null } = app ?? {};
      const told = {
        ...{ maintenance, releasedAt },
        ...(stack !== null && { stack }),
        ...(generation !== null && { generation }),
      };
      return [[id, { ...told, ...(why !== undefined && { unread: why }) }]];
    }),
  );
}

/** Somebody has asked for a look of which no finished run was told. Two clocks are never compared. */
export function wasAsked({ wokenAt, heardAt = null }: PipelineView): boolean {
  return wokenAt !== null && wokenAt !== heardAt;
}
