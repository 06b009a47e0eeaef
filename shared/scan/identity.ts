// Which Heroku pipeline a configured name means: the one it meant at first, until a person accepts another.

import type { Pipeline } from '../domain/pipeline.ts';
import { instant } from '../domain/words.ts';
import type { NameRecord } from '../table/port.ts';
import type { ReadConfiguration } from './configured.ts';

/** Why the pipeline is not looked at; null: it is the one that is on record, or the first. Pure. */
export function strangerOf(
  pipeline: Pipeline,
  record: NameRecord | undefined,
  parameter: string,
): string | null {
  if (record?.unread !== undefined) return `${parameter}: identity: ${record.unread}`;
  if (record === undefined || record.pipelineId === pipeline.id) return null;
  const { name, pipelineId, herokuName, since } = record;
  return `${parameter}: identity: found Heroku pipeline ${pipeline.id}, expected ${pipelineId} (${herokuName}), which ${name} has meant since ${instant(since)}. Nothing is promoted until somebody has looked: if it was made anew, sluice accept ${name} --reason "…"; if not, give the uuid in the parameter (pipeline: ${pipelineId}).`;
}

/** The record of a name that means this pipeline from now on. What was said under the ids before stays. Pure. */
export function recordOf(
  pipeline: Pick<Pipeline, 'id' | 'name'>,
  herokuName: string,
  before: NameRecord | undefined,
  now: number,
): NameRecord {
  const past = before === undefined ? [] : [...before.predecessors, before.pipelineId];
  return {
    name: pipeline.name,
    pipelineId: pipeline.id,
    herokuName,
    since: now,
    predecessors: past.filter((id, index) => id !== pipeline.id && past.indexOf(id) === index),
  };
}

/**
 * The parameter that has a Heroku pipeline by the record, the first that got it; null: none has. It has it also while it
 * has a problem or could not be looked up: another one, with checks of its own, does not take its place meanwhile. Pure.
 */
export function ownerOf(
  pipelineId: string,
  { configured, written }: Pick<ReadConfiguration, 'configured' | 'written'>,
  records: readonly NameRecord[],
): string | null {
  const [first] = records
    .filter((record) => record.pipelineId === pipelineId && record.unread === undefined)
    .sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1))
    .flatMap(({ name, herokuName }) => {
      const means = configured.find((item) => item.name === name)?.config.pipeline;
      const isOther = means !== undefined && means !== herokuName && means !== pipelineId;
      return isOther ? [] : written.filter((one) => one.name === name);
    });
  return first?.parameter ?? null;
}
