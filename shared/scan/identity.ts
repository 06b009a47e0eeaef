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
 * The parameter that has a Heroku pipeline: the first whose record means it; where none does, as after it was made anew,
 * one that asks for it and has a record of another, or one that cannot be read: a person has to say what it means. Null:
 * none has. It has it for as long as it is written, also with an error: another one, with checks of its own, does not take
 * its place meanwhile. `isSettled`: its record means it. Pure.
 */
export function ownerOf(
  { id, herokuName }: { readonly id: string; readonly herokuName: string },
  { configured, written }: Pick<ReadConfiguration, 'configured' | 'written'>,
  records: readonly NameRecord[],
): { readonly name: string; readonly parameter: string; readonly isSettled: boolean } | null {
  const asksFor = (record: NameRecord): boolean => {
    // It waits behind that name for a person's word, whatever Heroku calls it by now.
    if (record.stranger?.pipelineId === id) return true;
    const asks = configured.find(({ name }) => name === record.name)?.config.pipeline;
    if (asks !== undefined) return asks === id || asks === herokuName;
    return record.unread !== undefined || record.herokuName === herokuName;
  };
  const holds = ({ pipelineId, unread }: NameRecord) => unread === undefined && pipelineId === id;
  const [first] = records
    .filter((record) => holds(record) || asksFor(record))
    .sort((a, b) => Number(holds(b)) - Number(holds(a)) || a.since - b.since || (a.name < b.name ? -1 : 1))
    .flatMap((record) =>
      written
        .filter(({ name }) => name === record.name)
        .map(({ name, parameter }) => ({ name, parameter, isSettled: holds(record) })),
    );
  return first ?? null;
}
