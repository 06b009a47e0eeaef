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

/** What configured names mean, by name: a pipeline's id; null: nothing at Heroku; not there: it is not known, or not yet. */
export type Meanings = ReadonlyMap<string, string | null>;

/**
 * The parameter that has a Heroku pipeline by the records: the first that got it; where none did, as after it was made
 * anew, one whose name has meant another before. Null: none has. It has it also while it has a problem or could not be
 * looked up: another one, with checks of its own, does not take its place meanwhile. Pure.
 */
export function ownerOf(
  pipeline: { readonly id: string; readonly herokuName: string },
  meanings: Meanings,
  { configured, written }: Pick<ReadConfiguration, 'configured' | 'written'>,
  records: readonly NameRecord[],
): string | null {
  const { id, herokuName } = pipeline;
  const isIts = ({ name, ...record }: NameRecord): boolean => {
    const means = meanings.get(name);
    const asks = configured.find((item) => item.name === name)?.config.pipeline;
    // What is known of the name may be of the pipeline that had it before.
    if (asks === herokuName) return true;
    if (typeof means === 'string') return means === id;
    const isAsBefore = asks === undefined || asks === record.herokuName || asks === record.pipelineId;
    if (record.pipelineId === id) return isAsBefore || means === undefined;
    return isAsBefore && record.herokuName === herokuName;
  };
  const rank = (record: NameRecord) => (record.pipelineId === id ? 0 : 1);
  const [first] = records
    .filter((record) => record.unread === undefined && isIts(record))
    .sort((a, b) => rank(a) - rank(b) || a.since - b.since || (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => written.filter((one) => one.name === name));
  return first?.parameter ?? null;
}
