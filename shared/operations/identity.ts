// A person's word that another Heroku pipeline behind a configured name is meant.

import type { Accept } from '../domain/said.ts';
import { recordOf } from '../scan/identity.ts';
import type { NameRecord, Table } from '../table/port.ts';
import { OperationRefused } from './refused.ts';
import type { Asker, OperationPorts } from './request.ts';

/** The record of a name behind which another Heroku pipeline waits for a person's word. */
export type Waiting = NameRecord & Required<Pick<NameRecord, 'stranger'>>;

/** Null: none waits behind the name. */
export async function waitingBehind(table: Pick<Table, 'names'>, name: string): Promise<Waiting | null> {
  const record = (await table.names()).find((one) => one.name === name);
  return record?.stranger === undefined ? null : { ...record, stranger: record.stranger };
}

/** `means`: the id of the Heroku pipeline that the person was shown; null: they were shown none. */
export interface Meaning extends Asker {
  readonly means: string | null;
}

/**
 * The name means the stranger from now on. What was recorded under the ids before counts still.
 * @throws OperationRefused when the person was shown another one, or somebody else was faster.
 */
export async function acceptStranger(
  before: Waiting,
  { means, actor, reason }: Meaning,
  { table, clock, newId }: OperationPorts,
): Promise<Accept> {
  const { name } = before;
  const { pipelineId, herokuName } = before.stranger;
  const found = `Behind ${name} there is another Heroku pipeline, ${pipelineId} (${herokuName}), and nothing else is accepted until somebody says whether it is meant.`;
  if (means !== pipelineId) {
    const asked = means === null ? `expected it in means` : `found ${means} in means, expected ${pipelineId}`;
    throw new OperationRefused('senseless', `${found} ${asked}: sluice accept ${name} --reason "…"`);
  }
  const at = clock.now();
  const record = recordOf({ id: pipelineId, name }, herokuName, before, at);
  if ((await table.writeName(record, before.pipelineId)) === 'lost') {
    throw new OperationRefused(
      'senseless',
      `${found} It was said by somebody else meanwhile. Look again: sluice why ${name}`,
    );
  }
  const view = (await table.fleet()).views.find((one) => one.pipelineId === before.pipelineId);
  if (view !== undefined) {
    // The name is the other's now, and so is what is heard.
    const { wokenAt: _, ...old } = view;
    await table.writeView({ ...old, name: `${name}@${before.pipelineId}`, concerns: [] });
  }
  const word: Accept = {
    kind: 'accept',
    id: newId(at),
    pipelineId,
    actor,
    reason,
    at,
    seenAt: at,
    accepted: [],
    means: { pipelineId, herokuName },
  };
  await table.writeWord(word);
  return word;
}
