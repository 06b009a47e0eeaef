// Everything one run of `promote` may touch.

import type { CheckPorts } from '../checks/check.ts';
import type { Clock } from '../clock.ts';
import type { Bus, Log } from '../events.ts';
import type { GitHub } from '../github/port.ts';
import type { HerokuReads, Promote } from '../heroku/port.ts';
import type { Table } from '../table/port.ts';

export interface PromotionPorts {
  readonly clock: Clock;
  /** A new sortable id (ULID) for an instant in epoch ms. */
  readonly newId: (at: number) => string;
  readonly heroku: HerokuReads;
  readonly promote: Promote;
  /** Asked about pipelines that name a repository. */
  readonly github: GitHub;
  readonly table: Table;
  readonly checks: CheckPorts;
  readonly bus: Bus;
  readonly log: Log;
  /** True: decide, record and explain, but promote nothing, whatever a pipeline's mode. */
  readonly dryRun: boolean;
}
