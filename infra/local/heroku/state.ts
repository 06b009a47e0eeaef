// The simulated Heroku's whole world as one plain JSON value, so that it can be kept in a file and picked up again.
// Pure types, and the empty world. Instants are epoch milliseconds; what Heroku calls a user is an e-mail address here.

export type Stage = 'test' | 'review' | 'development' | 'staging' | 'production';
export type Generation = 'cedar' | 'fir';
export type StatusColour = 'green' | 'yellow' | 'red';

export interface ReleasePhase {
  seconds: number;
  /** Commits whose release command fails; `always` for all of them. */
  fails: 'always' | string[];
}

export interface ReleaseState {
  id: string;
  version: number;
  kind: 'initial' | 'build' | 'promotion' | 'slug' | 'rollback' | 'config';
  artifactId: string | null;
  description: string;
  user: string;
  createdAt: number;
  updatedAt: number;
  /** As it settled; `expired` follows from age and is never stored. */
  status: 'pending' | 'succeeded' | 'failed';
  phase: { startsAt: number; endsAt: number; fails: boolean } | null;
  settlesAt: number;
}

export interface CouplingState {
  id: string;
  pipelineId: string;
  stage: Stage;
  createdAt: number;
  updatedAt: number;
}

export interface AppState {
  id: string;
  name: string;
  generation: Generation;
  /** `heroku-24`, `cnb` on Fir, `container` for Docker images on Cedar. */
  stack: string;
  /** A team's name, or a person's e-mail address. */
  owner: string;
  maintenance: boolean;
  preboot: boolean;
  /** How many web dynos run, and since when, once somebody has scaled them; one, from the start, until then. */
  scaled?: { quantity: number; at: number };
  createdAt: number;
  updatedAt: number;
  releasedAt: number | null;
  coupling: CouplingState | null;
  /** Oldest first; `version` is the place in the list plus one. */
  releases: ReleaseState[];
  currentReleaseId: string | null;
  phase: ReleasePhase | null;
  /** Every promotion to this app fails with this message. */
  failTarget: string | null;
  twoFactor: boolean;
  forbidden: boolean;
}

export interface PipelineState {
  id: string;
  name: string;
  owner: string;
  generation: Generation;
  createdAt: number;
  updatedAt: number;
}

export interface ArtifactState {
  id: string;
  type: 'slug' | 'oci-image' | 'docker';
  commit: string;
  description: string;
  createdAt: number;
  /** The app it was built for. */
  appId: string;
  /** The pipeline that app was in then. */
  pipelineId: string | null;
}

export interface TargetState {
  id: string;
  appId: string;
  releaseId: string | null;
  error: string | null;
}

export interface PromotionState {
  id: string;
  pipelineId: string;
  sourceAppId: string;
  sourceReleaseId: string;
  artifactId: string;
  user: string;
  createdAt: number;
  /** No target is done before this instant. */
  settlesAt: number;
  targets: TargetState[];
}

export interface WebhookState {
  id: string;
  appId: string;
  include: string[];
  level: 'notify' | 'sync';
  url: string;
  secret: string;
  authorization: string | null;
  createdAt: number;
  updatedAt: number;
}

export interface DeliveryState {
  id: string;
  seq: number;
  webhookId: string;
  appId: string;
  eventId: string;
  include: string;
  payload: Record<string, unknown>;
  status: 'pending' | 'retrying' | 'failed' | 'succeeded';
  attempts: number;
  nextAttemptAt: number | null;
  lastAttempt: { id: string; code: number | null; error: string | null; at: number } | null;
  createdAt: number;
  updatedAt: number;
}

/** Something that happens by itself later on. `order` keeps things of the same instant in the order they were planned. */
export interface AgendaItem {
  at: number;
  order: number;
  what:
    | { kind: 'promote'; promotionId: string; targetId: string }
    | { kind: 'settle'; appId: string; releaseId: string };
}

export interface SimulatorState {
  version: 1;
  seed: number;
  /** How many ids have been handed out. */
  minted: number;
  planned: number;
  promotionSeconds: number;
  status: { Apps: StatusColour; Tools: StatusColour; Data: StatusColour };
  apps: Record<string, AppState>;
  pipelines: Record<string, PipelineState>;
  artifacts: Record<string, ArtifactState>;
  promotions: Record<string, PromotionState>;
  webhooks: Record<string, WebhookState>;
  deliveries: DeliveryState[];
  agenda: AgendaItem[];
  /** Per account: the theoretical arrival time of the GCRA limiter. */
  limiter: Record<string, number>;
}

const PROMOTION_SECONDS_DEFAULT = 4;

export function emptyState(seed: number): SimulatorState {
  return {
    version: 1,
    seed,
    minted: 0,
    planned: 0,
    promotionSeconds: PROMOTION_SECONDS_DEFAULT,
    status: { Apps: 'green', Tools: 'green', Data: 'green' },
    apps: {},
    pipelines: {},
    artifacts: {},
    promotions: {},
    webhooks: {},
    deliveries: [],
    agenda: [],
    limiter: {},
  };
}
