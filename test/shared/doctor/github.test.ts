// Whether GitHub can be asked which commit contains which, for the pipelines that name a repository.

import { describe, expect, it } from 'vitest';
import type { RepositoryProbe } from '../../../shared/github/probe.ts';
import { allWell, ROUTER } from './installation.ts';

const TOKEN = 'github_pat_11AAAAAAA0secret';
const NAMED = `${ROUTER}\nrepo: example/router`;

async function named(answers: Record<string, RepositoryProbe> = {}, token: string | null = TOKEN) {
  const sluice = (await allWell()).set('/sluice/pipelines/router', NAMED);
  if (token !== null) sluice.secret('/sluice/github/token', token);
  Object.assign(sluice.repositories, answers);
  return sluice;
}

describe('GitHub', () => {
  it('is nothing to examine where no pipeline names a repository, and is not asked', async () => {
    const sluice = await allWell();
    expect(await sluice.about('github')).toEqual([]);
    expect(sluice.asked).toEqual([]);
  });

  it('is asked once about each repository, with the token as it is meant', async () => {
    const sluice = (await named({}, `${TOKEN}\n`)).set('/sluice/pipelines/again', NAMED);
    expect(await sluice.about('github')).toEqual([
      'ok example/router: its commits can be compared, for again, router',
    ]);
    expect(sluice.asked).toEqual([`example/router ${TOKEN}`]);
  });

  it('without a token is not asked, and what goes in its place is said', async () => {
    const sluice = await named({}, null);
    const finding = await sluice.one('github/token');
    expect(finding).toMatchObject({
      state: 'warning',
      found:
        'not set, so GitHub is not asked about example/router: what contains what goes by the order of deployments',
      todo: 'sluice secrets set github/token',
    });
    expect(sluice.asked).toEqual([]);
  });

  it('that refuses the token is asked no more', async () => {
    const sluice = await named({
      'example/router': { kind: 'refused', why: 'GitHub refuses the token (401)' },
    });
    sluice.set('/sluice/pipelines/web', `${ROUTER}\nrepo: example/web`);
    expect(await sluice.about('github')).toEqual([
      'problem github/token: GitHub refuses the token (401): no time inside later deploys counts for the soak on the head; expected a token that is neither revoked nor expired',
    ]);
    expect(sluice.asked).toHaveLength(1);
  });

  it('is not asked with what is too short to be a token', async () => {
    const sluice = await named({}, 'ghp_short');
    expect(await sluice.about('github')).toEqual([
      'problem github/token: too short to be a token: no time inside later deploys counts for the soak on the head; expected a token as GitHub has given it',
    ]);
    expect(sluice.asked).toEqual([]);
  });

  it('that does not find a repository is told of that one', async () => {
    const why = 'GitHub does not find example/router, or the token may not see it (404)';
    const sluice = await named({ 'example/router': { kind: 'unread', why } });
    expect(await sluice.about('github')).toEqual([
      `problem example/router: ${why}: no time inside later deploys counts for the soak on the head of router; expected a token with the permission Contents, read, of this repository; and its name as it is now`,
    ]);
  });

  it('that cannot be reached from here may be reached by the functions', async () => {
    const sluice = await named({
      'example/router': { kind: 'silent', why: 'GitHub does not answer (ENOTFOUND)' },
    });
    expect(await sluice.about('github')).toEqual([
      'warning example/router: could not be tried from this machine; the functions may fare better: GitHub does not answer (ENOTFOUND)',
    ]);
  });

  it('with a token that nothing needs is told, unless a pipeline cannot be read', async () => {
    const sluice = (await allWell()).secret('/sluice/github/token', TOKEN);
    expect(await sluice.about('github')).toEqual([
      'warning github/token: set, and no pipeline names a repository to ask about; expected `repo: owner/name` in the parameter of a pipeline, or no token',
    ]);
    sluice.set('/sluice/pipelines/other', 'pipeline:');
    expect(await sluice.about('github')).toEqual([]);
  });

  it('has its token in no finding', async () => {
    const sluice = await named({ 'example/router': { kind: 'unread', why: `odd ${TOKEN}` } });
    expect(JSON.stringify(await sluice.examine())).not.toContain(TOKEN);
  });
});
