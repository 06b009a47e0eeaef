// What Sluice keeps, as a port: attempts, holds, rejections, what people said, signals and decisions, and beside them rows
// that are only caches (views, map entries, histories, commits): deleting every cache changes no decision.

import type { Ancestry } from '../domain/ancestry.ts';
import type { ArtifactKey } from '../domain/artifact.ts';
import type { Attempt, Ledger } from '../domain/attempt.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dynos } from '../domain/dynos.ts';
import type { Hold } from '../domain/hold.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Word } from '../domain/said.ts';
import type { Standing } from '../domain/standing.ts';
import type { History } from '../domain/stays.ts';
import type { Signal, SignalReads } from '../signals/signal.ts';

/** Everything about one pipeline that a run starts from, in one strongly consistent read. */
export interface PipelineRows {
  /** Null: never written, or deleted; rebuild it from the attempts. */
  readonly ledger: Ledger | null;
  /** Those that nobody has lifted; a row that cannot be read is one that holds everything. */
  readonly holds: readonly Hold[];
  /** Those that count, and lifted ones of rollbacks. */
  readonly rejections: readonly Rejection[];
  /** What people put on apps, as runs have concluded it. A record: the pasts that told it are forgotten. */
  readonly standings: readonly Standing[];
  /** Apps whose dynos were seen stopped once, also by a pipeline that had the name before. A record: nobody can see it again. */
  readonly dynos: readonly Dynos[];
  /** The newest decision; null before the first. */
  readonly decision: Decision | null;
  /** By app id. A cache. */
  readonly histories: Readonly<Record<string, History>>;
  /** By artifact. A cache of what never changes. */
  readonly commits: Readonly<Record<ArtifactKey, string | null>>;
  /** Whether one commit contains another, as GitHub says it; by `pairKey`. Kept while GitHub cannot be asked, too. */
  readonly ancestry: Ancestry['contains'];
}

/** What `scan` remembers of a pipeline between ticks. A cache: without it the pipeline is simply due. */
export interface PipelineView {
  readonly pipelineId: string;
  readonly name: string;
  /** Heroku's ids of the pipelines that had the name before; absent: none, or not known to whoever wrote it. */
  readonly predecessors?: readonly string[];
  /** When to look again at the latest, epoch ms; null: nothing to wait for. */
  readonly wakeAt: number | null;
  /** How many promotions are under way. */
  readonly openAttempts: number;
  /** When the last run that finished began to look. */
  readonly seenAt: number;
  /** When somebody last asked for a look (a hold, a retry), on that one's clock; null: nobody has. */
  readonly wokenAt: number | null;
  /** The `wokenAt` that the last finished run was told of: another one makes the pipeline due. Absent in older rows. */
  readonly heardAt?: number | null;
  /** `released_at` of each app as the last finished run was told, by app id. */
  readonly releasedAt: Readonly<Record<string, number | null>>;
  /** Their stacks and generations, where Heroku says them, and why what it lists of them cannot be read; by app id. */
  readonly stacks?: Readonly<Record<string, string>>;
  readonly generations?: Readonly<Record<string, string>>;
  readonly unread?: Readonly<Record<string, string>>;
  /** Commits and app names a signal about which concerns this pipeline. */
  readonly concerns: readonly string[];
  /** False: no step waits for a result that a delivery can bring. Absent in older rows. */
  readonly awaitsResults?: boolean;
  /** A digest of the configuration the last run was given: a changed one makes the pipeline due. */
  readonly configDigest: string;
  /** Since when a wave has lacked something that the wave before has had, epoch ms; null where nothing can move. */
  readonly behindSince: number | null;
  /** When the oldest open promotion request whose answer was lost was sent, epoch ms; null: there is none. */
  readonly unknownSince: number | null;
}

/** One pipeline as Heroku has it, as last read. A cache. */
export interface MapEntry {
  /** The name or uuid that the configuration gives. */
  readonly key: string;
  readonly readAt: number;
  /** The digest of the configuration it was last read for. */
  readonly triedDigest: string;
  /** Why it is there no more under that name, in words. */
  readonly missing?: string;
  readonly id: string;
  readonly name: string;
  readonly apps: readonly {
    readonly id: string;
    readonly stage: string;
    /** Null for an app that the token can see in the pipeline only, before its first release. */
    readonly name: string | null;
    /** Why its stage could not be read; absent where it could. */
    readonly unread?: string;
  }[];
}

/**
 * Which Heroku pipeline a configured name has meant since a run was first made for it. A record, no cache: another
 * Heroku pipeline of that name is somebody else's until a person says so.
 */
export interface NameRecord {
  /** The last part of the parameter's path. */
  readonly name: string;
  readonly pipelineId: string;
  /** As Heroku called it then. */
  readonly herokuName: string;
  readonly since: number;
  /** The ids it meant before, newest last: what is recorded under them counts still. */
  readonly predecessors: readonly string[];
  /** Another Heroku pipeline that was found behind the name and waits for a person's word. */
  readonly stranger?: { readonly pipelineId: string; readonly herokuName: string };
  /** Why the record cannot be read: nobody can tell what the name has meant. */
  readonly unread?: string;
}

/** How the last tick went, for `status` and `doctor`. */
export interface TickRecord {
  readonly at: number;
  readonly ok: boolean;
  /** What stopped the tick, or every problem found on its way, one sentence each. */
  readonly problems: readonly string[];
  readonly woken: readonly string[];
  /** How many were woken, where not all are listed. */
  readonly wokenCount?: number;
  readonly herokuCallsLeft: number | null;
  /** The distance of ticks, ms. */
  readonly tickMs: number;
  /** Whether there were defaults at this tick or at one before it, and that is on record; older ones do not say. */
  readonly hasDefaults?: boolean;
}

