// What a rejection is about: an artifact, or its code.

import { expect, it } from 'vitest';
import { type Rejection, rejectionsOf } from '../../../shared/domain/rejection.ts';
import { at } from './fleet.ts';

const BAD = 'bad0'.repeat(10);

const rejection = (more: Partial<Rejection> = {}): Rejection => ({
  id: 'rejection-1',
  pipelineId: 'id-router',
  artifact: 'slug:B',
  commit: BAD,
  why: 'person',
  actor: 'ana@example.com',
  reason: 'it loses orders',
  at: at(1),
  app: null,
  releaseId: null,
  liftedAt: null,
  liftedBy: null,
  ...more,
});

it.each([
  { case: 'the artifact itself', of: { artifact: 'slug:B', commit: null }, counts: true },
  { case: 'another build of its commit', of: { artifact: 'slug:B2', commit: BAD }, counts: true },
  { case: 'its commit in capitals', of: { artifact: 'slug:B2', commit: BAD.toUpperCase() }, counts: true },
  {
    case: 'a build that names its commit in short',
    of: { artifact: 'slug:B2', commit: 'bad0bad0' },
    counts: true,
  },
  { case: 'text that is no SHA', of: { artifact: 'slug:C', commit: 'bad' }, counts: false },
  { case: 'another commit in short', of: { artifact: 'slug:C', commit: 'bad0bad1' }, counts: false },
  { case: 'another commit', of: { artifact: 'slug:C', commit: 'c'.repeat(40) }, counts: false },
  { case: 'an artifact without a commit', of: { artifact: 'slug:C', commit: null }, counts: false },
  { case: 'one whose commit was not read', of: { artifact: 'slug:C', commit: undefined }, counts: false },
])('counts for $case: $counts', ({ of, counts }) => {
  expect(rejectionsOf([rejection()], of)).toHaveLength(counts ? 1 : 0);
});

it('by a short SHA counts for every commit that begins so, and one by a tag for that tag alone', () => {
  const short = rejection({ commit: 'bad0bad0' });
  expect(rejectionsOf([short], { artifact: 'slug:B2', commit: BAD })).toEqual([short]);
  const tag = rejection({ commit: 'v1.2' });
  expect(rejectionsOf([tag], { artifact: 'slug:B2', commit: 'v1.2.3' })).toEqual([]);
  expect(rejectionsOf([tag], { artifact: 'slug:B2', commit: 'v1.2' })).toEqual([tag]);
});

it('that names no commit is about its artifact alone', () => {
  const one = rejection({ commit: null });
  expect(rejectionsOf([one], { artifact: 'slug:B', commit: BAD })).toEqual([one]);
  expect(rejectionsOf([one], { artifact: 'slug:B2', commit: BAD })).toEqual([]);
  expect(rejectionsOf([one], { artifact: 'slug:B2', commit: null })).toEqual([]);
});

it('counts until it is lifted', () => {
  const lifted = rejection({ liftedAt: at(2), liftedBy: 'bo@example.com' });
  expect(rejectionsOf([lifted], { artifact: 'slug:B', commit: BAD })).toEqual([]);
});
