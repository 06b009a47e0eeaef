// Follows a list over its pages. Pure but for the function that reads a page.
// Facts: Heroku Platform API reference, "Ranges": a cut list has the header `Next-Range`, to be sent back as `Range`.

import { HerokuError } from './port.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** `Next-Range` as the server wrote it, null on the last page. */
  readonly next: string | null;
}

/** Pages of 200 reach 10,000 rows, of 1,000 five times as many. */
const maxPages = 50;

/**
 * Reads pages until the server names no next one or `enough` says so. The range of the next page is what the server
 * sent, unchanged: it carries the order and the size. Throws `unavailable` for a server that never ends: half a list
 * must not pass for a whole one.
 */
export async function readPages<Row>(
  call: string,
  firstRange: string,
  readPage: (range: string) => Promise<Page<Row>>,
  enough: (rows: readonly Row[]) => boolean = () => false,
): Promise<{ readonly rows: readonly Row[]; readonly complete: boolean }> {
  const asked = new Set<string>();
  let rows: readonly Row[] = [];
  let range: string | null = firstRange;
  while (range !== null) {
    if (asked.has(range) || asked.size === maxPages) throw endless(call, asked.size);
    asked.add(range);
    const page: Page<Row> = await readPage(range);
    rows = rows.concat(page.rows);
    if (page.next !== null && enough(rows)) return { rows, complete: false };
    range = page.next;
  }
  return { rows, complete: true };
}

function endless(call: string, pages: number): HerokuError {
  return new HerokuError(
    'unavailable',
    `${call}: the list has no end after ${pages} pages (at most ${maxPages} are read, each range once).`,
    'Check that the API address is Heroku’s; report it if it is.',
  );
}

/** The first row of each key: a page may begin with the last row of the page before. */
export function distinct<Row>(rows: readonly Row[], key: (row: Row) => string): readonly Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) if (!seen.has(key(row))) seen.set(key(row), row);
  return [...seen.values()];
}
