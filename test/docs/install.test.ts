// docs/install.md names what the stack has, all of it and nothing else: context values, outputs, parameters, functions.

import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../infra/bundle.ts';
import { CONTEXT_KEYS, readContext } from '../../infra/context.ts';
import { parameterNames } from '../../shared/parameters/names.ts';
import { synthesised } from '../infra/synthesised.ts';
import { columnOf, pageOf, termsOf } from './pages.ts';

const page = pageOf('docs/install.md');
const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();
const firstOf = (heading: string): readonly string[] =>
  columnOf(page, heading, 0).flatMap((cell) => termsOf(cell));

describe('docs/install.md', () => {
  it('has every context value', () => {
    expect(firstOf('context | default | value')).toEqual(CONTEXT_KEYS);
  });

  it('has their defaults', () => {
    const { prefix, alarmEmail, tickMinutes, logRetentionDays, ...concurrency } = readContext(
      () => undefined,
    );
    const { secretKeys, reservedConcurrency, webhookConcurrency, apiConcurrency } = concurrency;
    const defaults = columnOf(page, 'context | default | value', 1).map((cell) => cell.replaceAll('`', ''));
    expect(tickMinutes).toBe(1);
    expect(defaults).toEqual([
      prefix,
      alarmEmail ?? 'none',
      'rate(1 minute)',
      String(logRetentionDays),
      ...[secretKeys[0] ?? null, reservedConcurrency, webhookConcurrency, apiConcurrency].map(
        (count) => count ?? 'none',
      ),
    ]);
  });

  it('gives context values that a deploy takes', () => {
    const given = [...page.text.matchAll(/-c (\w+)='?([^'\s`]+(?: \w+\))?)/g)];
    expect(given.length).toBeGreaterThan(1);
    for (const [, name = '', value] of given) {
      expect(CONTEXT_KEYS).toContain(name);
      expect(() => readContext((key) => (key === name ? value : undefined), [name])).not.toThrow();
    }
  });

  it('has every output of the stack', () => {
    const outputs = Object.keys(synthesised().toJSON()['Outputs'] as object);
    expect(sorted(firstOf('output | what it is'))).toEqual(sorted(outputs));
  });

  it('has every parameter, and no other', () => {
    const { prefix, pipeline, pipelines, webhook, webhooks, ...single } = parameterNames();
    const all = [...Object.values(single), pipeline('<name>'), webhook('<source>')];
    expect(sorted(firstOf('parameter | how it is set'))).toEqual(sorted(all));
    const named = [...page.text.matchAll(/(?<![\w./])\/sluice\/[\w<>/-]+/g)].map(([name]) => name);
    const shapeOf = (name: string): string =>
      name
        .replace(/^(\/sluice\/pipelines)\/.+/, '$1/<name>')
        .replace(/^(\/sluice\/webhooks)\/.+/, '$1/<source>');
    expect(sorted(named.map(shapeOf).filter((name) => !all.includes(name)))).toEqual([]);
    expect([prefix, pipelines, webhooks]).toEqual(['/sluice', '/sluice/pipelines', '/sluice/webhooks']);
  });

  it('has every function', () => {
    const boxes = firstOf('box | what for');
    expect(boxes).toEqual(expect.arrayContaining([...FUNCTIONS]));
  });
});
