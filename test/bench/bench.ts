// npm run bench: what a look, a tick and a promotion cost, measured on the real code in one process. Ends with 1 when a
// figure is over its limit.

import { measureLook, measureRest, type Row } from './measured.ts';

const rows = [...(await measureLook()), ...(await measureRest())];

const cell = (row: Row): readonly string[] => [
  row.what,
  row.value.toLocaleString('en', { maximumFractionDigits: 1 }),
  row.unit,
  row.limit === undefined ? '' : `at most ${row.limit}`,
];
const table = [['what', 'measured', 'unit', 'limit'], ...rows.map(cell)];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
for (const cells of table) {
  console.log(
    cells
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
const over = rows.filter(({ value, limit }) => limit !== undefined && value > limit);
for (const { what, value, limit, unit } of over)
  console.error(`${what}: ${value.toFixed(1)} ${unit}, expected at most ${limit}.`);
process.exitCode = over.length > 0 ? 1 : 0;
