// The runbook is about the alarms that exist, tells what they tell, and names parts that are there.

import { existsSync, readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { alarmTable, entriesOf } from '../../infra/alarms/table.ts';
import { readContext } from '../../infra/context.ts';
import { SluiceStack } from '../../infra/stack.ts';
import { METRICS } from '../../shared/metrics.ts';
import { CHANGING_VERBS } from '../../shared/operations/verbs.ts';
import { alarmsOnGraphs, watched } from '../infra/watched.ts';

const page = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const table = alarmTable(1);

interface Section {
  readonly heading: string;
  readonly text: string;
}

/** The parts under headings of a level, `##` being the second. */
function sectionsOf(text: string, level: 2 | 3): readonly Section[] {
  const [, ...parts] = text.split(new RegExp(`^${'#'.repeat(level)} `, 'm'));
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    return { heading, text: lines.join('\n') };
  });
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const sections = sectionsOf(page, 2);
const entries = sections.filter(({ heading }) => /^[a-z-]+$/.test(heading));
/** Every command of the page, continued lines joined. */
const commands = [...page.replaceAll(/\\\n\s+/g, '').matchAll(/^\$ (.+)$/gm)].map(
  ([, command = '']) => command,
);

describe('The runbook', () => {
  it('begins with how to stop and how to go on', () => {
    expect(sections.slice(0, 2).map(({ heading }) => heading)).toEqual(['Stop everything', 'Go on']);
  });

  it('has one entry for every alarm and no other, in the order of the dashboard', () => {
    const names = entries.map(({ heading }) => heading);
    expect(names).toEqual(entriesOf(table));
    expect(names).toEqual(alarmsOnGraphs(watched().widgets));
  });

  it.each(entries)(
    '$heading: what happened, what it misleads on, where to look, what to do',
    ({ heading, text }) => {
      const spec = table.find(({ name, entry = name }) => entry === heading);
      const parts = sectionsOf(text, 3);
      expect(parts.map((part) => part.heading)).toEqual([
        'Description',
        'What it can mislead you on',
        'Investigation',
        'Resolution',
      ]);
      const [description, misleads, investigation, resolution] = parts.map((part) => flat(part.text));
      expect(description).toContain(spec?.fact);
      expect(misleads).toBe(spec?.misleads);
      expect(investigation).toContain('```console $ ');
      expect(resolution).not.toBe('');
    },
  );

  it('refers to entries that exist', () => {
    const names = new Set(table.flatMap(({ name, entry = name }) => [name, entry]));
    const shaped = /`((?:no|scan|promote|webhook|promotion|pipeline|outcome|dead|heroku)-[a-z-]+)`/g;
    const referred = [...page.matchAll(shaped)].map(([, name = '']) => name);
    expect(referred.length).toBeGreaterThan(10);
    expect(referred.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('What it tells to type', () => {
  const sluice = [...page.matchAll(/\.\/sluice ([a-z]+)[^`\n]*/g)];

  it('asks the deployed Sluice, in verbs that it has', () => {
    expect(sluice.length).toBeGreaterThan(20);
    expect(
      sluice.filter(([command]) => !command.includes('--prefix /sluice')).map(([command]) => command),
    ).toEqual([]);
    expect(
      sluice
        .filter(([, verb = '']) => !existsSync(new URL(`../../cli/${verb}.ts`, import.meta.url)))
        .map(([command]) => command),
    ).toEqual([]);
  });

  it('uses the tools that an operator has', () => {
    const strange = commands.filter(
      (command) => !/^(\.\/sluice|aws|heroku|part|for p in|\w+=\$\(part) ?/.test(command),
    );
    expect(strange).toEqual([]);
  });

  const resources = () => {
    const context = readContext(() => undefined);
    const stack = new SluiceStack(new App(), 'sluice', { context, code: () => Code.fromInline('0') });
    const { Resources } = Template.fromStack(stack).toJSON() as {
      readonly Resources: Record<string, { readonly Type: string }>;
    };
    return Resources;
  };

  it('lets each verb be allowed by itself: it names the function of each', () => {
    const whoMay = sections.find(({ heading }) => heading === 'Who may')?.text ?? '';
    const functions = Object.entries(resources()).flatMap(([id, { Type }]) =>
      Type === 'AWS::Lambda::Function' ? [id.replace(/Function\w{8}$/, '')] : [],
    );
    for (const verb of CHANGING_VERBS) {
      const name = `Api${verb[0]?.toUpperCase()}${verb.slice(1)}`;
      expect(whoMay).toContain(`\`${name}\``);
      expect(functions.filter((one) => one === name)).toHaveLength(1);
    }
  });

  it('names parts that the stack has, each of them once', () => {
    const Resources = resources();
    const parts = [...page.matchAll(/part (AWS::\w+::\w+) (\w+)/g)];
    expect(parts.length).toBeGreaterThan(20);
    for (const [command, type, start = ''] of parts) {
      const found = Object.entries(Resources).filter(
        ([id, { Type }]) => Type === type && id.startsWith(start),
      );
      expect(found, command).toHaveLength(1);
    }
  });
});

describe('Every metric', () => {
  it('is on the dashboard or in an alarm', () => {
    const { widgets, alarms } = watched();
    const shown = new Set([
      ...widgets.flatMap(({ properties }) => properties.metrics ?? []).map(([, name]) => name),
      ...alarms.map(({ MetricName }) => MetricName),
    ]);
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });
});
