// What makes trouble together: where faults strike, again and again, and what people do at a moment of a run. What takes
// two or three of them at the same few steps would hardly ever come about otherwise.

import type { CiAsked } from './ci.ts';
import type { Fault, Peer } from './faults.ts';
import type { Often } from './people.ts';

/** A kind of fault at exchanges that have these words. */
export type Spot = readonly [peer: Peer, words: string, fault: Fault];

export type Asked = 'soak' | 'ci' | 'heroku-status' | 'signal' | 'maintenance';

export interface Trouble {
  readonly spots: readonly Spot[];
  /** How likely it goes wrong there; at three exchanges of ten, unless given. */
  readonly atSpots?: number;
  /** What people do at a moment of a run. */
  readonly often: readonly Often[];
  /** People do it to the first pipeline alone: the others must not suffer. */
  readonly isLocal?: true;
  /** How often people act on a pipeline, on average; every five to ten minutes, unless given. */
  readonly everyMinutes?: number;
  /** How many waves every pipeline has; two to four, unless given. */
  readonly waves?: number;
  /** What every wave asks CI for. */
  readonly ci?: CiAsked;
  /** What every wave behind the head asks, beside what is drawn for it. */
  readonly asks?: readonly Asked[];
  /** Every wave has a window that opens or closes at a time that a clock skips, where clocks are put forward soon. */
  readonly isAtSkips?: true;
}

