// A person's word that another Heroku pipeline behind a configured name is meant.

import type { Clock } from '../clock.ts';
import { recordOf } from '../scan/identity.ts';
import type { NameRecord, Table } from '../table/port.ts';

/**
 * The name means the stranger from now on; null: none waits behind the name, or somebody else was faster.
 * What was recorded under the ids before counts still.
 */
export async function acceptStranger(
  name: string,
  { table, clock }: { readonly table: Table; readonly clock: Clock },
): Promise<NameRecord | null> {
  const before = (await table.names()).find((one) => one.name === name);
  if (before?.stranger === undefined) return null;
  const { pipelineId, herokuName } = before.stranger;
  const record = recordOf({ id: pipelineId, name }, herokuName, before, clock.now());
  if ((await table.writeName(record, before.pipelineId)) === 'lost') return null;
  const view = (await table.fleet()).views.find((one) => one.pipelineId === before.pipelineId);
  if (view !== undefined) {
    // The name is the other's now, and so is what is heard.
    const { wokenAt: _, ...old } = view;
    await table.writeView({ ...old, name: `${name}@${before.pipelineId}`, concerns: [] });
  }
  return record;
}
