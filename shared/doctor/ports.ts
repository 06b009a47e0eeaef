// What an examination may touch: reads of the parameters, the table, Heroku and one address. Nothing here can write.

import type { Clock } from '../clock.ts';
import type { RepositoryProbe } from '../github/probe.ts';
import type { HerokuProbe } from '../heroku/account.ts';
import type { HerokuReads } from '../heroku/port.ts';
import type { ParameterKey } from '../parameters/keys.ts';
import type { ParameterReads } from '../parameters/port.ts';
import type { Table } from '../table/port.ts';

export type DoctorTable = Pick<Table, 'fleet' | 'attempts' | 'hadDefaults'>;

export type DoctorReads = Pick<
  HerokuReads,
  'apps' | 'pipelines' | 'couplings' | 'latestReleases' | 'releases'
>;

/** Heroku as one token sees it. */
export interface DoctorHeroku {
  readonly probe: Pick<HerokuProbe, 'ask'>;
  readonly reads: DoctorReads;
  close(): void;
}

/** What a GET of an address gave; a `reason` when no answer came. */
export type Visit = { readonly status: number; readonly body: string } | { readonly reason: string };

export interface DoctorPorts {
  readonly parameters: Pick<ParameterReads, 'under' | 'get'>;
  /** With which key each secret under the prefix is encrypted. */
  readonly keys: () => Promise<readonly ParameterKey[]>;
  /** The table that the stack names; opening and reading throw what the table throws. */
  readonly table: () => Promise<DoctorTable>;
  /** Throws a TypeError when `url` is not an origin. */
  readonly heroku: (access: { readonly url: string; readonly token: string }) => DoctorHeroku;
  /** May the token read the repository? Never throws. */
  readonly github: (repo: string, token: string) => Promise<RepositoryProbe>;
  /** Never throws. */
  readonly visit: (url: string) => Promise<Visit>;
  readonly clock: Pick<Clock, 'now'>;
  /** Of the command that examines. */
  readonly version: string;
}
