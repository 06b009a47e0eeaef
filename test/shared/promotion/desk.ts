// One run of `promote` on ports that live in memory: a table, a Heroku that answers what a test tells it, a clock that
// stands still until it is moved.

import { type Attempt, emptyLedger, type Ledger, opened } from '../../../shared/domain/attempt.ts';
import type { Decision } from '../../../shared/domain/decision.ts';
import type { Formation } from '../../../shared/domain/dynos.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { Pipeline } from '../../../shared/domain/pipeline.ts';
import type { Word } from '../../../shared/domain/said.ts';
import type { TargetReport } from '../../../shared/domain/settle.ts';
import type { ReleaseFact } from '../../../shared/domain/stays.ts';
import type { PipelineDue, SluiceEvent } from '../../../shared/events.ts';
import type { Containment, GitHub } from '../../../shared/github/port.ts';
import {
  HerokuError,
  type HerokuErrorCode,
  type HerokuReads,
  type PromotionOutcome,
  type PromotionRequest,
  type Release,
} from '../../../shared/heroku/port.ts';
import type { PromotionPorts } from '../../../shared/promotion/ports.ts';
import type { PipelineRows, PipelineView, Table } from '../../../shared/table/port.ts';
import { app, at, attemptOf, pipelineOf, releases, target, wave } from '../domain/fleet.ts';

export const pipeline = pipelineOf(wave('qa', 'qa-1'), wave('canary', 'va-1'), wave('world', 'ie-1 ie-2'));

/** B could go to moon, and C to canary, in the same run. */
export const four = pipelineOf(
  wave('qa', 'qa-1'),
  wave('canary', 'va-1'),
  wave('world', 'ie-1'),
  wave('moon', 'jp-1'),
);
export const twice = { 'qa-1': 'A@0 B@5 C@20', 'va-1': 'A@1 B@6', 'ie-1': 'A@2 B@7', 'jp-1': 'A@3' };

export function herokuError(code: HerokuErrorCode): HerokuError {
  return new HerokuError(code, `Heroku says ${code}.`, 'Try again.');
}

/** A table in memory. `beforeWrite` is told of each write, and may throw or change what is stored first. */
export class MemoryTable {
  readonly rows: { -readonly [K in keyof PipelineRows]: PipelineRows[K] } = {
    ledger: null,
    holds: [],
    rejections: [],
    standings: [],
    dynos: [],
    decision: null,
    histories: {},
    commits: {},
    ancestry: {},
  };
  readonly recorded: Attempt[] = [];
  readonly said: Word[] = [];
  readonly views: Omit<PipelineView, 'wokenAt'>[] = [];
  /** Every write, in order: its method, and for the ledger its writer and the revision. */
  readonly writes: string[] = [];
  readonly reads: string[] = [];
  beforeWrite: (what: string) => void = () => {};

