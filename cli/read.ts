// Reading pipelines from the table by the names people type.

import { nearest } from '../shared/config/problem.ts';
import type { Decision } from '../shared/domain/decision.ts';
import type { Account } from '../shared/explain/account.ts';
import { ledgerOf } from '../shared/promotion/ledger.ts';
import type { PipelineView, Table } from '../shared/table/port.ts';
import { Refusal } from './errors.ts';

/** What is known of one pipeline now. */
export async function readAccount(table: Table, view: PipelineView, now: number): Promise<Account> {
  const { pipelineId, name } = view;
  const rows = await table.pipelineRows(pipelineId);
  const { open } = await ledgerOf(table, pipelineId, rows);
  return { pipelineId, name, decision: rows.decision, open, holds: rows.holds, now };
}

/** The pipelines in the order of their names, or the one that is asked for, by name or id. */
export async function findPipelines(table: Table, asked?: string): Promise<readonly PipelineView[]> {
  const { views } = await table.fleet();
  if (asked === undefined) return [...views].sort((a, b) => a.name.localeCompare(b.name));
  return [pick(views, asked)];
}

export async function findPipeline(table: Table, asked: string): Promise<PipelineView> {
  return pick((await table.fleet()).views, asked);
}

function pick(views: readonly PipelineView[], asked: string): PipelineView {
  const found = views.find((view) => view.name === asked) ?? views.find((view) => view.pipelineId === asked);
  if (found !== undefined) return found;
  const names = views.map((view) => view.name).sort();
  throw new Refusal(
    names.length === 0
      ? `Pipeline ${asked}: found no pipelines at all. No tick has looked at any yet: sluice status tells how the last one went.`
      : notFound('Pipeline', asked, names),
  );
}

/** The decision about the pipeline, in which the wave is known to be. @throws Refusal for an unknown wave. */
export function checkWave(account: Account, wave: string): Decision {
  const { decision, name } = account;
  if (decision === null) {
    throw new Refusal(
      `Wave ${wave} of ${name}: no run has looked at ${name} yet, so its waves are not known. Leave out --wave, or wait a tick.`,
    );
  }
  const names = decision.waves.map((one) => one.name);
  if (!names.includes(wave)) throw new Refusal(notFound(`Wave`, wave, names, ` of ${name}`));
  return decision;
}

function notFound(kind: string, asked: string, known: readonly string[], of = ''): string {
  const near = nearest(asked, known);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `${kind} ${JSON.stringify(asked)}${of}: not found, expected one of ${known.join(', ')}.${hint}`;
}
