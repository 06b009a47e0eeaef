// What Sluice asks of Heroku, as two ports: reads (repeatable, retried) and the one write (never repeated).
// Shapes are Sluice's own: instants are epoch milliseconds, artifacts are resolved, unknown fields are dropped.
// Source of every fact: Heroku Platform API reference and schema (read 2026-11).

import type { Artifact } from '../domain/artifact.ts';
import type { Formation } from '../domain/dynos.ts';
import type { TargetReport } from '../domain/settle.ts';
import type { ReleaseFact } from '../domain/stays.ts';

export type Stage = 'test' | 'review' | 'development' | 'staging' | 'production';

export interface HerokuApp {
  readonly id: string;
  readonly name: string;
  readonly maintenance: boolean;
  /**
   * Epoch ms of the newest release or, where that is later, of the app's last change: a release that fails moves only
   * that. Null before the first.
   */
  readonly releasedAt: number | null;
  /** The name of its stack, such as `heroku-24` or `container`; null where Heroku does not say. */
  readonly stack?: string | null;
  /** `cedar` or `fir`; null where Heroku does not say. */
  readonly generation?: string | null;
}

export interface HerokuPipeline {
  readonly id: string;
  readonly name: string;
}

export interface Coupling {
  readonly appId: string;
  readonly pipelineId: string;
  readonly stage: Stage;
}

/** A release as Heroku lists it: what stays are made of, and whose it is. */
export interface Release extends ReleaseFact {
  readonly appId: string;
  /** Present where Heroku sends it; `latest-releases` does. */
  readonly appName: string | null;
}

export type PromotionTarget = TargetReport;

/** A row of a list that cannot be read. */
export interface OddRow {
  /** The app that it is about, as far as the row tells. */
  readonly appId: string | null;
  readonly appName: string | null;
  /** Where it departs from what is expected, in words. */
  readonly why: string;
}

/** Is told of each odd row, which the list is then without. Where nobody is, one such row is the whole list's trouble. */
export type Aside = (row: OddRow) => void;

/**
 * Reads. Each call costs one token of Heroku's rate limit per page, and throws a `HerokuError` when it cannot answer.
 * `signal` ends a read before its time: its request is dropped, and no other is sent.
 */
export interface HerokuReads {
  /** Every app the token can see, all pages. */
  apps(aside?: Aside): Promise<readonly HerokuApp[]>;
  /** The pipelines of that name or uuid: names are not unique, so there may be several; none is an empty list. */
  pipelines(nameOrId: string, signal?: AbortSignal): Promise<readonly HerokuPipeline[]>;
  /** Every coupling of one pipeline, all pages, in no particular order. */
  couplings(pipelineId: string, signal?: AbortSignal, aside?: Aside): Promise<readonly Coupling[]>;
  /** The newest release, of whatever kind, of every app of the pipeline. One call. */
  latestReleases(pipelineId: string, signal?: AbortSignal, aside?: Aside): Promise<readonly Release[]>;
  /**
   * The newest releases of an app of any kind, newest first, at most `max`.
   * `complete` is true when the list reaches back to the app's first release.
   */
  releases(
    appId: string,
    max: number,
  ): Promise<{ readonly releases: readonly Release[]; readonly complete: boolean }>;
  /** The commit of an artifact as seen from an app that runs it; null when Heroku has none. Never changes: cache it. */
  commit(appId: string, artifact: Artifact): Promise<string | null>;
  /** Whether dynos of the app run; null where Heroku has no formation of it. */
  formation(appId: string): Promise<Formation | null>;
  /** Where a promotion stands, one row per target app; a target whose row cannot be read is not among them. */
  promotionTargets(promotionId: string): Promise<readonly PromotionTarget[]>;
}

export interface PromotionRequest {
  readonly pipelineId: string;
  readonly sourceAppId: string;
  /** The release that was checked. Heroku promotes this one, whatever the source runs by then (changelog 3408, 2025-09-25). */
  readonly sourceReleaseId: string;
  readonly targetAppIds: readonly string[];
  /** Sent as `Request-Id`, so that Heroku's support can find the call. */
  readonly attemptId: string;
  /** Nothing is sent after this instant, epoch ms. */
  readonly notAfter: number;
}

/**
 * What became of the one request.
 * `accepted`: Heroku answered with a promotion (`sourceReleaseId` is what its answer says it promotes, null if unsaid).
 * `rejected`: a definite 4xx; nothing was promoted.
 * `unknown`: anything else (no answer, a cut answer, 5xx): it may have happened; settle by reading.
 */
export type PromotionOutcome =
  | { readonly kind: 'accepted'; readonly promotionId: string; readonly sourceReleaseId: string | null }
  | {
      readonly kind: 'rejected';
      readonly status: number;
      readonly id: string;
      readonly message: string;
      /** What a person can do, where the refusal is not about what was to be promoted. */
      readonly hint?: string;
    }
  | { readonly kind: 'unknown'; readonly message: string };

/** The write. Sends exactly one request, on a fresh connection, and never throws. */
export type Promote = (request: PromotionRequest) => Promise<PromotionOutcome>;

export type HerokuErrorCode =
  /** 401: the token is wrong or revoked. Stops the tick. */
  | 'unauthorized'
  /** 429, or `RateLimit-Remaining` fell below the floor. Stops the tick. */
  | 'rate-limited'
  /** 403, 402: this one thing is not allowed (two-factor, suspended, delinquent, no access). */
  | 'forbidden'
  | 'not-found'
  /** Heroku refused the request for another reason (4xx). */
  | 'refused'
  /** 5xx, no connection, a deadline, a cut or malformed answer: try again at the next tick. */
  | 'unavailable';

/** A read that could not be answered. `message` is a sentence for a person and holds no secret. */
export class HerokuError extends Error {
  override readonly name = 'HerokuError';
  readonly code: HerokuErrorCode;
  /** The next command to type, or what to do. */
  readonly hint: string;

  constructor(code: HerokuErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** What https://status.heroku.com says of Heroku itself, now. */
export interface HerokuStatusReport {
  /** `Apps` are running apps, `Data` the data services, `Tools` deploys and the API. `status`: `green`, `yellow`, `red`. */
  readonly systems: readonly { readonly system: string; readonly status: string }[];
  /** The incidents that are not over. For telling people: the colours decide. */
  readonly incidents: readonly {
    readonly title: string;
    readonly url: string | null;
    readonly state: string;
  }[];
}

/** Throws a `HerokuError` `unavailable` when the page cannot be read, which is not the same as green. */
export interface HerokuStatus {
  current(): Promise<HerokuStatusReport>;
}
