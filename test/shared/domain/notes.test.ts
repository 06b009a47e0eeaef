// What blocks nothing by itself, and is told all the same.

import { describe, expect, it } from 'vitest';
import type { AppFacts } from '../../../shared/domain/facts.ts';
import { notesOf } from '../../../shared/domain/notes.ts';
import { app, factsOf, pipelineOf, wave } from './fleet.ts';

const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('world', 'ie-1 ie-2'));
const quiet = { 'qa-1': 'A@0', 'ie-1': 'A@1', 'ie-2': 'A@1' };

function notes(of: Readonly<Record<string, Partial<AppFacts>>>, more = {}) {
  const facts = factsOf({ apps: quiet });
  const apps = Object.fromEntries(
    Object.entries(facts.apps).map(([id, its]) => [id, { ...its, ...of[its.app.name] }]),
  );
  return notesOf({ ...pipeline, ...more }, { ...facts, apps });
}

describe('Nothing is noted', () => {
  it('of apps that are alike, nor of what Heroku does not tell', () => {
    expect(notes({})).toEqual([]);
    const alike = { stack: 'heroku-24', generation: 'cedar' };
    expect(notes({ 'qa-1': alike, 'ie-1': alike, 'ie-2': { stack: null, generation: null } })).toEqual([]);
  });
});

describe('It is noted', () => {
  it('that the stacks differ, with the apps of each', () => {
    const [on22, on24] = [{ stack: 'heroku-22' }, { stack: 'heroku-24' }];
    expect(notes({ 'qa-1': on24, 'ie-1': on22, 'ie-2': on24 })).toEqual([
      'The apps have different stacks: qa-1 and ie-2 on heroku-24; ie-1 on heroku-22. What was built for one may not run on another.',
    ]);
  });

  it('that a release of the head has failed, or has not ended; of other waves that is told with their step', () => {
    const release = { id: 'r7', version: 7, current: false, artifact: null, createdAt: 0, updatedAt: 0 };
    const parts = { ...release, hasReleasePhase: true, userEmail: null } as const;
    const failed = { ...parts, status: 'failed' } as const;
    const pending = { ...parts, status: 'pending' } as const;
    expect(notes({ 'qa-1': { failed }, 'ie-1': { failed, pending } })).toEqual([
      'qa-1: release v7 of 1970-01-01 00:00Z failed; what ran before still runs. See: heroku releases:output v7 --app qa-1',
    ]);
    expect(notes({ 'qa-1': { pending } })).toEqual([
      'qa-1: release v7 of 1970-01-01 00:00Z has not ended: its release phase runs.',
    ]);
  });

  it('that the generations differ', () => {
    const [cedar, fir] = [{ generation: 'cedar' }, { generation: 'fir' }];
    expect(notes({ 'qa-1': cedar, 'ie-1': fir, 'ie-2': fir })).toEqual([
      'The apps are of different generations: qa-1 on cedar; ie-1 and ie-2 on fir. What was built for one does not run on the other.',
    ]);
  });

  it('what the pipeline is at Heroku beside its waves', () => {
    expect(notes({}, { notes: [`${app('dev-1').name} is in no wave: nothing is promoted there.`] })).toEqual([
      'dev-1 is in no wave: nothing is promoted there.',
    ]);
  });
});
