// The page of costs shows what its computation gives.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { costTable, monthOf } from './costs.ts';

const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('The page of costs', () => {
  it('has the table that is computed', () => {
    const [shown = ''] = /^\| pipelines [\s\S]*?\n(?=\n)/m.exec(page) ?? [];
    expect(shown.trim()).toBe(costTable());
  });

  it('says of which day and region the prices are', () => {
    expect(page).toMatch(/prices of \d{4}-\d\d-\d\d in us-east-1/);
  });
});

describe('A month', () => {
  it('costs what the README says for 25 pipelines', () => {
    expect(readme.replaceAll(/\s+/g, ' ')).toContain(
      'twenty-five pipelines cost about ten dollars a month, and less than two within the free tier',
    );
    const { total, totalWithFreeTier } = monthOf(25);
    expect(Math.round(total)).toBe(10);
    expect(totalWithFreeTier).toBeLessThan(2);
  });

  it('asks more of Heroku for 1,000 pipelines than one user may', () => {
    expect(monthOf(100).herokuCalls).toBeLessThan(75);
    expect(monthOf(1000).herokuCalls).toBeGreaterThan(75);
  });
});