/** What a run must heed of what people said. */
export type Stops = Pick<PipelineRows, 'holds' | 'rejections'>;

/** Who lifts something, when and why. */
export interface Lift {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** A write that did not find what it was made for. */
export type Won = 'won' | 'lost';

export interface Table extends SignalReads {
  /** `predecessors`: Heroku's ids of pipelines that had its name before; what people said of those counts too. */
  pipelineRows(pipelineId: string, predecessors?: readonly string[]): Promise<PipelineRows>;
  /** The ledger alone; null: never written, or deleted. */
  ledger(pipelineId: string): Promise<Ledger | null>;
  /**
   * Writes the ledger if the stored one is that of the write `before`; null: if none is stored. `lost`: another run is at
   * work, or the ledger was deleted. A write whose answer was lost and that finds itself stored has won.
   * `writer` marks the write, and no other write of any run: it is how a write knows itself again.
   */
  writeLedger(pipelineId: string, ledger: Ledger, before: string | null): Promise<Won>;
  /**
   * Records an attempt as it now stands. A settled one is never changed again: a second settling is `lost`. So is one
   * that was never marked as being sent, where there is a record: that of the run which did mark it.
   */
  writeAttempt(attempt: Attempt): Promise<Won>;
  /** One attempt's record; null: there is none. */
  attempt(pipelineId: string, id: string): Promise<Attempt | null>;
  /** Newest first. `before`: an attempt id to go on from. */
  attempts(pipelineId: string, options?: { limit?: number; before?: string }): Promise<readonly Attempt[]>;
  /** What stops promotions, by itself: all else about the pipeline was read before. */
  stops(pipelineId: string, predecessors?: readonly string[]): Promise<Stops>;
  /** The holds and rejections that were lifted, or have ended long ago. */
  ended(pipelineId: string, predecessors?: readonly string[]): Promise<Stops>;
  writeHold(hold: Hold): Promise<void>;
  /** Lifts a hold and moves it out of what a run reads; `lost` when somebody else has. */
  liftHold(hold: Hold, lift: Lift): Promise<Won>;
  /** Moves holds that ended long before `now` out of what a run reads; they stay on record. */
  retireHolds(pipelineId: string, now: number): Promise<void>;
  /** Records a rejection; `lost`: there is one with this id. */
  writeRejection(rejection: Rejection): Promise<Won>;
  /** Lifts a rejection and, unless it is one of a rollback, moves it out of what a run reads; `lost` as above. */
  liftRejection(rejection: Rejection, lift: Lift): Promise<Won>;
  writeDynos(pipelineId: string, dynos: Dynos, at: number): Promise<void>;
  writeStanding(standing: Standing, at: number): Promise<void>;
  /** Takes it out of what a run reads: it can tell nothing more. */
  retireStanding(standing: Standing, at: number): Promise<void>;
  writeWord(word: Word): Promise<void>;
  words(pipelineId: string, predecessors?: readonly string[]): Promise<readonly Word[]>;
  /** Records a decision as the newest and adds it to the pipeline's past. */
  writeDecision(decision: Decision): Promise<void>;
  /** Records the newest decision in other words: no new one is added to the pipeline's past. */
  rewordDecision(decision: Decision): Promise<void>;
  /** Newest first. */
  decisions(pipelineId: string, limit: number): Promise<readonly Decision[]>;
  writeHistories(pipelineId: string, histories: Readonly<Record<string, History>>): Promise<void>;
  writeCommits(pipelineId: string, commits: Readonly<Record<ArtifactKey, string | null>>): Promise<void>;
  writeAncestry(pipelineId: string, contains: PipelineRows['ancestry']): Promise<void>;

  /** Every pipeline's view and map entry: what a tick starts from, in one read. */
  fleet(): Promise<{
    readonly views: readonly PipelineView[];
    readonly map: readonly MapEntry[];
    readonly tick: TickRecord | null;
    /** When what deliveries may spend is full again, epoch ms, by what it is spent on. */
    readonly shares?: Readonly<Record<string, number>>;
  }>;
  /** Writes what a finished run leaves behind; `wokenAt` is not touched, so that a wake during the run is not lost. */
  writeView(view: Omit<PipelineView, 'wokenAt'>): Promise<void>;
  /** Makes a pipeline due at the next tick. */
  wake(pipelineId: string, at: number): Promise<void>;
  /** Keeps when a share is full again; `lost` where it is no longer as `before` (null: there was none). */
  writeShare(key: string, fullAt: number, before: number | null): Promise<Won>;
  writeMapEntry(entry: MapEntry): Promise<void>;
  writeTick(tick: TickRecord): Promise<void>;
  /** Whether there have ever been defaults: a record, as pipelines may not run without the checks that they relied on. */
  hadDefaults(): Promise<boolean>;
  noteDefaults(at: number): Promise<void>;
  names(): Promise<readonly NameRecord[]>;
  /** Keeps what a name means; `lost` where it no longer means the pipeline `before` (null: nothing yet). */
  writeName(record: NameRecord, before: string | null): Promise<Won>;

  /**
   * Records a result, unless one of its identity is there that its sender's order puts later. `changed`: the state of
   * what is on record is another one than before; `same`: it is not.
   */
  writeSignal(signal: Signal): Promise<'changed' | 'same'>;
  /** Notes that a delivery of the source was verified. */
  noteSource(source: string, at: number): Promise<void>;
  hasDelivered(source: string, signal?: AbortSignal): Promise<boolean>;
  /** Notes a delivery id; `lost`: it has been seen before. */
  noteDelivery(source: string, deliveryId: string, at: number): Promise<Won>;
}
