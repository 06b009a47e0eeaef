// Where each item of the one table lies. Spelled once: keys are kept across versions.
//
//   pk                     sk
//   fleet                  view#<pipelineId>, map#<key>, share#<key>, tick  caches: what a tick starts from, one Query
//   installation           name#<configured name>               which Heroku pipeline a configured name means
//                          defaults                             there have been defaults
//   pipeline#<id>          hot#ledger                            the only contended item
//                          hot#hold#<ulid>, hot#rejection#<id>, hot#decision
//                          hot#stand#<appId>#<artifact>          what a person put there, as a run concluded it
//                          hot#dynos#<appId>                     since when its dynos run, once they were seen stopped
//                          hot#history#<appId>, hot#commits     caches
//                          hot#ancestry                          what GitHub has said contains what
//                          attempt#<ulid>, word#<ulid>, decision#<instant>
//                          hold#<ulid>, rejection#<id>           those that were lifted
//                          resume#<ulid>                         words of earlier versions: an accept and a retry in one
//   signal#commit#<commit> result#<digest of the identity>        one row a result; rows of earlier versions begin with
//                          the instant
//   signal#app#<app>       result#<digest of the name>#<instant>#<digest of identity, commit, state>
//   signal#source#<source> seen                                   a delivery was verified once
//   delivery#<source>      <delivery id>

import { createHash } from 'node:crypto';
import type { Standing } from '../domain/standing.ts';
import { commitKey, type Signal } from '../signals/signal.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Epoch ms as a string that sorts like the number. */
export const instantKey = (ms: number): string => String(Math.max(0, ms)).padStart(15, '0');

/** Names have any length, sort keys 1,024 bytes. */
const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

export const FLEET = 'fleet';
export const HOT = 'hot#';
export const HOLD = 'hot#hold#';
export const REJECTION = 'hot#rejection#';
export const STAND = 'hot#stand#';
export const DYNOS = 'hot#dynos#';
export const ENDED_HOLD = 'hold#';
export const ENDED_REJECTION = 'rejection#';
export const HISTORY = 'hot#history#';
export const ATTEMPT = 'attempt#';
export const WORD = 'word#';
export const RESUME = 'resume#';
export const DECISION = 'decision#';
export const VIEW = 'view#';
export const MAP = 'map#';
export const SHARE = 'share#';
/** What is on record about the installation itself. */
export const INSTALLATION = 'installation';
export const NAME = 'name#';

export const pipelineKey = (pipelineId: string): string => `pipeline#${pipelineId}`;

export const keys = {
  view: (pipelineId: string): Key => ({ pk: FLEET, sk: `${VIEW}${pipelineId}` }),
  map: (key: string): Key => ({ pk: FLEET, sk: `${MAP}${key}` }),
  share: (key: string): Key => ({ pk: FLEET, sk: `${SHARE}${key}` }),
  name: (name: string): Key => ({ pk: INSTALLATION, sk: `${NAME}${name}` }),
  defaults: (): Key => ({ pk: INSTALLATION, sk: 'defaults' }),
  tick: (): Key => ({ pk: FLEET, sk: 'tick' }),
  ledger: (pipelineId: string): Key => ({ pk: pipelineKey(pipelineId), sk: 'hot#ledger' }),
  hold: (pipelineId: string, id: string): Key => ({ pk: pipelineKey(pipelineId), sk: `${HOLD}${id}` }),
  rejection: (pipelineId: string, id: string): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${REJECTION}${id}`,
  }),
  standing: ({ pipelineId, appId, artifact }: Omit<Standing, 'wasKnown'>): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${STAND}${appId}#${artifact}`,
  }),
  dynos: (pipelineId: string, appId: string): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${DYNOS}${appId}`,
  }),
  endedHold: (pipelineId: string, id: string): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${ENDED_HOLD}${id}`,
  }),
  endedRejection: (pipelineId: string, id: string): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${ENDED_REJECTION}${id}`,
  }),
  newestDecision: (pipelineId: string): Key => ({ pk: pipelineKey(pipelineId), sk: 'hot#decision' }),
  history: (pipelineId: string, appId: string): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${HISTORY}${appId}`,
  }),
  commits: (pipelineId: string): Key => ({ pk: pipelineKey(pipelineId), sk: 'hot#commits' }),
  ancestry: (pipelineId: string): Key => ({ pk: pipelineKey(pipelineId), sk: 'hot#ancestry' }),
  attempt: (pipelineId: string, id: string): Key => ({ pk: pipelineKey(pipelineId), sk: `${ATTEMPT}${id}` }),
  word: (pipelineId: string, id: string): Key => ({ pk: pipelineKey(pipelineId), sk: `${WORD}${id}` }),
  decision: (pipelineId: string, at: number): Key => ({
    pk: pipelineKey(pipelineId),
    sk: `${DECISION}${instantKey(at)}`,
  }),
  signalOfCommit: (commit: string): string => `signal#commit#${commitKey(commit)}`,
  signalOfApp: (app: string): string => `signal#app#${app.toLowerCase()}`,
  resultOfCommit: ({ source, name, identity = name }: Signal): string => `result#${digest(source, identity)}`,
  resultsOfApp: (name: string): string => `result#${digest(name)}#`,
  resultOfApp: ({ name, at, source, identity = name, commit, state }: Signal): string =>
    `result#${digest(name)}#${instantKey(at)}#${digest(source, identity, commit ?? '', state)}`,
  sourceSeen: (source: string): Key => ({ pk: `signal#source#${source}`, sk: 'seen' }),
  delivery: (source: string, id: string): Key => ({ pk: `delivery#${source}`, sk: id }),
} as const;

/** Partitions as IAM matches them. */
export const PIPELINE_PARTITIONS = 'pipeline#*';
export const SIGNAL_PARTITIONS = 'signal#*';
export const DELIVERY_PARTITIONS = 'delivery#*';

/** True for the rows that may be deleted at any time without changing a decision. */
export function isCache(key: Key): boolean {
  if (key.pk === FLEET) return true;
  if (!key.pk.startsWith('pipeline#')) return false;
  return (
    key.sk === 'hot#ledger' ||
    key.sk === 'hot#decision' ||
    key.sk === 'hot#commits' ||
    key.sk.startsWith(HISTORY) ||
    key.sk.startsWith(DECISION)
  );
}