  get port(): Table {
    const table: Partial<Table> = {
      pipelineRows: async () => this.#read('rows', { ...this.rows }),
      ledger: async () => this.#read('ledger', this.rows.ledger),
      writeLedger: async (_, ledger, before) => {
        this.#write(`ledger ${ledger.revision} ${ledger.writer}`);
        if ((this.rows.ledger?.writer ?? null) !== before) return 'lost';
        this.rows.ledger = ledger;
        return 'won';
      },
      writeAttempt: async (attempt) => {
        this.#write(`attempt ${attempt.state}`);
        const index = this.recorded.findIndex((other) => other.id === attempt.id);
        const isOver = attempt.sentAt === null || this.recorded[index]?.state !== 'open';
        if (index >= 0 && isOver) return 'lost';
        this.recorded.splice(index < 0 ? this.recorded.length : index, 1, attempt);
        return 'won';
      },
      attempt: async (_, wanted) =>
        this.#read('attempt', this.recorded.find(({ id }) => id === wanted) ?? null),
      attempts: async (_, { limit = 1000 } = {}) =>
        this.#read('attempts', [...this.recorded].reverse().slice(0, limit)),
      words: async () => this.#read('words', this.said),
      stops: async () => {
        const { holds, rejections } = this.rows;
        return this.#read('stops', { holds, rejections });
      },
      writeHold: async (hold: Hold) => {
        this.#write('hold');
        this.rows.holds = [...this.rows.holds, hold];
      },
      writeRejection: async (rejection) => {
        this.#write('rejection');
        this.rows.rejections = [...this.rows.rejections, rejection];
        return 'won';
      },
      writeDynos: async (_, dynos) => {
        this.#write('dynos');
        this.rows.dynos = [...this.rows.dynos.filter(({ appId }) => appId !== dynos.appId), dynos];
      },
      writeStanding: async (standing) => {
        this.#write('standing');
        this.rows.standings = [...this.rows.standings, standing];
      },
      retireStanding: async (standing) => {
        this.#write('no standing');
        this.rows.standings = this.rows.standings.filter((one) => one !== standing);
      },
      writeDecision: async (decision: Decision) => {
        this.#write('decision');
        this.rows.decision = decision;
      },
      rewordDecision: async (decision: Decision) => {
        this.#write('words');
        this.rows.decision = decision;
      },
      writeHistories: async (_, histories) => {
        this.#write(`histories ${Object.keys(histories).join(' ')}`);
        this.rows.histories = { ...this.rows.histories, ...histories };
      },
      writeCommits: async (_, commits) => {
        this.#write('commits');
        this.rows.commits = commits;
      },
      writeAncestry: async (_, contains) => {
        this.#write('ancestry');
        this.rows.ancestry = contains;
      },
      writeView: async (view) => {
        this.#write('view');
        this.views.push(view);
      },
    };
    return table as Table;
  }

  #read<T>(what: string, value: T): T {
    this.reads.push(what);
    return value;
  }

  #write(what: string): void {
    this.beforeWrite(what);
    this.writes.push(what);
  }
}

/** Heroku as a test tells it; what an app ran is told as in `releases`. */
export class FakeHeroku {
  pasts: Record<string, string>;
  /** Since when dynos run, by app; where it is not told, they always have. */
  formations: Record<string, Formation> = {};
  /** Releases that have not ended, or failed: by app, changes to the newest. */
  newest: Record<string, Partial<ReleaseFact>> = {};
  targets: readonly TargetReport[] = [];
  /** What is thrown instead of an answer, by the call as `calls` tells it. */
  readonly errors: Record<string, Error> = {};
  readonly calls: string[] = [];
  readonly requests: PromotionRequest[] = [];
  /** What becomes of the one request. */
  promote: (request: PromotionRequest) => PromotionOutcome | Promise<PromotionOutcome> = (request) => ({
    kind: 'accepted',
    promotionId: `promotion of ${request.sourceReleaseId}`,
    sourceReleaseId: request.sourceReleaseId,
  });

  constructor(pasts: Record<string, string>) {
    this.pasts = pasts;
  }

  releasesOf(name: string): readonly Release[] {
    const list = releases(name, this.pasts[name] ?? '');
    return list.map((release, index) => ({
      ...release,
      ...(index === list.length - 1 ? this.newest[name] : {}),
      appId: app(name).id,
      appName: name,
    }));
  }

  get port(): HerokuReads {
    const heroku: Partial<HerokuReads> = {
      latestReleases: async (id) => {
        this.#call(`newest ${id}`);
        return Object.keys(this.pasts).flatMap((name) => this.releasesOf(name).at(-1) ?? []);
      },
      releases: async (id, max) => {
        this.#call(`releases ${id}`);
        const newestFirst = [...this.releasesOf(id.replace('id-', ''))].reverse();
        return { releases: newestFirst.slice(0, max), complete: newestFirst.length <= max };
      },
      commit: async (id, artifact) => {
        this.#call(`commit ${id} ${artifact.type} ${artifact.id}`);
        return artifact.id.toLowerCase().repeat(40);
      },
      formation: async (id) => {
        this.#call(`formation ${id}`);
        return this.formations[id.replace('id-', '')] ?? { runsSince: 0 };
      },
      promotionTargets: async (id) => {
        this.#call(`promotion ${id}`);
        return this.targets;
      },
    };
    return heroku as HerokuReads;
  }

