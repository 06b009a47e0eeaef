// Readings of the facts: what runs, what is under way, what an artifact is called.

import { describe, expect, it } from 'vitest';
import { artifactKey } from '../../../shared/domain/artifact.ts';
import { emptyLedger } from '../../../shared/domain/attempt.ts';
import { factsOf as appFacts, isUnderWay, nameOf, openOn, running } from '../../../shared/domain/facts.ts';
import { app, attemptOf, factsOf, target, wave } from './fleet.ts';

const ledger = { ...emptyLedger, open: [attemptOf({ targets: [target('va-1'), target('va-2')] })] };
const facts = () => factsOf({ apps: { 'qa-1': 'A@-60 B@0', 'va-1': 'A@-50', 'va-2': '' }, ledger });

describe('the facts', () => {
  it('of an app are what was read of it; that there are none is a mistake, and says whose', () => {
    expect(appFacts(facts(), app('qa-1')).history.through).toBe(2);
    expect(() => appFacts(facts(), app('ie-1'))).toThrow(
      'No facts about ie-1: every app of every wave must have some.',
    );
  });

  it('tell what runs: the newest stay, or nothing', () => {
    expect(running(facts(), app('qa-1'))).toMatchObject({ artifact: 'slug:B', releaseId: 'qa-1 v2' });
    expect(running(facts(), app('va-2'))).toBeUndefined();
  });

  it('tell which open attempt concerns a wave: one app in common is enough', () => {
    expect(openOn(facts(), wave('canary', 'ie-1 va-2'))?.id).toBe('attempt-1');
    expect(openOn(facts(), wave('world', 'ie-1 ie-2'))).toBeUndefined();
  });

  it('tell what is under way: that artifact, to that app', () => {
    expect(isUnderWay(facts(), app('va-2'), 'slug:B')).toBe(true);
    expect(isUnderWay(facts(), app('va-2'), 'slug:A')).toBe(false);
    expect(isUnderWay(facts(), app('ie-1'), 'slug:B')).toBe(false);
  });
});

describe('an artifact', () => {
  it('is a slug or an image, and its id', () => {
    expect(artifactKey({ type: 'slug', id: '1' })).toBe('slug:1');
    expect(artifactKey({ type: 'oci-image', id: '1' })).toBe('oci-image:1');
  });

  it('is called by its commit, shortened', () => {
    expect(nameOf(facts(), 'slug:B')).toBe('bbbbbbbb');
  });

  it('is called by its build as well, where another one in play has the same commit', () => {
    const commits = { 'slug:11111111-a': 'b'.repeat(40), 'slug:22222222-b': 'b'.repeat(40) };
    expect(nameOf({ commits }, 'slug:11111111-a')).toBe('bbbbbbbb (slug 11111111)');
    expect(nameOf({ commits }, 'slug:22222222-b')).toBe('bbbbbbbb (slug 22222222)');
  });

  it.each([
    ['slug:0123456789abcdef', 'slug 01234567'],
    ['oci-image:0123456789abcdef', 'oci-image 01234567'],
  ])('without a known commit is called by the start of its id: %s', (artifact, name) => {
    expect(nameOf({ commits: {} }, artifact)).toBe(name);
    expect(nameOf({ commits: { [artifact]: null } }, artifact)).toBe(name);
  });
});