export const AIMS = {
  'two runs, one of which stands still after its claim': {
    spots: [
      ['bus', 'AttemptOpened', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [],
  },
  'two runs, one of which stands still before its look': {
    spots: [
      ['table', 'hot# of promote', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [],
  },
  'two runs, one of which stands still after its look': {
    spots: [
      ['heroku', 'latest-releases', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [],
  },
  'two runs, both of which stand still': {
    spots: [
      ['bus', 'AttemptOpened', 'freeze'],
      ['table', 'hot# of promote', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    // The second must read the ledger after the first's claim, and go on after its mark.
    atSpots: 0.6,
    often: [],
    waves: 4,
  },
  'runs that stand still after their claims, and are killed after their records': {
    spots: [
      ['bus', 'AttemptOpened', 'freeze'],
      ['table', 'attempt#01', 'kill-after'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [],
  },
  'a ledger that is gone while two runs are at work': {
    spots: [
      ['table', 'query pipeline', 'forget'],
      ['table', 'hot#ledger', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [],
  },
  'a ledger that is gone as a run reads the records': {
    spots: [
      ['table', 'attempt# of promote', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [{ act: 'clear-caches', moment: 'sent' }],
    everyMinutes: 3,
  },
  'a ledger that is gone as a run stands still after its mark': {
    spots: [
      ['table', 'hot#ledger', 'freeze'],
      ['invoke', 'promote', 'twice'],
    ],
    often: [{ act: 'clear-caches', moment: 'claim' }],
  },
  'a hold as a run stands still after its claim': {
    spots: [['bus', 'AttemptOpened', 'freeze']],
    often: [{ act: 'hold', moment: 'claim' }],
  },
  'holds while the ledger is gone': {
    spots: [['table', 'query pipeline', 'forget']],
    often: [{ act: 'hold', moment: 'look' }],
  },
  'lookups that take long': {
    spots: [
      ['table', 'query fleet', 'forget'],
      ['heroku', 'GET /pipelines?', 'freeze'],
      ['heroku', 'pipeline-couplings', 'slow'],
    ],
    often: [],
  },
  'reads of releases that fail': {
    spots: [
      ['table', 'query pipeline', 'forget'],
      ['heroku', '/releases', 'refuse'],
      ['heroku', '/releases', 'garble'],
    ],
    often: [{ act: 'hotfix', moment: 'look' }],
  },
  'rollbacks that cannot be read': {
    spots: [
      ['heroku', '/releases', 'refuse'],
      ['heroku', '/releases', 'garble'],
    ],
    often: [{ act: 'rollback', moment: 'look' }],
    waves: 4,
  },
  'release phases that come and go': {
    spots: [],
    often: [
      { act: 'failing-release-phase', moment: 'look' },
      { act: 'set-config', moment: 'look' },
    ],
    everyMinutes: 4,
  },
  'answers that are lost': {
    spots: [
      ['promotion', 'POST', 'lose-reply'],
      ['promotion', 'POST', 'late'],
    ],
    often: [{ act: 'failing-release-phase', moment: 'look' }],
  },
  'answers that are lost, and people who release by hand meanwhile': {
    spots: [['promotion', 'POST', 'lose-reply']],
    often: [{ act: 'hotfix', moment: 'claim' }],
  },
  'a wave whose apps differ': { spots: [], often: [{ act: 'by-hand', moment: 'look' }] },
  'promotions by hand, now and then': {
    spots: [],
    often: [{ act: 'by-hand', moment: 'look' }],
    waves: 4,
    everyMinutes: 45,
  },
  'config changes during release phases': { spots: [], often: [{ act: 'set-config', moment: 'look' }] },
  'config changes right after promotions': { spots: [], often: [{ act: 'set-config', moment: 'sent' }] },
  hotfixes: { spots: [], often: [{ act: 'hotfix', moment: 'look' }] },
  'pipelines about which Heroku has no answer': {
    spots: [],
    often: [{ act: 'mute', moment: 'look' }],
    isLocal: true,
  },
  'apps that leave their pipelines': { spots: [], often: [{ act: 'remove-app', moment: 'look' }] },
  'rollbacks of what is about to be promoted': {
    spots: [],
    often: [
      { act: 'hold', moment: 'look' },
      { act: 'rollback', moment: 'look' },
    ],
  },
  'words about what is over': {
    spots: [],
    often: [
      { act: 'rollback', moment: 'look' },
      { act: 'by-hand', moment: 'look' },
      { act: 'let-go', moment: 'look' },
    ],
    waves: 5,
  },
  'words about what was seen before': {
    spots: [
      ['table', 'hot#decision', 'refuse'],
      ['table', 'hot#decision', 'kill-before'],
    ],
    often: [
      { act: 'hotfix', moment: 'look' },
      { act: 'let-go', moment: 'look' },
    ],
    everyMinutes: 4,
  },
  'containers, and commits that are built again': {
    spots: [],
    often: [
      { act: 'container', moment: 'look' },
      { act: 'deploy-again', moment: 'look' },
    ],
  },
  'dynos that are stopped for a while': {
    spots: [],
    often: [{ act: 'scale', moment: 'look' }],
    everyMinutes: 12,
  },
  'dynos of which nobody can read whether they run': {
    spots: [
      ['heroku', '/formation', 'refuse'],
      ['heroku', '/formation', 'garble'],
    ],
    often: [{ act: 'scale', moment: 'look' }],
  },
  'what is taken back, and comes back': {
    spots: [],
    often: [
      { act: 'rollback', moment: 'look' },
      { act: 'deploy-again', moment: 'look' },
      { act: 'allow', moment: 'look' },
    ],
    everyMinutes: 8,
  },
  'runs that stand still between their mark and their request': {
    spots: [
      ['table', 'attempt#0', 'freeze'],
      ['table', 'attempt# of promote', 'freeze'],
      ['invoke', 'promote', 'lose-request'],
    ],
    often: [],
  },
  'runs that stand still between their look and their claim': {
    spots: [
      ['heroku', 'latest-releases', 'freeze'],
      ['table', 'query signal#', 'freeze'],
      ['invoke', 'promote', 'lose-request'],
    ],
    often: [],
  },
  'promotions that are refused': {
    spots: [['promotion', 'POST', 'refuse']],
    often: [],
    everyMinutes: 120,
  },
  'promotions that are made, and whose answers say otherwise': {
    spots: [['promotion', 'POST', 'garble']],
    often: [],
  },
  'words about one commit': { spots: [], often: [{ act: 'reject', moment: 'look' }], everyMinutes: 4 },
  'waves that are renamed while they are held': {
    spots: [],
    often: [
      { act: 'hold', moment: 'look' },
      { act: 'rename-wave', moment: 'look' },
    ],
  },
  'waves that are split while they are held': {
    spots: [],
    often: [
      { act: 'hold', moment: 'look' },
      { act: 'split-wave', moment: 'look' },
      { act: 'move-app', moment: 'look' },
    ],
    everyMinutes: 15,
  },
  'pipelines that have two names': {
    spots: [],
    often: [
      { act: 'second-parameter', moment: 'look' },
      { act: 'break-parameter', moment: 'look' },
      { act: 'clear-caches', moment: 'look' },
    ],
    everyMinutes: 30,
  },
  'rows that cannot be read': { spots: [], often: [{ act: 'spoil-rows', moment: 'look' }] },
  'pipelines that are observed now and then': { spots: [], often: [{ act: 'observe', moment: 'look' }] },
  'checks whose reads take long': { spots: [['table', 'query signal#', 'lose-reply']], often: [] },
} as const satisfies Record<string, Trouble>;
