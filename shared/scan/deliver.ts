// What a webhook's news starts: one run for each pipeline that waits for it, at the cost of that pipeline alone.
//
// Whatever comes of it, the pipeline is marked, so that the next tick looks at it: a delivery can be early, never lost.

import type { DueReason, PipelineDue, SignalReceived } from '../events.ts';
import type { PipelineView, TickRecord } from '../table/port.ts';
import { readConfiguration, resolveBy } from './configured.ts';
import { wasAsked } from './due.ts';
import { ALL_DELIVERIES, type Bucket, ONE_PIPELINE, take } from './share.ts';
import type { ScanPorts } from './tick.ts';

type Fleet = Awaited<ReturnType<ScanPorts['table']['fleet']>>;

/** The key of the bucket that all deliveries take from; those of pipelines go by the pipeline's id. */
const ALL = 'all';
const ASKED: readonly DueReason[] = ['asked'];

/** Asks Heroku nothing. What cannot be told without asking is left to the next tick. */
export async function deliver(signal: SignalReceived, ports: ScanPorts): Promise<TickRecord> {
  const now = ports.clock.now();
  const fleet = await ports.table.fleet();
  const due: PipelineDue[] = [];
  for (const view of concernedBy(signal, fleet.views)) {
    // A run that has begun may have read what was there before this delivery.
    await ports.table.wake(view.pipelineId, now);
    if (wasAsked(view) || !(await mayStart(view.pipelineId, fleet, now, ports))) continue;
    const found = await dueNow({ ...view, wokenAt: now }, fleet, now, ports);
    if (found !== null) due.push(found);
  }
  if (due.length > 0) await ports.bus.publish(due);
  return {
    at: now,
    ok: true,
    problems: [],
    woken: due.map(({ pipeline }) => pipeline.name),
    herokuCallsLeft: null,
    tickMs: ports.tickMs,
  };
}

/** A result wakes who waits for one; a hint (something was released, say) whoever it is about. */
function concernedBy(signal: SignalReceived, views: readonly PipelineView[]): readonly PipelineView[] {
  const about = new Set(signal.concerns.map((concern) => concern.toLowerCase()));
  const isAbout = (view: PipelineView) => view.concerns.some((concern) => about.has(concern.toLowerCase()));
  return views.filter((view) => (signal.isHint === true || view.awaitsResults !== false) && isAbout(view));
}

async function mayStart(pipelineId: string, fleet: Fleet, now: number, ports: ScanPorts): Promise<boolean> {
  const takeFrom = async (bucket: Bucket, key: string): Promise<boolean> => {
    const before = fleet.shares?.[key];
    const fullAt = take(bucket, before, now);
    if (fullAt === null) return false;
    // Another delivery took it at the same time: that one's run, or the next tick, looks.
    return (await ports.table.writeShare(key, fullAt, before ?? null)) === 'won';
  };
  if (take(ALL_DELIVERIES, fleet.shares?.[ALL], now) === null) return false;
  return (await takeFrom(ONE_PIPELINE, pipelineId)) && (await takeFrom(ALL_DELIVERIES, ALL));
}

/** The pipeline as it is configured now; null where that takes more than its own parameter. */
async function dueNow(
  view: PipelineView,
  fleet: Fleet,
  now: number,
  { config, table }: ScanPorts,
): Promise<PipelineDue | null> {
  const read = () => config.readOne?.(view.name) ?? config.read();
  const names = await table.names();
  const record = names.find(({ name }) => name === view.name);
  if (record?.pipelineId !== view.pipelineId) return null;
  // Whose it is of several that have had it, a tick tells, which reads all of them.
  if (names.some((one) => one !== record && one.pipelineId === view.pipelineId)) return null;
  const { configured } = await readConfiguration(
    { read, defaultsPlace: config.defaultsPlace },
    fleet.tick,
    table.hadDefaults,
  );
  const item = configured.find(({ name }) => name === view.name);
  const entry = fleet.map.find(({ key }) => key === item?.config.pipeline);
  if (item === undefined || entry === undefined || entry.id !== view.pipelineId) return null;
  const resolved = resolveBy(item, entry, []);
  if (!resolved.ok) return null;
  const { pipeline } = resolved;
  const { predecessors } = record;
  // Whether an app is in maintenance mode is told by the list of all apps, which a tick reads.
  if (pipeline.waves.some((wave) => wave.checks.some((check) => check.name === 'maintenance'))) return null;
  const { stacks = {}, generations = {}, unread = {} } = view;
  const apps = Object.fromEntries(
    Object.entries(view.releasedAt).map(([id, releasedAt]) => {
      const [stack, generation, why] = [stacks[id], generations[id], unread[id]];
      const kind = { ...(stack !== undefined && { stack }), ...(generation !== undefined && { generation }) };
      return [id, { maintenance: null, releasedAt, ...kind, ...(why !== undefined && { unread: why }) }];
    }),
  );
  return {
    type: 'PipelineDue',
    at: now,
    pipeline: predecessors.length === 0 ? pipeline : { ...pipeline, predecessors },
    apps,
    configDigest: item.digest,
    reasons: ASKED,
    view,
  };
}
