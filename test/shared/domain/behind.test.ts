// Since when a wave is behind: the age of the oldest thing it has not been given.

import { describe, expect, it } from 'vitest';
import { emptyLedger, type Ledger } from '../../../shared/domain/attempt.ts';
import { behindLimitOf, behindSince } from '../../../shared/domain/behind.ts';
import { differenceOf } from '../../../shared/domain/difference.ts';
import type { AppFacts, Facts } from '../../../shared/domain/facts.ts';
import { type Pipeline, steps } from '../../../shared/domain/pipeline.ts';
import { historyOf, type ReleaseFact } from '../../../shared/domain/stays.ts';

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;

/** What ran on an app, oldest first: a letter for the artifact, and the hour it came. */
type Past = readonly (readonly [artifact: string, hour: number])[];

function releases(past: Past): readonly ReleaseFact[] {
  return past.map(([id, hour], index) => ({
    id: `r${index + 1}`,
    version: index + 1,
    status: 'succeeded',
    current: index === past.length - 1,
    artifact: { type: 'slug', id },
    createdAt: hour * HOUR,
    updatedAt: hour * HOUR,
    hasReleasePhase: false,
    userEmail: null,
  }));
}

interface Telling {
  readonly pasts: readonly Past[];
  /** False for the first wave when Heroku's list does not reach back to its beginning. */
  readonly complete?: boolean;
  readonly before?: number | null;
  readonly ledger?: Ledger;
  readonly commits?: Facts['commits'];
  readonly unreadable?: string;
}

/** Hour since which a pipeline with one app a wave is behind; soaks of two hours. */
function behind({
  pasts,
  complete = true,
  before = null,
  ledger = emptyLedger,
  commits = {},
  unreadable,
}: Telling): number | null {
  const waves = pasts.map((_, index) => ({
    name: `w${index}`,
    apps: [{ id: `a${index}`, name: `a${index}` }],
    soakMs: index === 0 ? 0 : 2 * HOUR,
    checks: [],
  }));
  const pipeline: Pipeline = { id: 'p', name: 'p', mode: 'promote', waves };
  const apps = pasts.map((past, index): [string, AppFacts] => [
    `a${index}`,
    {
      app: { id: `a${index}`, name: `a${index}` },
      maintenance: null,
      pending: null,
      unreadable: unreadable === `a${index}` ? 'no access' : null,
      history: historyOf(releases(past), index > 0 || complete).history,
    },
  ]);
  const facts: Facts = { apps: Object.fromEntries(apps), ledger, holds: [], commits };
  const differences = steps(pipeline).map((step) => differenceOf(pipeline, step, facts, NOW));
  const known = before === null ? null : before * HOUR;
  const since = behindSince(pipeline, differences, facts, known);
  return since === null ? null : since / HOUR;
}

describe('A wave is behind', () => {
  it('not at all while it runs what the wave before runs', () => {
    expect(behind({ pasts: [[['A', 1]], [['A', 2]]] })).toBeNull();
  });

  it('since the wave before has had something newer', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
    ];
    expect(behind({ pasts: [head, [['A', 2]]] })).toBe(10);
  });

  it('since the oldest thing it has not been given, however often that was replaced by newer ones', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
      ['C', 20],
      ['D', 990],
    ];
    expect(behind({ pasts: [head, [['A', 2]]] })).toBe(10);
  });

  it('not for what it passed over when it was given something newer', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
      ['C', 20],
      ['D', 30],
    ];
    const next: Past = [
      ['A', 2],
      ['C', 25],
    ];
    expect(behind({ pasts: [head, next] })).toBe(30);
  });

  it('nor for what it passed over before somebody released a hotfix straight to it', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
      ['C', 20],
    ];
    const next: Past = [
      ['A', 2],
      ['C', 25],
      ['H', 40],
    ];
    expect(behind({ pasts: [head, next] })).toBeNull();
    expect(behind({ pasts: [[...head, ['D', 50]], next] })).toBe(50);
  });

  it('not for what it runs in another build of the same commit', () => {
    const commits = { 'slug:A': 'a'.repeat(40), 'slug:A2': 'a'.repeat(40) };
    const head: Past = [
      ['A', 1],
      ['A2', 10],
    ];
    expect(behind({ pasts: [[...head, ['B', 20]], [['A', 2]]], commits })).toBe(20);
  });

  it('not for what was taken back on the wave before', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
      ['A', 11],
    ];
    expect(behind({ pasts: [head, [['A', 2]]] })).toBeNull();
    expect(behind({ pasts: [[...head, ['C', 20]], [['A', 2]]] })).toBe(20);
  });

  it('since somebody took it back there, not since it first ran', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
      ['C', 20],
    ];
    const next: Past = [
      ['A', 2],
      ['C', 25],
      ['A', 60],
    ];
    expect(behind({ pasts: [head, next] })).toBe(60);
  });

  it('as long as the earliest of the waves', () => {
    const ledger: Ledger = {
      ...emptyLedger,
      apps: {
        a1: { brought: [{ artifact: 'slug:B', at: 15, knownAt: 15, by: 'x' }], failed: null, tried: null },
      },
    };
    const pasts: readonly Past[] = [
      [
        ['A', 1],
        ['B', 10],
        ['C', 30],
      ],
      [
        ['A', 2],
        ['B', 15],
      ],
      [['A', 3]],
    ];
    expect(behind({ pasts, ledger })).toBe(15);
  });

  it('with an app that runs nothing yet: since the wave before has run what it runs', () => {
    const head: Past = [
      ['A', 1],
      ['B', 10],
    ];
    expect(behind({ pasts: [head, []] })).toBe(10);
    expect(behind({ pasts: [head, []], unreadable: 'a1' })).toBeNull();
  });
});

describe('A past that is forgotten', () => {
  const head: Past = [
    ['X', 500],
    ['Y', 600],
  ];

  it('is told by what was said before', () => {
    expect(behind({ pasts: [head, [['A', 2]]], complete: false, before: 10 })).toBe(10);
  });

  it('is as long as what is known where nothing was said', () => {
    expect(behind({ pasts: [head, [['A', 2]]], complete: false })).toBe(500);
  });

  it('does not count once what the wave runs is known again', () => {
    expect(behind({ pasts: [head, [['X', 550]]], complete: false, before: 10 })).toBe(600);
  });
});

describe('The limit when nobody gives one', () => {
  it('is what the soaks add up to, and four days for a long weekend', () => {
    const wave = (soakMs: number) => ({ name: 'w', apps: [], soakMs, checks: [] });
    const waves = [wave(0), wave(2 * HOUR), wave(30 * HOUR)];
    expect(behindLimitOf({ id: 'p', name: 'p', mode: 'promote', waves })).toBe(128 * HOUR);
  });
});
