// What happens in the story, minute by minute: merges, CI results, a release phase that fails, a hold.

/** Monday, twenty to nine in Dublin: api's window opens at nine. */
export const STORY_STARTS_AT = Date.parse('2026-11-23T08:40:00Z');

export const COMMITS = {
  routerFirst: '3fd1c0a29b7e4d5f8a6c1b2e3d4f5a6b7c8d9e0f',
  routerSecond: 'c27e9b4415d8f0a3b6c9e2d5f8a1b4c7e0d3f6a9',
  api: 'b90a6e1d72c4f8053e6b9d2a5c8f1e4b7d0a3c69',
  webBroken: 'e4d8720c9a1b3f5e7d9c0b2a4f6e8d1c3b5a7f92',
  webFixed: '7715fa3e0c8d6b4a2f9e1d3c5b7a9f8e6d4c2b01',
} as const;

/** One thing that happens. `kind` says who does it: Heroku deploys merges, CI and direwolf report, people hold. */
export type StoryEvent = { readonly minute: number; readonly says: string } & (
  | { readonly kind: 'merge'; readonly app: string; readonly commit: string }
  | { readonly kind: 'ci'; readonly commit: string; readonly state: 'pending' | 'success' }
  | { readonly kind: 'suite'; readonly app: string; readonly state: 'success' }
  | { readonly kind: 'hold'; readonly wave: string; readonly reason: string }
  | { readonly kind: 'unhold'; readonly wave: string }
);

const merge = (minute: number, app: string, commit: string): StoryEvent => ({
  minute,
  kind: 'merge',
  app,
  commit,
  says: `merge ${commit.slice(0, 8)} is deployed to ${app}`,
});
const ci = (minute: number, commit: string, state: 'pending' | 'success'): StoryEvent => ({
  minute,
  kind: 'ci',
  commit,
  state,
  says: `CI on ${commit.slice(0, 8)}: ${state}`,
});
/** direwolf tests the platform through an app again and again. */
const suites = (app: string, minutes: readonly number[]): readonly StoryEvent[] =>
  minutes.map((minute) => ({
    minute,
    kind: 'suite',
    app,
    state: 'success',
    says: `direwolf passed on ${app}`,
  }));

const EVENTS: readonly StoryEvent[] = [
  merge(1, 'router-qa01', COMMITS.routerFirst),
  ci(1, COMMITS.routerFirst, 'pending'),
  merge(2, 'api-staging', COMMITS.api),
  merge(3, 'web-staging', COMMITS.webBroken),
  ci(4, COMMITS.routerFirst, 'success'),
  ...suites('router-ie01', [13, 25, 37]),
  ...suites('router-or01', [14, 26, 38]),
  merge(15, 'router-qa01', COMMITS.routerSecond),
  ci(17, COMMITS.routerSecond, 'success'),
  {
    minute: 18,
    kind: 'hold',
    wave: 'europe',
    reason: 'Dublin is moving its load balancers',
    says: 'a hold is placed on router europe: Dublin is moving its load balancers',
  },
  merge(20, 'web-staging', COMMITS.webFixed),
  { minute: 32, kind: 'unhold', wave: 'europe', says: 'the hold on router europe is lifted' },
];

export const SCRIPT: readonly StoryEvent[] = EVENTS.toSorted((a, b) => a.minute - b.minute);

export const LAST_MINUTE = Math.max(...SCRIPT.map((event) => event.minute));
/** A story that has not converged by then never will. */
export const MINUTES_MAX = 180;
