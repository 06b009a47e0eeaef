// The pipelines that are configured now, read anew at every tick, and every problem of their parameters.

import { digestOf } from '../config/digest.ts';
import { type PipelineConfig, parseDefaults, parsePipeline } from '../config/parse.ts';
import { type Resolved, resolvePipeline } from '../config/resolve.ts';
import type { ConfigSource } from '../config/source.ts';
import type { HerokuApp } from '../heroku/port.ts';
import type { MapEntry } from '../table/port.ts';

export interface Configured {
  readonly name: string;
  readonly parameter: string;
  readonly config: PipelineConfig;
  readonly digest: string;
}

/** Those that can be read, and a sentence for every problem. */
export async function readConfiguration(
  source: ConfigSource,
): Promise<{ readonly configured: readonly Configured[]; readonly problems: readonly string[] }> {
  const { pipelines, defaults } = await source.read();
  const base = defaults === null ? null : parseDefaults(defaults);
  const problems: string[] = base?.ok === false ? base.problems.map((p) => p.message) : [];
  const configured: Configured[] = [];
  for (const text of pipelines) {
    // Bad defaults are no defaults for nobody: a pipeline that would run without its defaults' checks must not run.
    if (base?.ok === false) {
      problems.push(`${text.parameter}: skipped, because ${defaults?.parameter} has an error.`);
      continue;
    }
    const parsed = parsePipeline({ ...text, ...(base?.ok && { defaults: base.config }) });
    if (!parsed.ok) {
      problems.push(...parsed.problems.map((p) => p.message));
      continue;
    }
    const digest = digestOf(parsed.config);
    configured.push({ name: text.name, parameter: text.parameter, config: parsed.config, digest });
  }
  return { configured, problems };
}

/** The pipeline with Heroku's ids, as a map entry tells them; `apps` know newer names. */
export function resolveBy(
  { parameter, name, config }: Configured,
  entry: Omit<MapEntry, 'triedDigest'>,
  apps: readonly Pick<HerokuApp, 'id' | 'name'>[],
): Resolved {
  const names = new Map(apps.map((app) => [app.id, app.name]));
  return resolvePipeline(parameter, name, config, {
    pipelineId: entry.id,
    pipelineName: entry.name,
    apps: entry.apps.map((app) => ({ ...app, name: names.get(app.id) ?? app.name ?? app.id })),
  });
}
