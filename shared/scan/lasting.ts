// What has lasted too long: pipelines that no run looks at, pipelines that are behind, promotion requests whose outcome
// stays unknown. Told from what runs left behind, so that a tick which Heroku stops tells it too. Pure.

import type { Pipeline } from '../domain/pipeline.ts';
import { duration, instant } from '../domain/words.ts';
import type { HerokuApp } from '../heroku/port.ts';
import type { MapEntry, PipelineView } from '../table/port.ts';
import { type Configured, resolveBy } from './configured.ts';
import { dueApps, dueSince } from './due.ts';
import { appsOf } from './lookup.ts';

/** Settling finds out within minutes; what is unknown for longer than this needs a person, ms. */
export const UNKNOWN_MS_MAX = 10 * 60_000;
/** A run has finished within this many ticks of what made its pipeline due. */
const UNSEEN_TICKS = 3;

/** What one tick knows. */
export interface Known {
  readonly now: number;
  /** The distance of ticks, ms. */
  readonly tickMs: number;
  /** As they were when the tick began: each entry was read at a tick before. */
  readonly map: readonly MapEntry[];
  readonly views: readonly PipelineView[];
  /** Heroku's apps, by id; none where Heroku has stopped the tick. */
  readonly apps: ReadonlyMap<string, HerokuApp>;
  /** The Heroku pipelines, as the configuration calls them, that could not be read at this tick. */
  readonly unread: ReadonlySet<string>;
}

export interface Lasting {
  /** How many pipelines have been due for some ticks, or were never looked at, and no run has finished; or are unread. */
  readonly unseen: number;
  /** How many pipelines have a wave that has been behind for longer than its limit. */
  readonly behind: number;
  /** How many pipelines have a request whose outcome is unknown. */
  readonly unknown: number;
  /** What to tell of them; what could not be read is told elsewhere. */
  readonly messages: readonly {
    readonly pipeline: string;
    /** Its place among the configured pipelines. */
    readonly index: number;
    readonly message: string;
  }[];
}

/** Counts pipelines that are configured now, each once. */
export function lastingOf(configured: readonly Configured[], known: Known): Lasting {
  const messages: Lasting['messages'][number][] = [];
  const counts = { unseen: 0, behind: 0, unknown: 0 };
  const counted = new Set<string>();
  for (const [index, item] of configured.entries()) {
    const { pipeline: key } = item.config;
    const entry = known.map.find((one) => one.key === key);
    const id = entry?.id ?? key;
    if (counted.has(id)) continue;
    counted.add(id);
    const view = known.views.find(({ pipelineId }) => pipelineId === entry?.id) ?? null;
    const resolved = entry === undefined ? null : resolveBy(item, entry, appsOf(entry, known.apps));
    // A configuration that is wrong makes nothing due.
    const unseen = resolved?.ok ? whyUnseen(resolved.pipeline, view, known) : null;
    const behind = resolved?.ok ? whyBehind(item.name, view, resolved.behindLimitMs, known.now) : null;
    if (unseen !== null || known.unread.has(key)) counts.unseen += 1;
    if (behind !== null) counts.behind += 1;
    if (isUnknown(view, known.now)) counts.unknown += 1;
    for (const message of [unseen, behind]) {
      if (message !== null) messages.push({ pipeline: item.name, index, message });
    }
  }
  return { ...counts, messages };
}

function whyUnseen(pipeline: Pipeline, view: PipelineView | null, known: Known): string | null {
  const { name } = pipeline;
  if (view === null)
    return `${name} was due at an earlier tick, and no run has ever finished. See sluice doctor`;
  const since = dueSince(view, dueApps(pipeline, known.apps), known.now);
  if (since === null || known.now - since <= UNSEEN_TICKS * known.tickMs) return null;
  return `${name} has been due since ${instant(since)}, and no run has finished. See sluice doctor`;
}

function whyBehind(name: string, view: PipelineView | null, limitMs: number, now: number): string | null {
  const since = view?.behindSince ?? null;
  if (since === null || since + limitMs >= now) return null;
  return `${name} has been behind since ${instant(since)}, longer than its limit of ${duration(limitMs)}. See sluice why ${name}`;
}

function isUnknown(view: PipelineView | null, now: number): boolean {
  return view !== null && view.unknownSince !== null && now - view.unknownSince > UNKNOWN_MS_MAX;
}
