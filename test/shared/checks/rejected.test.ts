// Rejected: what must go no further, and how it may again.

import { expect, test } from 'vitest';
import { rejected } from '../../../shared/checks/rejected.ts';
import type { Rejection } from '../../../shared/domain/rejection.ts';
import { ask, COMMIT, NEW, T0, va1 } from './question.ts';

const rejection = (parts: Partial<Rejection> = {}): Rejection => ({
  id: 'rejection-1',
  pipelineId: 'pipeline-id',
  artifact: null,
  commit: COMMIT,
  why: 'person',
  actor: 'ann@example.com',
  reason: 'it loses orders',
  at: T0,
  app: null,
  releaseId: null,
  liftedAt: null,
  liftedBy: null,
  ...parts,
});

test('passes what nobody has rejected', async () => {
  const others = [rejection({ commit: 'f'.repeat(40) }), rejection({ liftedAt: T0, liftedBy: 'bo' })];
  expect(await ask(rejected, {}, { rejections: others })).toMatchObject({ state: 'pass', about: 'artifact' });
});

test('fails for a commit that a person rejected, whichever build of it, and says how to take that back', async () => {
  const name = COMMIT.slice(0, 8);
  expect(await ask(rejected, {}, { rejections: [rejection()] })).toMatchObject({
    state: 'fail',
    about: 'artifact',
    reason: `ann@example.com rejected ${name} at 2026-11-23 10:00Z: it loses orders.`,
    since: T0,
    unblock: `sluice allow router ${name} --reason "…"   (${name} may go on then; something newer passes it by)`,
    onEvent: true,
    evidence: { rejections: ['rejection-1'] },
  });
});

test('fails for what was taken back on an app, and names the app', async () => {
  const rollback = rejection({
    why: 'rollback',
    artifact: NEW,
    commit: null,
    app: va1,
    reason: 'heroku rollback',
  });
  expect((await ask(rejected, {}, { rejections: [rollback] })).reason).toMatch(
    /^\w{8} was taken back on router-va01 at 2026-11-23 10:00Z by ann@example\.com: heroku rollback\.$/,
  );
});

test('names an artifact without a commit so that it can be typed', async () => {
  const rejections = [rejection({ artifact: NEW, commit: null })];
  const verdict = await ask(rejected, {}, { rejections, commits: { [NEW]: null } });
  expect(verdict.unblock).toMatch(/^sluice allow router "slug 11111111" --reason "…" {3}/);
});
