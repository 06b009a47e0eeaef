// The pipelines that are configured now, read anew at every tick, and every problem of their parameters.

import { configurationOf, missingDefaults, type ReadPipeline } from '../config/configuration.ts';
import { digestOf } from '../config/digest.ts';
import { type Resolved, resolvePipeline } from '../config/resolve.ts';
import type { ConfigSource } from '../config/source.ts';
import type { HerokuApp } from '../heroku/port.ts';
import type { MapEntry, TickRecord } from '../table/port.ts';

export interface Configured extends ReadPipeline {
  readonly digest: string;
}

export interface ReadConfiguration {
  readonly configured: readonly Configured[];
  /** All there are, also those that have a problem. */
  readonly written: readonly Pick<ReadPipeline, 'name' | 'parameter'>[];
  /** A sentence for every problem. */
  readonly problems: readonly string[];
  /** Whether there are defaults, or were at a tick before: then there must be some, an empty one if none are meant. */
  readonly hasDefaults: boolean;
}

/**
 * `before`: the last tick's account, null where there is none; `onRecord`: asks what is on record, where neither that
 * nor the texts tell of defaults.
 */
export async function readConfiguration(
  source: Pick<ConfigSource, 'read' | 'defaultsPlace'>,
  before: Pick<TickRecord, 'hasDefaults'> | null,
  onRecord: () => Promise<boolean> = async () => false,
): Promise<ReadConfiguration> {
  const texts = await source.read();
  const hadDefaults = before?.hasDefaults === true || (texts.defaults === null && (await onRecord()));
  const missing = missingDefaults(texts, source.defaultsPlace, hadDefaults);
  const { pipelines, skipped, problems } = configurationOf(texts, missing);
  const why = `skipped, because ${texts.defaults?.parameter} has an error.`;
  return {
    configured: pipelines.map((one) => ({ ...one, digest: digestOf(one.config) })),
    written: texts.pipelines.map(({ name, parameter }) => ({ name, parameter })),
    problems: [
      ...problems.map(({ message }) => message),
      ...skipped.map(({ parameter }) => `${parameter}: ${why}`),
    ],
    hasDefaults: hadDefaults || texts.defaults !== null,
  };
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
