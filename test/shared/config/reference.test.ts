// The reference says what the code does: the page is up to date, its examples are valid, its defaults are true.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checks } from '../../../shared/checks/index.ts';
import { parsePipeline } from '../../../shared/config/parse.ts';
import { referenceOf } from '../../../shared/config/reference.ts';

const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

const problemsOf = (text: string) => {
  const parsed = parsePipeline({ parameter: 'docs', text });
  return parsed.ok ? [] : parsed.problems;
};

/** The rows of the table under a check's heading: key, default, example. */
function rowsOf(name: string): readonly (readonly [string, string, string])[] {
  const [, section = ''] = page.split(`\n### \`${name}\`\n`);
  const [own = ''] = section.split('\n#');
  return [...own.matchAll(/^\| `(.+?)` \| .*? \| (.*?) \| .*? \| `(.*)` \|$/gm)].map(
    ([, key = '', value = '', example = '']) => [key, value, example] as const,
  );
}

describe('The reference', () => {
  test('is up to date: if it is not, run `npm run docs`', () => {
    expect(page).toBe(referenceOf(checks));
  });

  test('has a page for every check that can be configured', () => {
    for (const check of checks) {
      expect(page).toContain(check.always ? `\n- \`${check.name}\`: ` : `\n### \`${check.name}\`\n`);
    }
  });

  test('has no key without words', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.filter((row) => /\| *\|/.test(row))).toEqual([]);
  });

  test.for(examples)('has a valid example: %s', (text) => {
    expect(problemsOf(text.startsWith('pipeline:') ? text : `pipeline: router\n${text}`)).toEqual([]);
  });

  const configured = checks.filter((check) => !check.always).map((check) => [check.name, check] as const);

  test.for(configured)('gives a valid example for every key of %s', ([name, check]) => {
    const [written] = parse(check.example ?? '') as [unknown];
    const base = typeof written === 'object' ? Object.values(written as object)[0] : {};
    for (const [, , example] of rowsOf(name)) {
      expect(check.schema.safeParse({ ...base, ...parse(example) }).error, example).toBeUndefined();
    }
  });

  test.for(configured)('tells the defaults of %s that it has', ([name, check]) => {
    const [written] = parse(check.example ?? '') as [unknown];
    const base = typeof written === 'object' ? (Object.values(written as object)[0] as object) : {};
    for (const [key, value] of rowsOf(name)) {
      if (
        ['required', 'none', 'any', 'any age', 'whatever CI reports', '`github` and `circleci`'].includes(
          value,
        )
      )
        continue;
      const without = { ...base, [key]: undefined };
      expect(check.schema.parse({ ...base, [key]: value }), key).toEqual(check.schema.parse(without));
    }
  });
});
