// More of what makes trouble together. Where seeds draw an aim they draw one of the first table: another entry there would
// change what each of them draws. What people do here, teams do in drawn seeds as well; the rest is lived where it is asked
// for by name.

import type { AIMS, Trouble } from './aims.ts';

export const MORE_AIMS = {
  'holds of single waves': {
    spots: [],
    often: [{ act: 'hold', moment: 'look' }],
    waves: 4,
    everyMinutes: 15,
  },
  'words about one wave, where people released to several': {
    spots: [],
    often: [
      { act: 'hotfix', moment: 'look' },
      { act: 'accept', moment: 'look' },
    ],
    waves: 4,
    everyMinutes: 5,
  },
  'something older by hand on top of something newer': {
    spots: [],
    often: [
      { act: 'deploy-again', moment: 'look' },
      { act: 'by-hand', moment: 'look' },
    ],
    waves: 3,
    everyMinutes: 4,
  },
  'windows at hours that clocks skip': { spots: [], often: [], isAtSkips: true },
  'jobs that are skipped, where that is to be none': {
    spots: [],
    often: [],
    ci: { context: [], skippedFails: true },
  },
} as const satisfies Record<string, Trouble>;

export type Aim = keyof typeof AIMS | keyof typeof MORE_AIMS;
