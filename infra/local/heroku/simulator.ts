// The simulated Heroku's public face: a Platform API on loopback, and the verbs that move its world.
// Everything is computed from the injected clock and one JSON state; it touches nothing but its own socket.

import type { Server } from 'node:http';
import { Api, type Reply, type Request } from './api.ts';
import { Calls } from './calls.ts';
import { Faults } from './faults.ts';
import { setTokens } from './limiter.ts';
import { type Handle, handler, listen, stop } from './server.ts';
import { emptyState, type SimulatorState, type StatusColour } from './state.ts';
import * as story from './story.ts';
import {
  type AppView,
  appView,
  type PipelineView,
  type PromotionView,
  pipelineView,
  promotionView,
  type ReleaseView,
  releaseView,
} from './views.ts';
import {
  type DeliverOptions,
  deliver,
  dueDeliveries,
  type SignedRequest,
  signedRequest,
} from './webhooks.ts';
import { World } from './world.ts';

export interface SimulatorOptions {
  readonly clock: { now(): number };
  /** Ids are the same for the same seed and the same story. */
  readonly seed?: number;
  /** A `snapshot()` to go on from. Taken over, not copied. */
  readonly state?: SimulatorState;
  /**
   * Called after every change and before the HTTP answer goes out, so that a state kept here survives `kill -9`.
   * It gets the live state: write it or copy it before returning.
   */
  readonly onChange?: (state: SimulatorState) => void;
  /** Token to the e-mail address of its account. Left out, any token is good and belongs to `account`. */
  readonly tokens?: Readonly<Record<string, string>>;
  readonly account?: string;
  /** Token to its scopes, `read` or `identity write`; a token that is not named has `global`. */
  readonly scopes?: Readonly<Record<string, string>>;
}

const ACCOUNT = 'sluice@example.com';

export function createSimulator(options: SimulatorOptions): Simulator {
  return new Simulator(options);
}

export class Simulator {
  readonly calls = new Calls();
  readonly faults: Faults;
  /** The node:http listener, for a server of one's own. */
  readonly handle: Handle;
  readonly #world: World;
  readonly #api: Api;
  readonly #account: string;
  #server: Server | null = null;
  #url = '';

