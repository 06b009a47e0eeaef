// What must always hold, checked against the simulated world itself and not against what Sluice says of it: at every
// promotion request, at every write, and at every release that a promotion makes. Written from the design's rules, with
// no code of Sluice's that decides.

import type { Reply, Request } from '../../infra/local/heroku/api.ts';
import type { Simulator } from '../../infra/local/heroku/simulator.ts';
import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import type { Attempt, Ledger } from '../../shared/domain/attempt.ts';
import type { Signal } from '../../shared/signals/signal.ts';
import type { Context } from './context.ts';
import type { Item, Items, Written } from './dynamo.ts';
import { orderOf, type PipelinePlan } from './fleet.ts';
import type { Invocation } from './invocation.ts';
import { KnownResults } from './known-results.ts';
import { SLUICE, Stands } from './stands.ts';
import { MINUTE } from './time.ts';
import { WhyChecker } from './why-checker.ts';

/** A hold, from when its command was done until somebody began to lift it. */
export interface KnownHold {
  readonly pipeline: string;
  readonly wave: string | null;
  from: number;
  until: number;
  /** It may be in force until then: somebody who lifts holds may not have seen this one yet. */
  latest: number;
}

interface Post {
  readonly at: number;
  readonly attemptId: string;
  readonly accepted: boolean;
  /** Null when Heroku made none. */
  readonly promotionId: string | null;
  /** When the run that sent it had last looked at what runs. */
  readonly observedAt: number;
}

export interface CheckerOptions {
  readonly context: Context;
  readonly simulator: Simulator;
  readonly items: Items;
  readonly fleet: readonly PipelinePlan[];
  readonly skewMs: number;
}

export class Checker {
  readonly posts: Post[] = [];
  readonly holds: KnownHold[] = [];
  readonly stands = new Stands();
  /** When Heroku's status was not green: from, until. */
  readonly red: { from: number; until: number }[] = [];
  readonly ci = new KnownResults();
  /** What each pipeline was told to be, newest last. */
  readonly plans = new Map<string, { readonly at: number; readonly plan: PipelinePlan }[]>();
  readonly why: WhyChecker;
  readonly #options: CheckerOptions;
  /** When the claim of an attempt was written. */
  readonly #claimedAt = new Map<string, number>();
  /** Open attempts that were put into a ledger again. */
  readonly #putBack = new Set<string>();
  /** When an attempt was first recorded. */
  readonly #recordedAt = new Map<string, number>();
  readonly #settled = new Map<string, string>();
  readonly #checked = new Map<string, number>();

  constructor(options: CheckerOptions) {
    this.#options = options;
    this.why = new WhyChecker(options, this);
    for (const plan of options.fleet) this.plans.set(plan.name, [{ at: 0, plan }]);
    options.items.onWrite = (written) => this.#onWrite(written);
  }

