// Pasts: what first ran when and what was taken back, by code and not by slug.

import { describe, expect, it } from 'vitest';
import {
  codeBy,
  fullCommit,
  hasTakenBack,
  isTakenBackTo,
  pastOf,
  ranBefore,
  takenBackBy,
} from '../../../shared/domain/past.ts';
import { historyOf, type ReleaseFact } from '../../../shared/domain/stays.ts';

/** `AbA`: each letter a release; a letter in lower case is another build of the same commit. */
function history(codes: string, more: Partial<Record<number, Partial<ReleaseFact>>> = {}, complete = true) {
  const releases = [...codes].map(
    (code, n): ReleaseFact => ({
      id: `r${n + 1}`,
      version: n + 1,
      status: 'succeeded',
      current: n === codes.length - 1,
      artifact: { type: 'slug', id: code },
      createdAt: n,
      updatedAt: n,
      hasReleasePhase: false,
      userEmail: null,
      ...more[n + 1],
    }),
  );
  return historyOf(releases, complete).history;
}
const past = (...args: Parameters<typeof history>) => pastOf(history(...args), (key) => key.toUpperCase());

describe('what was taken back', () => {
  it.each([
    { codes: 'ABA', withdrawn: [false, true, false], rolledBack: true },
    { codes: 'ABa', withdrawn: [false, true, false], rolledBack: true },
    { codes: 'ABC', withdrawn: [false, false, false], rolledBack: false },
    { codes: 'Aab', withdrawn: [false, false, false], rolledBack: false },
    { codes: 'ABAC', withdrawn: [false, true, false, false], rolledBack: false },
    { codes: 'ABaC', withdrawn: [false, true, false, false], rolledBack: false },
    { codes: 'ABAB', withdrawn: [false, true, false, false], rolledBack: false },
    { codes: 'AaA', withdrawn: [false, false, false], rolledBack: true },
    { codes: 'ABCb', withdrawn: [false, false, true, false], rolledBack: true },
  ])('is told by going back to older code, whichever slug carries it: $codes', (told) => {
    expect(past(told.codes).withdrawn).toEqual(told.withdrawn);
    expect(isTakenBackTo(past(told.codes), history(told.codes).stays)).toBe(told.rolledBack);
  });

  it.each(['ABaB', 'ABAB', 'ABaaB'])(
    'is nothing where somebody goes from older code forth again: %s',
    (codes) => {
      expect(hasTakenBack(past(codes), history(codes).stays)).toBe(false);
    },
  );

  it.each(['ABA', 'ABa', 'AaA', 'ABCb', 'ABCaB'])('is something where they go back: %s', (codes) => {
    expect(hasTakenBack(past(codes), history(codes).stays)).toBe(true);
  });

  it('is told by a rollback to a release that is no longer kept', () => {
    // v1 was forgotten; v4 went back to it.
    const kept = { 4: { rollbackTo: 1 } };
    const all = history('ABCA', kept, true);
    const partly = { ...all, stays: all.stays.slice(1), complete: false };
    const read = pastOf(partly, (key) => key);
    expect(read.withdrawn).toEqual([true, true, false]);
    expect(ranBefore(read, 'slug:A', 'slug:B')).toBe(true);
  });

  it('names the stay that took it back, unless it was given again since', () => {
    const found = (codes: string, code: string) =>
      takenBackBy(past(codes), history(codes).stays, `SLUG:${code}`)?.releaseId;
    expect(found('ABA', 'B')).toBe('r3');
    expect(found('ABCa', 'B')).toBe('r4');
    expect(found('ABAB', 'B')).toBeUndefined();
    expect(found('ABA', 'A')).toBeUndefined();
    expect(found('ABA', 'Z')).toBeUndefined();
  });

  it('is nothing on an app that runs nothing', () => {
    expect(isTakenBackTo(past(''), [])).toBe(false);
  });
});

describe('code', () => {
  const sha = 'ab'.repeat(20);
  it('is the same for two artifacts of one full commit, in whatever case', () => {
    const commits = { 'slug:1': sha, 'slug:2': sha.toUpperCase(), 'slug:3': null };
    expect(codeBy(commits, 'slug:1')).toBe(codeBy(commits, 'slug:2'));
    expect(codeBy(commits, 'slug:3')).toBe('slug:3');
  });

  it.each(['v1.2.3', 'abcdef12', '', null, undefined, 'g'.repeat(40)])('is not told by %j', (commit) => {
    expect(fullCommit(commit)).toBeNull();
  });
});
