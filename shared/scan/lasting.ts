// What has lasted too long: pipelines that are behind, promotion requests whose outcome stays unknown. Told from what
// runs left behind, so that a tick which Heroku stops tells it too. Pure.

import { duration, instant } from '../domain/words.ts';
import type { MapEntry, PipelineView } from '../table/port.ts';
import { type Configured, resolveBy } from './configured.ts';

/** Settling finds out within minutes; what is unknown for longer than this needs a person, ms. */
export const UNKNOWN_MS_MAX = 10 * 60_000;

export interface Lasting {
  readonly behind: readonly {
    readonly pipeline: string;
    /** Its place among the configured pipelines. */
    readonly index: number;
    readonly message: string;
  }[];
  /** How many pipelines have a request whose outcome is unknown. */
  readonly unknown: number;
}

/** Counts pipelines that are configured now, each once. */
export function lastingOf(
  configured: readonly Configured[],
  fleet: { readonly map: readonly MapEntry[]; readonly views: readonly PipelineView[] },
  now: number,
): Lasting {
  const behind: Lasting['behind'][number][] = [];
  const unknown = new Set<string>();
  const counted = new Set<string>();
  for (const [index, item] of configured.entries()) {
    const entry = fleet.map.find(({ key }) => key === item.config.pipeline);
    const view = fleet.views.find(({ pipelineId }) => pipelineId === entry?.id);
    if (entry === undefined || view === undefined || counted.has(entry.id)) continue;
    counted.add(entry.id);
    if (view.unknownSince !== null && now - view.unknownSince > UNKNOWN_MS_MAX) unknown.add(entry.id);
    const resolved = resolveBy(item, entry, []);
    if (view.behindSince === null || !resolved.ok) continue;
    const { behindLimitMs: limit } = resolved;
    if (view.behindSince + limit >= now) continue;
    const message = `${item.name} has been behind since ${instant(view.behindSince)}, longer than its limit of ${duration(limit)}. See sluice why ${item.name}`;
    behind.push({ pipeline: item.name, index, message });
  }
  return { behind, unknown: unknown.size };
}