  #violate(rule: string, what: string): void {
    this.#options.context.violate(rule, what);
  }

  #now(): number {
    return this.#options.context.scheduler.now();
  }

  #onWrite({ before, after }: Written): void {
    const item = (after ?? before) as Item;
    if (item.sk.startsWith('attempt#')) this.#onAttempt(before, after);
    if (item.pk.startsWith('signal#')) {
      const signal = JSON.parse(String(item['body'])) as Signal;
      this.why.onSignal(signal.commit);
      if (!this.ci.recorded(signal, this.#now()))
        this.#violate('S1', `a forged result of ${signal.commit} is on record`);
    }
    if (item.sk === 'hot#decision' && after !== undefined) this.why.onDecision(after);
    if (item.sk === 'hot#ledger' && after !== undefined) {
      const ledger = JSON.parse(String(after['body'])) as Ledger;
      for (const attempt of ledger.open) {
        if (this.#claimedAt.has(attempt.id)) continue;
        this.#claimedAt.set(attempt.id, this.#now());
        this.why.onClaim(attempt);
      }
      // A run that recorded its attempt and was killed at its last look leaves it open, beside the one it had found.
      const isRebuilt = /^(rebuild|stop) /.test(ledger.writer ?? '');
      if (isRebuilt) for (const { id } of ledger.open) this.#putBack.add(id);
      const isNew = ledger.open.some(({ id }) => !this.#putBack.has(id));
      const busy = ledger.open.flatMap(({ targets }) => targets.map(({ app }) => app.id));
      if (isNew && new Set(busy).size < busy.length) this.#violate('S2', 'an app has two open attempts');
    }
  }

  /** S6: completed, never changed and never deleted. */
  #onAttempt(before: Item | undefined, after: Item | undefined): void {
    const id = String((after ?? before)?.sk);
    if (after === undefined) {
      this.#violate('S6', `${id} was deleted`);
      return;
    }
    const done = this.#settled.get(id);
    const attempt = JSON.parse(String(after['body'])) as Attempt;
    const { state } = attempt;
    if (before === undefined) this.#recordedAt.set(attempt.id, this.#now());
    if (done !== undefined && done !== after['body'])
      this.#violate('S6', `${id} was changed after it had ended`);
    if (state !== 'open') this.#settled.set(id, String(after['body']));
  }

  /** A promotion request has reached Heroku. */
  onPost(run: Invocation, request: Request, reply: Reply): void {
    const { simulator, items } = this.#options;
    const body = JSON.parse(request.body) as {
      pipeline: { id: string };
      source: { app: { id: string }; release?: { id: string } };
      targets: { app: { id: string } }[];
    };
    const attemptId = String(request.headers['request-id']);
    const accepted = reply.status === 201;
    if (this.posts.some((post) => post.attemptId === attemptId)) {
      this.#violate('S2', `attempt ${attemptId} has sent two requests`);
    }
    const promotionId = accepted ? String((JSON.parse(reply.body) as { id: string }).id) : null;
    const { observedAt } = run;
    this.posts.push({ at: this.#now(), attemptId, accepted, promotionId, observedAt });

    const item = items.get(`pipeline#${body.pipeline.id}`, `attempt#${attemptId}`);
    if (item === undefined) {
      this.#violate('S6', `a promotion was sent and attempt ${attemptId} is not on record`);
      return;
    }
    const attempt = JSON.parse(String(item['body'])) as Attempt;
    const source = simulator.app(body.source.app.id);
    const pinned = source.releases.find(({ id }) => id === body.source.release?.id);
    if (pinned === undefined || `slug:${pinned.artifactId}` !== attempt.artifact) {
      this.#violate('S3', `what is pinned is not what was checked: ${attempt.artifact}`);
    }
    const targets = body.targets.map(({ app }) => simulator.app(app.id));
    const asked = attempt.targets.map(({ app }) => app.id).sort();
    if (
      asked.join() !==
      targets
        .map(({ id }) => id)
        .sort()
        .join()
    ) {
      this.#violate('S3', 'the targets are not those that were checked');
    }
    const bad = attempt.verdicts.filter(({ state }) => state !== 'pass');
    if (bad.length > 0)
      this.#violate('S1', `promoted although ${bad.map(({ check }) => check).join()} did not pass`);
    if (attempt.verdicts.length === 0) this.#violate('S1', 'promoted without a check on record');
    if (!accepted) return;
    this.#checkWorld(run, attempt, pinned, targets);
  }

  /** What the checks should have seen, as the world was. */
  #checkWorld(
    run: Invocation,
    attempt: Attempt,
    pinned: ReleaseView | undefined,
    targets: readonly AppView[],
  ): void {
    const { pipeline, to } = attempt;
    const made = this.#options.simulator.promotions().at(-1);
    // A target that has its release, and that has ended well, is done, whatever the promotion still says.
    const busy = this.#options.simulator
      .promotions()
      .filter(({ user }) => user === SLUICE)
      .slice(0, -1)
      .flatMap((promotion) => promotion.targets)
      .filter(({ status, app, releaseId }) => status === 'pending' && !this.#hasEnded(app, releaseId))
      .map(({ app }) => app);
    for (const target of targets) {
      if (busy.includes(target.name)) this.#violate('S2', `${target.name} is given two promotions at once`);
      // This promotion may be done by now.
      const ran = target.releases.findLast(
        ({ id, status }) => status === 'succeeded' && made?.targets.every((its) => its.releaseId !== id),
      );
      const isBrought = ran?.kind === 'promotion' && ran.user === SLUICE;
      if (isBrought && `slug:${ran.artifactId}` === attempt.artifact)
        this.#violate('S2', `${target.name} is given twice what it already runs`);
    }
    const claimedAt = this.#claimedAt.get(attempt.id) ?? this.#now();
    // The last look comes after the record.
    const lookedAt = this.#recordedAt.get(attempt.id) ?? claimedAt;
    const ways = this.#plansSince(pipeline, claimedAt - 5 * MINUTE).map((plan) => upTo(plan, to));
    const unread = ways[0]?.find((app) => {
      const { id } = this.#options.simulator.app(app);
      // What became of an attempt is read by itself, and may stay open.
      return (
        ways.every((way) => way.includes(app)) && run.unread.has(id) && !this.#isSettling(id, attempt.id)
      );
    });
    if (unread !== undefined) this.#violate('S1', `promoted to ${to} although ${unread} could not be read`);
    const oldMs = lookedAt - run.observedAt;
    if (oldMs > MINUTE + 2 * this.#options.skewMs)
      this.#violate(
        'S1',
        `${pipeline} ${to} was promoted on what was seen ${Math.round(oldMs / 1000)} s before`,
      );
    const held = this.holds.find(
      (hold) =>
        hold.pipeline === pipeline &&
        (hold.wave === null || hold.wave === to) &&
        hold.from < lookedAt &&
        claimedAt < hold.until - this.#options.skewMs,
    );
    if (held !== undefined) this.#violate('S5', `${pipeline} ${to} was promoted while it was held`);
    for (const target of targets) {
      const wasTried = (artifact: string) => this.#wasTried(target.id, artifact);
      const undone = this.stands.against(pipeline, target, run.observedAt, wasTried);
      if (undone !== null) this.#violate('S5', undone);
    }
    const plans = this.#plansSince(pipeline, claimedAt - 5 * MINUTE);
    const waves = plans.flatMap((plan) =>
      plan.waves.map((wave, index) => ({ wave, from: plan.waves[index - 1] })),
    );
    const mine = waves.filter(({ wave }) => wave.name === to);
    const soaked = mine.some(({ wave, from }) =>
      (from?.apps ?? []).every((app) => this.#soakedMs(app, attempt.artifact, claimedAt) >= wave.soakMs),
    );
    if (!soaked) this.#violate('S1', `${attempt.artifact} had not soaked on ${attempt.from} for ${to}`);
    const wave = mine.at(-1)?.wave;
    const before = run.observedAt - MINUTE;
    const wasRed = this.red.some(({ from, until }) => from < before && until > claimedAt);
    if (mine.every((one) => one.wave.status) && wasRed)
      this.#violate('S1', 'promoted while Heroku was not well');
    if (mine.every((one) => one.wave.ci)) {
      const trouble = this.ci.against(pinned?.commit ?? '', claimedAt, run.observedAt);
      if (trouble !== null) this.#violate('S1', `promoted although ${trouble}: ${pinned?.commit}`);
    }
    const hour = new Date(claimedAt).getUTCHours();
    if (wave?.window && mine.every((one) => one.wave.window !== null)) {
      const nearEdge = Math.abs(((claimedAt + MINUTE * 30) % (60 * MINUTE)) - 30 * MINUTE) < MINUTE;
      const isOpen = hour >= wave.window.from && hour < wave.window.until;
      if (!isOpen && !nearEdge) this.#violate('S1', `promoted outside of the window, at ${hour}h`);
    }
  }

  /** True when an attempt was to bring the artifact to the app. */
  #wasTried(appId: string, artifact: string): boolean {
    return this.#attemptsOn(appId).some((attempt) => attempt.artifact === artifact);
  }

  /** True when another attempt on the app is open, on record or in its ledger alone, or was a minute ago. */
  #isSettling(appId: string, than: string): boolean {
    const since = this.#now() - MINUTE;
    const isOpen = this.#ledgers().some(({ open }) =>
      open.some(({ id, targets }) => id !== than && targets.some(({ app }) => app.id === appId)),
    );
    if (isOpen) return true;
    return this.#attemptsOn(appId).some(({ id, settledAt }) => id !== than && (settledAt ?? since) >= since);
  }

  #ledgers(): readonly Ledger[] {
    const ledgers = this.#options.items.all().filter(({ sk }) => sk === 'hot#ledger');
    return ledgers.map(({ body }) => JSON.parse(String(body)) as Ledger);
  }

  #attemptsOn(appId: string): readonly Attempt[] {
    return this.#options.items.all().flatMap(({ sk, body }) => {
      if (!sk.startsWith('attempt#')) return [];
      const attempt = JSON.parse(String(body)) as Attempt;
      return attempt.targets.some(({ app }) => app.id === appId) ? [attempt] : [];
    });
  }

  #hasEnded(app: string, releaseId: string | null): boolean {
    const release = this.#options.simulator.app(app).releases.find(({ id }) => id === releaseId);
    return release !== undefined && release.status !== 'pending';
  }

  #plansSince(pipeline: string, at: number): readonly PipelinePlan[] {
    const all = this.plans.get(pipeline) ?? [];
    const first = Math.max(
      0,
      all.findLastIndex((one) => one.at <= at),
    );
    return all.slice(first).map(({ plan }) => plan);
  }

  /** The longest time the artifact ran on the app without a break until `now`, with what clocks may be off. */
  #soakedMs(app: string, artifact: string, now: number): number {
    const ran = this.#options.simulator
      .app(app)
      .releases.filter(
        ({ status, artifactId }) => (status === 'succeeded' || status === 'expired') && artifactId,
      );
    let longest = Number.NEGATIVE_INFINITY;
    for (const [index, release] of ran.entries()) {
      if (`slug:${release.artifactId}` !== artifact) continue;
      const next = ran.slice(index + 1).find(({ artifactId }) => artifactId !== release.artifactId);
      longest = Math.max(longest, Math.min(now, next?.updatedAt ?? now) - release.createdAt);
    }
    return longest + 2 * this.#options.skewMs + 1_000;
  }

  /** S3 and S4, of every release that promotions of Sluice's have made since the last look. */
  checkReleases(): void {
    const { simulator, fleet } = this.#options;
    for (const { name, waves } of fleet) {
      for (const app of waves.flatMap((wave) => wave.apps)) {
        const { releases } = simulator.app(app);
        for (const release of releases.slice(this.#checked.get(app) ?? 0)) {
          if (release.kind === 'promotion' && release.user === SLUICE) {
            this.#checkOrder(name, app, releases, release);
          }
        }
        this.#checked.set(app, releases.length);
      }
    }
  }

  #checkOrder(pipeline: string, app: string, releases: readonly ReleaseView[], made: ReleaseView): void {
    const order = orderOf(pipeline, made.commit);
    // What people put on a wave and let count goes on like a merge.
    if (order === null) return;
    // What a person does between a run's look and Heroku's release cannot be seen by anybody in time.
    const seenAt = this.#lookedAt(made.id);
    let newest = -1;
    /** What was the newest when the app was first given an artifact. */
    const newestWith = new Map<string, number>();
    for (const release of releases.slice(0, made.version - 1)) {
      if (release.status === 'failed' || release.artifactId === null) continue;
      if (release.user !== SLUICE && release.createdAt > seenAt) continue;
      // A rollback takes back what came after what it goes back to; so does a config change during a release phase.
      const isBack = release.kind === 'rollback' || release.kind === 'config';
      const then = isBack ? newestWith.get(release.artifactId) : undefined;
      newest = then ?? Math.max(newest, orderOf(pipeline, release.commit) ?? -1);
      if (!newestWith.has(release.artifactId)) newestWith.set(release.artifactId, newest);
    }
    if (order < newest) this.#violate('S4', `${app} was moved from merge ${newest} back to merge ${order}`);
  }

  /** When the run that asked for the release had looked. */
  #lookedAt(releaseId: string): number {
    const made = this.#options.simulator
      .promotions()
      .find(({ targets }) => targets.some((target) => target.releaseId === releaseId));
    return this.posts.find(({ promotionId }) => promotionId === made?.id)?.observedAt ?? this.#now();
  }

  /** L1: what Heroku has ended, or what never reached it, is settled by now. */
  checkSettled(): void {
    const pending = this.#options.simulator
      .promotions()
      .filter(({ targets }) => targets.some(({ status }) => status === 'pending'));
    for (const { sk, body } of this.#options.items.all()) {
      if (!sk.startsWith('attempt#')) continue;
      const { id, state, claimedAt } = JSON.parse(String(body)) as Attempt;
      if (claimedAt > this.#now() - 10 * MINUTE) continue;
      const { promotionId } = this.posts.find(({ attemptId }) => attemptId === id) ?? {};
      if (state === 'open' && pending.every((promotion) => promotion.id !== promotionId)) {
        this.#violate('L1', `attempt ${id} is not settled although nothing goes wrong any more`);
      }
    }
  }

  /** At the end: what the records say is what happened. */
  checkRecords(): void {
    for (const item of this.#options.items.all()) {
      if (!item.sk.startsWith('attempt#')) continue;
      const attempt = JSON.parse(String(item['body'])) as Attempt;
      const posts = this.posts.filter(({ attemptId }) => attemptId === attempt.id);
      const accepted = posts.some((post) => post.accepted);
      const told = `${attempt.id} says ${attempt.state}`;
      if (attempt.state === 'open') this.#violate('L1', `attempt ${attempt.id} was never settled`);
      // A promotion that failed before it made a release leaves no trace that could be read.
      const { promotionId } = posts.find((post) => post.accepted) ?? { promotionId: null };
      const made = this.#options.simulator.promotions().find(({ id }) => id === promotionId);
      const hadEffect = made?.targets.some(({ releaseId }) => releaseId !== null) === true;
      if (attempt.state === 'not-sent' && hadEffect) this.#violate('S6', `${told}, and Heroku released it`);
      if (attempt.state === 'rejected' && accepted) this.#violate('S6', `${told}, and Heroku took it`);
      if (attempt.state === 'succeeded' && !accepted && !this.#ranAll(attempt)) {
        this.#violate('S6', `${told}, and Heroku never got it`);
      }
    }
  }

  /** True when every target has run the artifact: somebody else may have brought it. */
  #ranAll({ targets, artifact }: Attempt): boolean {
    return targets.every(({ app }) =>
      this.#options.simulator
        .app(app.id)
        .releases.some(({ artifactId }) => `slug:${artifactId}` === artifact),
    );
  }
}

/** The apps of the waves up to that one. */
function upTo({ waves }: PipelinePlan, to: string): readonly string[] {
  const last = waves.findIndex(({ name }) => name === to);
  return waves.slice(0, last + 1).flatMap((wave) => wave.apps);
}
