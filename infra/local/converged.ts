// Whether a local run has come to rest. Reads the table.

import type { Table } from '../../shared/table/port.ts';

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
