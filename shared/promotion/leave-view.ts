// What a run leaves behind for the next ticks of `scan`: when to look again, and what has lasted too long. A cache,
// written only where it differs.

import type { ArtifactKey } from '../domain/artifact.ts';
import type { Ledger } from '../domain/attempt.ts';
import { behindSince } from '../domain/behind.ts';
import type { Decision } from '../domain/decision.ts';
import type { Difference } from '../domain/difference.ts';
import type { Facts } from '../domain/facts.ts';
import { shortened, WHY_MAX } from '../domain/words.ts';
import type { PipelineDue } from '../events.ts';
import type { PipelineView, Table } from '../table/port.ts';

type View = Omit<PipelineView, 'wokenAt'>;

export interface Outcome {
  readonly due: PipelineDue;
  readonly decision: Decision;
  /** One per step, in order. */
  readonly differences: readonly Difference[];
  /** Candidates besides those of the decision, about which an answer would be news. */
  readonly lacking: readonly ArtifactKey[];
  /** With the ledger as it is by now. */
  readonly facts: Facts;
  /** When the run began to look, epoch ms. */
  readonly startedAt: number;
}

/** After a run that has looked at everything. */
export async function leaveView(outcome: Outcome, table: Pick<Table, 'writeView'>): Promise<void> {
  const { due, decision, differences, lacking, facts, startedAt } = outcome;
  const { pipeline, view: before } = due;
  const apps = pipeline.waves.flatMap((wave) => wave.apps);
  const commits = [
    ...decision.waves.flatMap((wave) => wave.apps.map((entry) => entry.commit)),
    ...decision.steps.map((step) => step.candidate?.commit ?? null),
    ...lacking.map((artifact) => facts.commits[artifact] ?? null),
  ];
  const promotes = decision.mode === 'promote' && !decision.dryRun;
  const view: View = {
    pipelineId: pipeline.id,
    name: pipeline.name,
    ...(pipeline.predecessors !== undefined && { predecessors: pipeline.predecessors }),
    wakeAt: decision.wakeAt,
    openAttempts: facts.ledger.open.length,
    seenAt: startedAt,
    heardAt: before?.wokenAt ?? null,
    releasedAt: Object.fromEntries(Object.entries(due.apps).map(([id, app]) => [id, app.releasedAt])),
    ...toldBesides(due.apps),
    concerns: [
      ...new Set([...apps.flatMap((app) => [app.id, app.name]), ...commits.filter((c) => c !== null)]),
    ],
    awaitsResults:
      lacking.length > 0 ||
      decision.steps.some(({ verdicts }) =>
        verdicts.some(({ check, state }) => state !== 'pass' && /^(ci|signal)\b/.test(check)),
      ),
    configDigest: due.configDigest,
    // Where nothing may move, everything is behind and nothing is wrong.
    behindSince: promotes ? behindSince(pipeline, differences, facts, before?.behindSince ?? null) : null,
    unknownSince: unknownSince(facts.ledger),
  };
  const isNews =
    before === null ||
    before.wokenAt !== (before.heardAt ?? null) ||
    JSON.stringify(comparable(before)) !== JSON.stringify(comparable(view));
  if (isNews) await table.writeView(view);
}

/** What a run that a delivery starts is told of the apps as well. */
function toldBesides(apps: PipelineDue['apps']): Pick<PipelineView, 'stacks' | 'generations' | 'unread'> {
  const by = (field: 'stack' | 'generation' | 'unread') =>
    Object.entries(apps).flatMap(([id, app]) => (app[field] == null ? [] : [[id, app[field]] as const]));
  const [stacks, generations, unread] = [by('stack'), by('generation'), by('unread')];
  return {
    ...(stacks.length > 0 && { stacks: Object.fromEntries(stacks) }),
    ...(generations.length > 0 && { generations: Object.fromEntries(generations) }),
    ...(unread.length > 0 && {
      unread: Object.fromEntries(unread.map(([id, why]) => [id, shortened(why, WHY_MAX)])),
    }),
  };
}

/** After a run that had only open promotions to look at: a run that was cut off may not have told of them. */
export async function leaveOpen(
  { view }: PipelineDue,
  ledger: Ledger,
  table: Pick<Table, 'writeView'>,
): Promise<void> {
  if (view === null) return;
  const { wokenAt: _, ...before } = view;
  const now: View = { ...before, openAttempts: ledger.open.length, unknownSince: unknownSince(ledger) };
  if (JSON.stringify(comparable(before)) !== JSON.stringify(comparable(now))) await table.writeView(now);
}

function unknownSince({ open }: Ledger): number | null {
  const sent = open.flatMap(({ sentAt, promotionId }) => (promotionId === null ? (sentAt ?? []) : []));
  return sent.length === 0 ? null : Math.min(...sent);
}

function comparable(view: View) {
  const { name, wakeAt, openAttempts, configDigest, releasedAt, concerns } = view;
  const lasting = [view.behindSince, view.unknownSince, view.awaitsResults];
  return [
    name,
    view.predecessors ?? [],
    wakeAt,
    openAttempts,
    configDigest,
    lasting,
    Object.entries(view.stacks ?? {}).sort(),
    Object.entries(view.generations ?? {}).sort(),
    Object.entries(view.unread ?? {}).sort(),
    Object.entries(releasedAt).sort(),
    [...concerns].sort(),
  ];
}
