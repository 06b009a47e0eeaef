// What goes on after the script: a fleet in motion for as long as somebody watches. Pure: the same minute, the same
// events.

import { createHash } from 'node:crypto';
import { LAST_MINUTE, SCRIPT, type StoryEvent } from './script.ts';

const MERGE_EVERY = 25;
const SUITE_EVERY = 12;
const HEADS = ['router-qa01', 'api-staging', 'web-staging'] as const;

/** What happens in a minute of the story; `scripted` only: nothing after the script's end. */
export function eventsOf(minute: number, scripted: boolean): readonly StoryEvent[] {
  if (minute <= LAST_MINUTE) return SCRIPT.filter((event) => event.minute === minute);
  return scripted ? suites(minute) : [...merges(minute), ...suites(minute)];
}

function merges(minute: number): readonly StoryEvent[] {
  const since = minute - LAST_MINUTE;
  return HEADS.flatMap((app, index): StoryEvent[] => {
    const round = since - index * 7;
    const commit = createHash('sha1')
      .update(`${app} ${Math.floor(round / MERGE_EVERY)}`)
      .digest('hex');
    const short = commit.slice(0, 8);
    if (round > 0 && round % MERGE_EVERY === 0) {
      return [{ minute, kind: 'merge', app, commit, says: `merge ${short} is deployed to ${app}` }];
    }
    return round > MERGE_EVERY && round % MERGE_EVERY === 3
      ? [{ minute, kind: 'ci', commit, state: 'success', says: `CI on ${short}: success` }]
      : [];
  });
}

function suites(minute: number): readonly StoryEvent[] {
  if ((minute - LAST_MINUTE) % SUITE_EVERY !== 0) return [];
  return ['router-ie01', 'router-or01'].map((app) => ({
    minute,
    kind: 'suite',
    app,
    state: 'success',
    says: `direwolf passed on ${app}`,
  }));
}
