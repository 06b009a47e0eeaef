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
  'a status page that changes its colour': {
    spots: [],
    often: [{ act: 'status', moment: 'look' }],
    asks: ['heroku-status'],
    everyMinutes: 10,
  },
  'apps in maintenance mode now and then': {
    spots: [],
    often: [{ act: 'maintenance', moment: 'look' }],
    asks: ['maintenance'],
    everyMinutes: 8,
  },
  'dynos that stop while something soaks': {
    spots: [],
    often: [{ act: 'scale', moment: 'look' }],
    asks: ['soak'],
    everyMinutes: 10,
  },
  'suites that speak about every wave': { spots: [], often: [], asks: ['signal'] },
  'a CI that every wave asks': { spots: [], often: [], asks: ['ci'] },
  'containers that people let count': {
    spots: [],
    often: [
      { act: 'container', moment: 'look' },
      { act: 'accept', moment: 'look' },
    ],
    everyMinutes: 8,
  },
  'rollbacks that people allow': {
    spots: [],
    often: [
      { act: 'rollback', moment: 'look' },
      { act: 'allow', moment: 'look' },
      { act: 'accept', moment: 'look' },
    ],
    everyMinutes: 10,
  },
  'promotions that fail and are tried again': {
    spots: [],
    often: [
      { act: 'failing-target', moment: 'look' },
      { act: 'failing-release-phase', moment: 'look' },
      { act: 'retry', moment: 'look' },
    ],
    everyMinutes: 8,
  },
  'words that are taken back': {
    spots: [],
    often: [
      { act: 'reject', moment: 'look' },
      { act: 'allow', moment: 'look' },
      { act: 'hold', moment: 'look' },
      { act: 'unhold', moment: 'look' },
    ],
    everyMinutes: 6,
  },
  'a configuration that changes all the time': {
    spots: [],
    often: [
      { act: 'change-soak', moment: 'look' },
      { act: 'change-checks', moment: 'look' },
      { act: 'split-wave', moment: 'look' },
      { act: 'drop-wave', moment: 'look' },
    ],
    everyMinutes: 12,
  },
  'pipelines that are made anew while people hold and reject': {
    spots: [],
    often: [
      { act: 'remake-pipeline', moment: 'look' },
      { act: 'hold', moment: 'look' },
      { act: 'reject', moment: 'look' },
    ],
    asks: ['ci'],
    everyMinutes: 15,
  },
  'waves that change while something is on its way': {
    spots: [],
    often: [
      { act: 'rename-wave', moment: 'sent' },
      { act: 'split-wave', moment: 'sent' },
      { act: 'move-app', moment: 'sent' },
    ],
    everyMinutes: 8,
  },
  'windows at hours that clocks skip': { spots: [], often: [], isAtSkips: true },
  'jobs that are skipped, where that is to be none': {
    spots: [],
    often: [],
    ci: { context: [], skippedFails: true },
  },
} as const satisfies Record<string, Trouble>;

export type Aim = keyof typeof AIMS | keyof typeof MORE_AIMS;
