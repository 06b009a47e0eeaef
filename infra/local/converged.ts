// What a local run's table knows: whether it has come to rest, and what a picture shows. Reads the table.

import type { Table } from '../../shared/table/port.ts';
import type { Seen } from './picture.ts';

/** Every wave runs what the wave before could give it and nothing is under way. `waves`: how many there are. */
export async function convergence(
  table: Table,
): Promise<{ readonly waves: number; readonly converged: boolean }> {
  const { views } = await table.fleet();
  let waves = 0;
  let converged = views.length > 0;
  for (const view of views) {
    const { decision, ledger } = await table.pipelineRows(view.pipelineId);
    waves += decision?.waves.length ?? 0;
    const isAtRest = decision?.steps.every((step) => step.state === 'same') ?? false;
    if (!isAtRest || (ledger?.open.length ?? 0) > 0) converged = false;
  }
  return { waves, converged };
}

/** Every pipeline as its last run left it. */
export async function seenIn(table: Table): Promise<readonly Seen[]> {
  const { views } = await table.fleet();
  const rows = await Promise.all(views.map(({ pipelineId }) => table.pipelineRows(pipelineId)));
  return rows.flatMap(({ decision, ledger }) =>
    decision === null ? [] : [{ decision, open: ledger?.open ?? [] }],
  );
}