  constructor(options: SimulatorOptions) {
    const { account = ACCOUNT, clock, onChange, scopes = {}, seed = 1, state, tokens } = options;
    this.#account = account;
    this.#world = new World(state ?? emptyState(seed), clock, onChange);
    this.faults = new Faults((app, mark, on) => {
      this.#change(() => {
        story.appNamed(this.#world, app)[mark] = on;
      });
    });
    this.#api = new Api({
      world: this.#world,
      calls: this.calls,
      faults: this.faults,
      tokens: tokens ?? null,
      account,
      scopes,
      baseUrl: () => this.url,
    });
    this.handle = handler((request) => this.#api.ask(request));
  }

  /** `http://127.0.0.1:PORT` while it listens. */
  get url(): string {
    return this.#url;
  }

  async listen(port = 0): Promise<string> {
    if (this.#server !== null) throw new Error('the simulator listens already');
    const { server, url } = await listen(this.handle, port);
    this.#server = server;
    this.#url = url;
    return url;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server !== null) await stop(server);
  }

  /** One request without a socket. Faults that cut a reply are told in `cut`. */
  ask(request: Request): Reply {
    return this.#api.ask(request);
  }

  addPipeline(pipeline: story.NewPipeline): PipelineView {
    return this.#change((world) => pipelineView(world, story.addPipeline(world, pipeline)));
  }

  renamePipeline(pipeline: string, name: string): void {
    this.#change((world) => story.renamePipeline(world, pipeline, name));
  }

  /** Its apps stay, and are in no pipeline. */
  removePipeline(pipeline: string): void {
    this.#change((world) => story.removePipeline(world, pipeline));
  }

  addApp(app: story.NewApp): AppView {
    return this.#change((world) => appView(world, story.addApp(world, app)));
  }

  /** Takes the app out of its pipeline. */
  removeApp(app: string): void {
    this.#change((world) => story.removeApp(world, app));
  }

  renameApp(app: string, name: string): void {
    this.#change((world) => story.renameApp(world, app, name));
  }

  /** A merge was built and is released. */
  deploy(app: string, deployment: story.Deployment): ReleaseView {
    return this.#release(app, (world) => story.deploy(world, app, deployment));
  }

  /** Somebody releases a slug by hand. */
  release(app: string, wanted: { slug: string; user?: string; description?: string }): ReleaseView {
    return this.#release(app, (world) => story.releaseSlug(world, app, wanted));
  }

  /** Somebody releases a Docker image: a release without a slug. */
  releaseImage(app: string, wanted: { user?: string; description?: string } = {}): ReleaseView {
    return this.#release(app, (world) => story.releaseImage(world, app, wanted));
  }

  rollback(app: string, wanted: { version?: number; user?: string } = {}): ReleaseView {
    return this.#release(app, (world) => story.rollback(world, app, wanted));
  }

  /** A release of the same code, as a changed config var makes. */
  setConfig(app: string, user?: string): ReleaseView {
    return this.#release(app, (world) => story.setConfig(world, app, user));
  }

  setMaintenance(app: string, on: boolean): void {
    this.#change((world) => story.setMaintenance(world, app, on));
  }

  /** As `heroku ps:scale web=N`. */
  scale(app: string, quantity: number): void {
    this.#change((world) => {
      story.appNamed(world, app).scaled = { quantity, at: world.now() };
    });
  }

  setPreboot(app: string, on: boolean): void {
    this.#change((world) => {
      story.appNamed(world, app).preboot = on;
    });
  }

  /** `fails` names the commits whose release command fails. */
  setReleasePhase(
    app: string,
    phase: { seconds: number; fails?: readonly string[] | 'always' } | null,
  ): void {
    this.#change((world) => story.setReleasePhase(world, app, phase));
  }

  /** How long each target of a promotion takes, its release phase not counted. */
  setPromotionSeconds(seconds: number): void {
    this.#change((world) => {
      world.state.promotionSeconds = seconds;
    });
  }

  /** Promotions to this app fail with that message, until it is null again. */
  failTarget(app: string, message: string | null): void {
    this.#change((world) => {
      story.appNamed(world, app).failTarget = message;
    });
  }

  setStatus(colours: Partial<Record<'Apps' | 'Tools' | 'Data', StatusColour>>): void {
    this.#change((world) => {
      Object.assign(world.state.status, colours);
    });
  }

  /** How many tokens of the rate limit are left, as if others had used the rest. */
  setRateLimitRemaining(remaining: number, account = this.#account): void {
    this.#change((world) => setTokens(world.state.limiter, account, remaining, world.now()));
  }

  /** Webhook requests that are due now, signed. */
  pendingDeliveries(): SignedRequest[] {
    return this.#world.read(() => dueDeliveries(this.#world).map(signedRequest));
  }

  /** Posts what is due; loopback only. Gives back what was sent. */
  deliverWebhooks(options: DeliverOptions = {}): Promise<SignedRequest[]> {
    this.#world.read(() => {});
    return deliver(this.#world, options);
  }

  app(name: string): AppView {
    return this.#world.read(() => appView(this.#world, story.appNamed(this.#world, name)));
  }

  pipeline(name: string): PipelineView {
    return this.#world.read(() => pipelineView(this.#world, story.pipelineNamed(this.#world, name)));
  }

  pipelines(): PipelineView[] {
    return this.#world.read(() => this.#world.pipelines().map((each) => pipelineView(this.#world, each)));
  }

  /** Every promotion ever made, oldest first. */
  promotions(): PromotionView[] {
    return this.#world.read(() =>
      Object.values(this.#world.state.promotions).map((each) => promotionView(this.#world, each)),
    );
  }

  /** A copy of the whole world, plain JSON. */
  snapshot(): SimulatorState {
    return this.#world.read(() => structuredClone(this.#world.state));
  }

  #change<T>(act: (world: World) => T): T {
    return this.#world.change(() => act(this.#world));
  }

  #release(app: string, act: (world: World) => Parameters<typeof releaseView>[2]): ReleaseView {
    return this.#change((world) => {
      const release = act(world);
      return releaseView(world, story.appNamed(world, app), release);
    });
  }
}
