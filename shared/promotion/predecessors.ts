// A pipeline that was made anew at Heroku keeps the holds that were placed on the one before.

import type { PipelineDue } from '../events.ts';
import type { PipelineRows, Table } from '../table/port.ts';

export async function withPredecessors(
  rows: PipelineRows,
  { predecessors = [] }: PipelineDue,
  table: Pick<Table, 'holds'>,
): Promise<PipelineRows> {
  const before = await Promise.all(predecessors.map((id) => table.holds(id)));
  return { ...rows, holds: [...rows.holds, ...before.flat()] };
}
