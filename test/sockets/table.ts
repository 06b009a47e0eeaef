// The whole table: every behaviour against every client, played side by side, and as text for a person.

import { availableParallelism } from 'node:os';
import { isCliInstalled } from '../heroku-cli/heroku.ts';
import { type Behaviour, behaviours } from './behaviours.ts';
import { type Cell, type Column, playCell } from './cell.ts';
import { createSlots } from './slots.ts';

const COLUMNS: readonly (Column & { readonly title: string })[] = [
  { client: 'sluice', method: 'POST', title: 'Sluice, POST' },
  { client: 'heroku-client', method: 'POST', title: 'heroku-client 3.1.4, POST' },
  { client: 'heroku', method: 'POST', title: 'heroku CLI, POST' },
  { client: 'sluice', method: 'GET', title: 'Sluice, GET' },
  { client: 'heroku-client', method: 'GET', title: 'heroku-client 3.1.4, GET' },
];

const LEGEND: readonly string[] = [
  'Requests the server saw (late: after the caller had been told how its call ended), how the call ended, what was',
  'open then. A connection that the server resets or leaves unread counts as a request. `still at it` was ended by the',
  'test: the CLI waits 60 s for an answer. `-` was not run.',
];

/** Plays all cells, those first that take longest. Starting a process takes a slot, waiting for it takes none. */
export async function playTable(): Promise<readonly Cell[]> {
  const slots = createSlots(2 * availableParallelism());
  const played = [1, 2, 4, 0, 3].flatMap((index) => {
    const column = COLUMNS[index];
    return column === undefined || (column.client === 'heroku' && !isCliInstalled())
      ? []
      : behaviours
          .filter((behaviour) => column.client !== 'heroku' || isForCli(behaviour))
          .map((behaviour) => playCell(behaviour, column, slots));
  });
  return Promise.all(played);
}

/** A command that has settled has ended: there is nothing left to freeze. */
const isForCli = ({ answers, freeze }: Behaviour): boolean => !answers && freeze !== 'settled';

export function cellOf(cells: readonly Cell[], name: string, { client, method }: Column): Cell | null {
  const isIt = (cell: Cell): boolean =>
    cell.behaviour.name === name && cell.client === client && cell.method === method;
  return cells.find(isIt) ?? null;
}

/** One row for each behaviour, with what its cells mean. */
export function tableText(cells: readonly Cell[]): string {
  const head = ['', ...COLUMNS.map((column) => column.title)];
  const rows = behaviours.map(({ name }) => [
    name,
    ...COLUMNS.map((column) => cellText(cellOf(cells, name, column))),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const missing = 'The Heroku CLI is not installed here: npm ci --prefix test/heroku-cli';
  const notes = isCliInstalled() ? LEGEND : [...LEGEND, missing];
  return [line(head), ...rows.map(line), '', ...notes].join('\n');
}

function cellText(cell: Cell | null): string {
  if (cell === null) return '-';
  const late = cell.late > 0 ? ` (${cell.late} late)` : '';
  return `${cell.seen}${late}, ${cell.outcome}${openText(cell)}`;
}

function openText({ open, kept }: Cell): string {
  if (open === null) return '';
  const connections = kept === null || kept === 0 ? [] : [`${kept} kept`];
  const all = [...open, ...connections];
  return all.length === 0 ? ', nothing open' : `, open: ${all.join(', ')}`;
}
