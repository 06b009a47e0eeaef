// A fixed budget of simulated hours: nothing that must hold is violated, and the same seed gives the same steps.
// `npm run simulate` runs more, with seeds of its own.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUGS } from './bugs.ts';
import { simulate } from './simulation.ts';

describe('A planted bug', () => {
  const edits = BUGS.flatMap(({ name, edits: all }) => all.map((edit) => ({ name, ...edit })));

  it('is one of as many as the docs tell', () => {
    expect(readFileSync('docs/safety.md', 'utf8')).toContain(` makes ${BUGS.length} small wrong changes `);
  });

  it.each(edits)('$name: is to be found in $file at one place', ({ file, find }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  });
});

describe('The simulation', () => {
  let foretold = 0;
  let compared = 0;

  it.each([1, 2, 3, 4, 7, 8])('of seed %i finds nothing that must not be', async (seed) => {
    const report = await simulate({ seed, hours: 2, pipelines: 2 });
    expect(report.violation).toBeNull();
    expect(report.promotions).toBeGreaterThan(0);
    foretold += report.foretold;
    compared += report.compared;
  });

  it('made some of them when why had said so', () => {
    expect(foretold).toBeGreaterThan(0);
  });

  it('compared decisions with those without caches', () => {
    expect(compared).toBeGreaterThan(200);
  });

  it('of the same seed takes the same steps', async () => {
    const once = await simulate({ seed: 5, hours: 1, pipelines: 2 });
    const again = await simulate({ seed: 5, hours: 1, pipelines: 2 });
    expect(again).toEqual(once);
    expect((await simulate({ seed: 6, hours: 1, pipelines: 2 })).hash).not.toBe(once.hash);
  });
});
