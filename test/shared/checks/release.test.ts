// Release: whether Heroku can carry the promotion out at all.

import { describe, expect, test } from 'vitest';
import { release } from '../../../shared/checks/release.ts';
import type { ReleaseFact } from '../../../shared/domain/stays.ts';
import { ask, portsWith, questionOf, stay, T0 } from './question.ts';

const pending: ReleaseFact = {
  id: 'release-33',
  version: 33,
  status: 'pending',
  current: false,
  artifact: null,
  createdAt: T0,
  updatedAt: T0,
  hasReleasePhase: true,
  userEmail: null,
};

describe('The release to promote', () => {
  test('passes while Heroku keeps it and no target is busy', async () => {
    expect(await ask(release, {})).toMatchObject({
      state: 'pass',
      reason: 'Release v12 of router-qa01 brought c0ffee01 at 2026-11-23 10:00Z and can be promoted.',
    });
  });

  test('fails once Heroku no longer keeps it, with what to do', async () => {
    const stays = { 'router-qa01': [stay({ expired: true })], 'router-qa02': [stay({ expired: true })] };
    expect(await ask(release, {}, { stays })).toMatchObject({
      state: 'fail',
      about: 'artifact',
      reason: 'Heroku no longer keeps release v12 of router-qa01, so c0ffee01 cannot be promoted from it.',
      unblock: expect.stringContaining(
        'heroku pipelines:promote --app router-qa01 --to router-va01,router-va02',
      ),
    });
  });

  test('waits for a release on a target that has not ended', async () => {
    expect(await ask(release, {}, { apps: { 'router-va02': { pending } } })).toMatchObject({
      state: 'wait',
      about: 'target',
      reason: 'router-va02 has not finished release v33 of 2026-11-23 10:00Z.',
      since: T0,
    });
  });

  test('is not delayed by a pending release on its own app: what is pinned stays pinned', async () => {
    expect(await ask(release, {}, { apps: { 'router-qa01': { pending } } })).toMatchObject({ state: 'pass' });
  });

  test('is unknown when it is none of those that brought the artifact', async () => {
    const question = questionOf({});
    const candidate = { ...question.candidate, sourceReleaseId: 'another' };
    const verdict = await release.ask({ ...question, candidate }, portsWith());
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('another') });
  });
});
