// Since when waves of several apps are behind.

import { describe, expect, it } from 'vitest';
import { behindSince } from '../../../shared/domain/behind.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import { steps } from '../../../shared/domain/pipeline.ts';
import { at, broughtTo, factsOf, MINUTE, pipelineOf, T0, type Telling, wave } from './fleet.ts';

describe('A wave of several apps is behind', () => {
  const pipeline = pipelineOf(wave('qa', 'qa-1 qa-2'), wave('canary', 'va-1 va-2'), wave('world', 'ie-1'));

  /** Minutes of the story since which it is; `before`: what was said of it earlier. */
  const since = (telling: Telling, before: number | null = null): number | null => {
    const apps = {
      'qa-1': 'A@0',
      'qa-2': 'A@0',
      'va-1': 'A@1',
      'va-2': 'A@1',
      'ie-1': 'A@2',
      ...telling.apps,
    };
    const facts = factsOf({ ...telling, apps });
    const differences = steps(pipeline).map((step) => differenceOf(pipeline, step, facts, at(900)));
    const found = behindSince(pipeline, differences, facts, before === null ? null : at(before));
    return found === null ? null : (found - T0) / MINUTE;
  };

  it('since the first of the apps before has had what the first of its own lacks', () => {
    expect(since({ apps: { 'qa-1': 'A@0 B@30', 'qa-2': 'A@0 B@20' } })).toBe(20);
    const apart = { 'qa-1': 'A@0 B@10 C@30', 'qa-2': 'A@0 B@10 C@30', 'va-1': 'A@1 B@11', 'va-2': 'A@1' };
    expect(since({ apps: apart })).toBe(10);
  });

  it('not for something put on the wave before by hand and replaced since; for it while it runs there', () => {
    const ledger = broughtTo({ 'va-1': 'A@1 B@50', 'va-2': 'A@1 B@50', 'ie-1': 'A@2' });
    const head = { 'qa-1': 'A@0 B@40', 'qa-2': 'A@0 B@40' };
    const replaced = { ...head, 'va-1': 'A@1 H@30 B@50', 'va-2': 'A@1 B@50' };
    expect(since({ apps: replaced, ledger })).toBe(50);
    const runs = { ...head, 'va-1': 'A@1 B@50 H@70', 'va-2': 'A@1 B@50 H@70', 'ie-1': 'A@2 B@51' };
    const brought = { ...ledger, apps: { ...ledger.apps, ...broughtTo({ 'ie-1': 'A@2 B@51' }).apps } };
    expect(since({ apps: runs, ledger: brought })).toBe(70);
  });

  it('whatever ran on later waves', () => {
    const apps = {
      'qa-1': 'X@0 C@50',
      'qa-2': 'X@0 C@50',
      'va-1': 'X@1 B@10',
      'va-2': 'X@1 B@10',
      'ie-1': 'C@-9 B@12',
    };
    expect(since({ apps, ledger: broughtTo({ 'va-1': 'B@10', 'va-2': 'B@10', 'ie-1': 'B@12' }) })).toBe(50);
  });

  it('by what was said before, when one app runs what one of those before has forgotten', () => {
    const apps = { 'qa-1': 'B@500', 'qa-2': 'A@0 B@500', 'va-2': 'A@1 B@501' };
    expect(since({ apps, partly: ['qa-1'] }, 5)).toBe(5);
    expect(since({ apps, partly: ['qa-2'] }, 5)).toBe(500);
  });

  it('with an app that runs nothing, for which nothing can have been forgotten', () => {
    const apps = { 'qa-1': 'B@500', 'qa-2': 'B@500', 'va-1': '', 'va-2': '' };
    expect(since({ apps, partly: ['qa-1', 'qa-2'] }, 5)).toBe(500);
  });
});