  #call(what: string): void {
    this.calls.push(what);
    const error = this.errors[what];
    if (error !== undefined) throw error;
  }
}

/** GitHub as a test tells it: by the letters of the commits, `AB`: whether B contains A. */
export class FakeGitHub {
  readonly says: Record<string, Containment>;
  readonly asked: string[] = [];

  constructor(says: Record<string, boolean | Containment> = {}) {
    const told = (one: boolean | Containment): Containment =>
      typeof one === 'boolean' ? { kind: 'told', contains: one } : one;
    this.says = Object.fromEntries(Object.entries(says).map(([pair, one]) => [pair, told(one)]));
  }

  get port(): GitHub {
    return {
      contains: async (repo, { earlier, later }) => {
        const pair = `${earlier.slice(0, 1)}${later.slice(0, 1)}`.toUpperCase();
        this.asked.push(`${repo} ${pair}`);
        return this.says[pair] ?? { kind: 'untold', why: `GitHub does not know ${pair}` };
      },
    };
  }
}

export interface Desk {
  readonly table: MemoryTable;
  readonly heroku: FakeHeroku;
  readonly events: SluiceEvent[];
  readonly logs: string[];
  readonly ports: PromotionPorts;
  /** In minutes of the story. */
  now: number;
}

/** An hour into the story, unless moved. */
export function openDesk(pasts: Record<string, string> = {}, more: Partial<PromotionPorts> = {}): Desk {
  const table = new MemoryTable();
  const heroku = new FakeHeroku(pasts);
  const [events, logs]: [SluiceEvent[], string[]] = [[], []];
  let ids = 0;
  const desk: Desk = {
    table,
    heroku,
    events,
    logs,
    now: 60,
    ports: {
      clock: { now: () => at(desk.now), sleep: () => new Promise(() => {}) },
      newId: (instant) => `id-${++ids}@${(instant - at(0)) / 60_000}`,
      heroku: heroku.port,
      promote: async (request) => {
        heroku.requests.push(request);
        return heroku.promote(request);
      },
      github: new FakeGitHub().port,
      table: table.port,
      checks: {
        signals: { signalsOfCommit: async () => [], signalsOfApp: async () => [] },
        status: { current: async () => ({ systems: [], incidents: [] }) },
      },
      bus: {
        publish: async (published) => {
          // EventBridge refuses an empty list.
          if (published.length === 0) throw new Error('There is nothing to publish.');
          events.push(...published);
        },
      },
      log: (level, message) => void logs.push(`${level}: ${message}`),
      dryRun: false,
      ...more,
    },
  };
  return desk;
}

/** What `scan` hands over. */
export function due(more: Partial<PipelineDue> = {}, of: Pipeline = pipeline): PipelineDue {
  return {
    type: 'PipelineDue',
    at: at(60),
    pipeline: of,
    apps: {},
    configDigest: 'digest',
    reasons: ['release'],
    view: null,
    ...more,
  };
}

export function stored(desk: Desk): Ledger {
  const { ledger } = desk.table.rows;
  if (ledger === null) throw new Error('No ledger was written.');
  return ledger;
}

/** Stores an open attempt to bring B from qa to these apps. */
export function openOn(desk: Desk, ...names: readonly string[]): void {
  const attempt = attemptOf({ targets: names.map((name) => target(name)) });
  desk.table.rows.ledger = {
    ...opened(desk.table.rows.ledger ?? emptyLedger, attempt),
    writer: 'x',
    revision: 1,
  };
  desk.table.recorded.push(attempt);
}

export const reported = (name: string, status: TargetReport['status']): TargetReport => ({
  appId: app(name).id,
  status,
  releaseId: `${name} v2`,
  errorMessage: null,
});
