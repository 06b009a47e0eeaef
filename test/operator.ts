// What an operator says in the tests' stories: each of the verbs that change something, on a pipeline by its name.

import type { Clock } from '../shared/clock.ts';
import type { Account } from '../shared/explain/account.ts';
import { accept } from '../shared/operations/accept.ts';
import { allow } from '../shared/operations/allow.ts';
import { placeHold } from '../shared/operations/hold.ts';
import { findPipeline, readAccount } from '../shared/operations/pipelines.ts';
import { reject } from '../shared/operations/reject.ts';
import type { OperationPorts } from '../shared/operations/request.ts';
import { retry } from '../shared/operations/retry.ts';
import { unhold } from '../shared/operations/unhold.ts';
import type { Table } from '../shared/table/port.ts';

const MINUTE = 60_000;
const ONCALL = 'oncall@example.com';
const ASKS = { actor: ONCALL, reason: 'looked at it' } as const;

export abstract class Operator implements OperationPorts {
  abstract get table(): Table;
  abstract get clock(): Clock;
  abstract readonly newId: (at: number) => string;

  /** The pipeline as whoever asks finds it. */
  async account(pipeline: string): Promise<Account> {
    return readAccount(this.table, await findPipeline(this.table, pipeline), this.clock.now());
  }

  async hold(pipeline: string, wave: string | null, reason: string, minutes: number | null) {
    const expiresAt = minutes === null ? null : this.clock.now() + minutes * MINUTE;
    return placeHold(await this.account(pipeline), { wave, actor: ONCALL, reason, expiresAt }, this);
  }

  async unhold(pipeline: string, wave: string | null = null, ids: readonly string[] = []) {
    return unhold(await this.account(pipeline), { ...ASKS, wave, ids }, this);
  }

  /** `means`: the Heroku pipeline that waits behind the name. */
  async accept(pipeline: string, wave: string | null = null, means?: string) {
    const asked = { ...ASKS, wave, ...(means !== undefined && { means }) };
    return accept(await this.account(pipeline), asked, this);
  }

  async retry(pipeline: string, wave: string | null = null) {
    return retry(await this.account(pipeline), { ...ASKS, wave }, this);
  }

  async reject(pipeline: string, commit: string) {
    return reject(await this.account(pipeline), { ...ASKS, commit }, this);
  }

  async allow(pipeline: string, commit: string) {
    return allow(await this.account(pipeline), { ...ASKS, commit }, this);
  }
}
