// Real sockets: what a server, the network and a frozen sandbox can do to the clients that talk to Heroku, and what
// each client makes of it. Sluice's are held to it; heroku-client and the `heroku` CLI are there for comparison.

import { beforeAll, describe, expect, it } from 'vitest';
import { type Method, PROMOTION_ID } from './answers.ts';
import { behaviours, DEADLINE_MS, FREEZE_MS } from './behaviours.ts';
import type { Cell } from './cell.ts';
import { cellOf, playTable, tableText } from './table.ts';

/** For a machine that is busy with fifty processes. */
const MARGIN_MS = 1_500;
/** The pause before a read's last try. */
const LAST_PAUSE_MS = 250;

let cells: readonly Cell[] = [];

beforeAll(async () => {
  const started = performance.now();
  cells = await playTable();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${tableText(cells)}\n\n${cells.length} cells in ${seconds} s.\n`);
});

const names = behaviours.map((behaviour) => [behaviour.name] as const);

function sluice(name: string, method: Method): Cell {
  const cell = cellOf(cells, name, { client: 'sluice', method });
  if (cell === null) throw new Error(`No cell was played for Sluice's ${method}: ${name}.`);
  return cell;
}

/** The deadline came first, or left no time for another try, as it may on a busy machine. */
const wasCut = ({ tookMs }: Cell): boolean => tookMs !== null && tookMs > DEADLINE_MS - LAST_PAUSE_MS;

function expectSettled({ behaviour, tookMs }: Cell): void {
  const frozen = behaviour.freeze === 'sent' ? FREEZE_MS : 0;
  expect(tookMs).toBeLessThan(DEADLINE_MS + frozen + MARGIN_MS);
}

function expectNothingOpen({ open, kept, left }: Cell): void {
  expect({ open, kept, left }).toEqual({ open: [], kept: 0, left: true });
}

describe('A promotion', () => {
  it.each(names)('%s: it is sent once and ends within its deadline, nothing open', (name) => {
    const cell = sluice(name, 'POST');
    const { seen, outcome } = cell.behaviour.post;
    expect({ seen: cell.seen, late: cell.late }).toEqual({ seen, late: 0 });
    expect(wasCut(cell) ? [...outcome, 'unknown'] : outcome).toContain(cell.outcome);
    expectSettled(cell);
    expectNothingOpen(cell);
  });

  it('is never said to be rejected where the server may have acted', () => {
    const said = names.map(([name]) => sluice(name, 'POST')).filter((cell) => cell.outcome === 'rejected');
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((cell) => !cell.behaviour.nothingDone)).toEqual([]);
  });

  it('is never said to be accepted without the id that the server gave', () => {
    const said = names.map(([name]) => sluice(name, 'POST')).filter((cell) => cell.outcome === 'accepted');
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((cell) => cell.id !== PROMOTION_ID)).toEqual([]);
  });
});

describe('A read', () => {
  it.each(names)('%s: it is tried as often as it may be and ends, nothing open', (name) => {
    const cell = sluice(name, 'GET');
    const { seen, outcome } = cell.behaviour.get;
    expect(cell.seen).toBeGreaterThanOrEqual(wasCut(cell) ? 0 : seen);
    expect(cell.seen).toBeLessThanOrEqual(seen);
    expect(cell.late).toBe(0);
    expect(wasCut(cell) ? [...outcome, 'unavailable'] : outcome).toContain(cell.outcome);
    expectSettled(cell);
    expectNothingOpen(cell);
  });

  it('is tried at most three times, and once where it was refused', () => {
    for (const { name, nothingDone } of behaviours) {
      expect(sluice(name, 'GET').seen, name).toBeLessThanOrEqual(nothingDone ? 1 : 3);
    }
  });
});

describe('heroku-client', () => {
  const posts = (): readonly Cell[] =>
    cells.filter((cell) => cell.client === 'heroku-client' && cell.method === 'POST');

  it('repeats a POST by itself, which is why it does not send the promotion', () => {
    expect(posts().filter((cell) => cell.seen > 1).length).toBeGreaterThan(0);
  });

  it('repeats it after it has told its caller that the call failed', () => {
    expect(posts().filter((cell) => cell.late > 0).length).toBeGreaterThan(0);
  });
});
