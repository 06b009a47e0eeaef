// The world of one simulation: a fleet on Heroku, a deployed Sluice beside it, and what people can do to both. What was
// done is told to the checker as it is done.

import { createApi } from '../../functions/api/handler.ts';
import type { UrlEvent } from '../../functions/url.ts';
import { createSimulator } from '../../infra/local/heroku/simulator.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import { isRejecting } from '../../shared/domain/rejection.ts';
import type { Accept, Retry } from '../../shared/domain/said.ts';
import type { SluiceEvent } from '../../shared/events.ts';
import { activeHolds } from '../../shared/explain/account.ts';
import type { Next } from '../../shared/explain/next.ts';
import { readAccount } from '../../shared/operations/pipelines.ts';
import type { ChangingVerb } from '../../shared/operations/verbs.ts';
import { isCache } from '../../shared/table/keys.ts';
import { Checker } from './checker.ts';
import type { Context } from './context.ts';
import {
  type CiResult,
  deliveryOf,
  keyOf,
  releaseDelivery,
  SECRETS,
  signalDelivery,
  sourceOf,
  type Told,
} from './deliveries.ts';
import { type Item, Items, type Reading } from './dynamo.ts';
import { commitOf, installFleet, type PipelinePlan, parameterOf } from './fleet.ts';
import { SimulatedGitHub } from './github.ts';
import type { Known, KnownHold } from './known.ts';
import type { Moment } from './people.ts';
import { createRandom, type Random } from './random.ts';
import { flood } from './suites.ts';
import { createSystem, type System } from './system.ts';
import { MINUTE, SKEW_MS } from './time.ts';

/** What a run does at the moment, and how long people wait for it. */
const MOMENTS: Readonly<
  Record<Moment, (id: string) => { exchange: string; withinMs: number; soonMs: number }>
> = {
  look: (id) => ({
    exchange: `GET /pipelines/${id}/latest-releases`,
    withinMs: 5 * MINUTE,
    soonMs: 330,
  }),
  claim: (id) => ({ exchange: `put pipeline#${id} hot#ledger`, withinMs: 40 * MINUTE, soonMs: 330 }),
  // Whose ever it is: it does not say for which pipeline.
  sent: () => ({ exchange: 'POST /pipeline-promotions', withinMs: 40 * MINUTE, soonMs: 20_000 }),
};

const PERSON = 'arn:aws:iam::123456789012:user/oncall';
/** Who holds beside them: what one of the two lifts is not the other's. */
export const COLLEAGUE = 'arn:aws:iam::123456789012:user/release';
const REASON = 'looked at it';
const OBSERVE = 'mode: observe\n';
const PROMOTE = 'mode: promote\n';
/** So much of a commit tells it from all others of its pipeline. */
const SHORT = 14;
/** Others wrote at the same moment: it is to be typed again. */
export const CONTENDED = 'another run was at work';

export class World {
  readonly context: Context;
  readonly checker: Checker;
  readonly known: Known;
  readonly fleet: readonly PipelinePlan[];
  readonly simulator;
  readonly github: SimulatedGitHub;
  readonly #items: Items;
  readonly #pageMax: number;
  /** The id of the Heroku pipeline that Sluice takes each for: the first, until a person has accepted another. */
  readonly #ids: Map<string, string>;
  /** What Heroku calls each by now, and the id of what has that name there. */
  readonly #atHeroku = new Map<string, { readonly name: string; readonly id: string }>();
  /** The ids that each name meant before. */
  readonly #predecessors = new Map<string, readonly string[]>();
  readonly #acceptedAt = new Map<string, number>();
  /** What goes for every pipeline that does not say otherwise; null: there is no such parameter. */
  #defaults: string | null = null;
  readonly #system: System;
  readonly #api: ReturnType<typeof createApi>;
  readonly #parameters: Record<string, string> = {};
  readonly #plans = new Map<string, PipelinePlan>();
  readonly #merges = new Map<string, number>();
  /** Until when Heroku answers nothing about a pipeline, by its id. */
  /** How many people lift holds of the pipeline right now. */
  readonly #lifting = new Map<string, number>();
  readonly #mute = new Map<string, number>();
  /** What people will do at a moment of a pipeline's next run. */
  #waiting: readonly { readonly exchange: string; readonly work: () => void }[] = [];
  #nextTick: number;
  #deliveries = 0;
  /** Every how many minutes decisions are compared with those without caches. */
  compareEvery = 6;

  constructor(context: Context, fleet: readonly PipelinePlan[], random: Random, reading: Reading) {
    this.context = context;
    this.#items = new Items(() => context.scheduler.now());
    this.#pageMax = reading.pageMax;
    this.#nextTick = context.scheduler.now();
    this.fleet = fleet;
    const simulator = createSimulator({ clock: context.scheduler });
    this.simulator = simulator;
    this.#ids = new Map(installFleet(simulator, fleet, random));
    for (const [name, id] of this.#ids) this.#atHeroku.set(name, { name, id });
    const items = this.#items;
    const github = new SimulatedGitHub(() => context.scheduler.now());
    this.github = github;
    this.checker = new Checker({
      context,
      simulator,
      items,
      github,
      fleet,
      skewMs: SKEW_MS,
      idOf: (name) => this.idOf(name),
    });
    this.known = this.checker.known;
    for (const plan of fleet) this.configure(plan);
    this.#system = createSystem({
      context,
      simulator,
      items,
      github,
      reading,
      parameters: () => this.#parameters,
      defaults: () => this.#defaults,
      secrets: SECRETS,
      onPost: (run, request, reply) => this.checker.onPost(run, request, reply),
      onEvent: (event) => this.#onEvent(event),
      isMute: (path) => this.#isMute(path),
      onParked: (run, appId) => this.known.dynos.seen(simulator.app(appId).name, run),
      forget: () => void this.deleteCaches(() => true),
      skewMs: SKEW_MS,
    });
    this.#api = createApi({ ...this.#system.operator, log: () => {} });
  }

  /** Epoch ms, virtual. */
  now(): number {
    return this.context.scheduler.now();
  }

  idOf(pipeline: string): string {
    return this.#ids.get(pipeline) ?? '';
  }

  /** As its parameter was last written by somebody who could spell. */
  planOf(pipeline: string): PipelinePlan | undefined {
    return this.#plans.get(pipeline);
  }

  async runUntil(instant: number): Promise<void> {
    const { scheduler } = this.context;
    for (; this.#nextTick < instant; this.#nextTick += MINUTE) {
      scheduler.at(this.#nextTick, () => this.#system.tick());
      await scheduler.runUntil(this.#nextTick + MINUTE);
      this.checker.outcomes.checkReleases();
      this.checker.why.checkOverdue();
      this.#sweep();
      this.checker.progress.check(
        this.#wellKnown(),
        (name) => this.idOf(name),
        (name) => this.#isMuteNow(name) || this.isAnother(name) || this.#isUntold(name),
      );
      if (this.#nextTick % (this.compareEvery * MINUTE) === 0) await this.checker.forgetting.check();
    }
    await scheduler.runUntil(instant);
  }

  /** DynamoDB takes out what has expired, some of it at once and some a day later. */
  #sweep(): void {
    const now = this.now();
    for (const { pk, sk } of this.#items.expired(now))
      if (createRandom(pk, sk, now).chance(0.02)) this.#items.delete(pk, sk);
  }

  /** Pipelines whose parameter can be read. */
  #wellKnown(): readonly PipelinePlan[] {
    return [...this.#plans.values()].filter((plan) => this.#parameters[plan.name] === this.#textOf(plan));
  }

  /** GitHub is to be asked what contains what, and may not say it. */
  #isUntold(name: string): boolean {
    return this.#plans.get(name)?.namesRepo === true && this.github.trouble() !== null;
  }

  onExchange(what: string): void {
    const now = this.#waiting.filter(({ exchange }) => what === exchange);
    if (now.length === 0) return;
    this.#waiting = this.#waiting.filter(({ exchange }) => what !== exchange);
    for (const { work } of now) work();
  }

  /** Does it soon after that moment of the pipeline's next run, or when it does not come. */
  inNextRun(moment: Moment, pipeline: number, random: Random, work: () => void): void {
    const { scheduler } = this.context;
    const id = this.idOf(this.fleet[pipeline % this.fleet.length]?.name ?? '');
    const { exchange, withinMs, soonMs } = MOMENTS[moment](id);
    let isDone = false;
    const once = (): void => {
      if (isDone) return;
      isDone = true;
      work();
    };
    const soon = (): void => scheduler.after(random.between(0, soonMs), once);
    this.#waiting = [...this.#waiting, { exchange, work: soon }];
    scheduler.after(withinMs, once);
  }

  #onEvent(event: SluiceEvent): void {
    if (event.type === 'PipelineDue') this.checker.forgetting.onDue(event);
    if (event.type === 'SafetyAlarm') this.context.violate('S3', `alarm: ${event.message}`);
  }

  configure(wanted: PipelinePlan): void {
    const plan = this.#withMode(wanted);
    this.#parameters[plan.name] = this.#textOf(plan);
    this.#means(plan);
  }

  #means(plan: PipelinePlan): void {
    this.disturb(plan.name);
    this.#plans.set(plan.name, plan);
    this.known.plans.get(plan.name)?.push({ at: this.now(), plan });
  }

  #textOf(plan: PipelinePlan): string {
    return parameterOf(plan, this.#atHeroku.get(plan.name)?.name);
  }

  /** What goes for all pipelines. Gives whether they are to be observed now. */
  changeDefaults(): boolean {
    this.#defaults = this.#defaults === OBSERVE ? PROMOTE : OBSERVE;
    const isObserved = this.#defaults === OBSERVE;
    for (const plan of this.#plans.values()) this.#means(this.#withMode(plan));
    return isObserved;
  }

  /** The plan, with what goes for all where it does not say otherwise. */
  #withMode({ observes, ...plan }: PipelinePlan): PipelinePlan {
    if (observes === 'itself') return { ...plan, observes };
    const isObserved = this.#defaults === OBSERVE && plan.saysPromote !== true;
    return { ...plan, ...(isObserved && { observes: 'by-default' }) };
  }

  /** Whoever is observed only because all are, is no more. */
  letAllPromote(): void {
    if (this.#defaults === OBSERVE) this.changeDefaults();
  }

  /** Heroku calls it otherwise from now on; its parameter does when somebody writes that. */
  renameAtHeroku(pipeline: string, to: string): void {
    const before = this.#atHeroku.get(pipeline);
    if (before === undefined || before.name === to) return;
    this.disturb(pipeline);
    this.simulator.renamePipeline(before.id, to);
    this.#atHeroku.set(pipeline, { ...before, name: to });
  }

  /** Somebody makes it anew at Heroku, by the same name and with the same apps. */
  remake(plan: PipelinePlan): void {
    const before = this.#atHeroku.get(plan.name);
    if (before === undefined) return;
    this.disturb(plan.name);
    this.simulator.removePipeline(before.id);
    const { id } = this.simulator.addPipeline({ name: before.name, apps: [] });
    this.#atHeroku.set(plan.name, { ...before, id });
    const first = this.fleet.find(({ name }) => name === plan.name) ?? plan;
    for (const app of first.waves.flatMap(({ apps }) => apps)) this.couple(plan, app);
  }

  /** True while there is another pipeline behind its name than the one that Sluice takes it for. */
  isAnother(pipeline: string): boolean {
    return this.#atHeroku.get(pipeline)?.id !== this.#ids.get(pipeline);
  }

  /** A person says that the pipeline that is there now is meant, where Sluice has asked for that. */
  async acceptPipeline(pipeline: string): Promise<void> {
    const { id } = this.#atHeroku.get(pipeline) ?? {};
    if (id === undefined || !this.isAnother(pipeline)) return;
    this.disturb(pipeline);
    const done = await this.#ask('accept', { pipeline, reason: REASON, means: id });
    if (done === null) return;
    this.#predecessors.set(pipeline, [...this.#predecessorsOf(pipeline), this.idOf(pipeline)]);
    this.#ids.set(pipeline, id);
    this.#acceptedAt.set(pipeline, this.now());
    this.disturb(pipeline);
  }

  /** True while nobody has looked at the pipeline for minutes, as it was made anew and not accepted. */
  isLeft(pipeline: string): boolean {
    return this.isAnother(pipeline) || (this.#acceptedAt.get(pipeline) ?? 0) > this.now() - 10 * MINUTE;
  }

  writeParameter(pipeline: string, text: string): void {
    this.#parameters[pipeline] = text;
  }

  parameter(pipeline: string): string | undefined {
    return this.#parameters[pipeline];
  }

  /** Something else changes about the pipeline: what `why` predicted for it holds no longer. */
  disturb(pipeline: string): void {
    this.checker.progress.trouble(this.idOf(pipeline));
    this.#disturb(pipeline);
  }

  #disturb(pipeline: string): void {
    this.checker.why.disturb(this.idOf(pipeline));
    this.checker.forgetting.disturb(this.idOf(pipeline));
  }

  /** How many merges there have been: the number of the last. */
  merged(pipeline: string): number {
    return this.#merges.get(pipeline) ?? 0;
  }

  /** A merge, as Heroku's build of it arrives on the head. Gives its number. */
  merge(plan: PipelinePlan): number {
    this.#disturb(plan.name);
    const order = this.merged(plan.name) + 1;
    this.#merges.set(plan.name, order);
    for (const app of plan.waves[0]?.apps ?? []) {
      // Heroku builds a slug for every deploy.
      this.simulator.deploy(app, { commit: commitOf(plan.name, order), slug: 'new' });
    }
    return order;
  }

  /** CI's result of a merge is delivered now, whenever it was that it came about. */
  tellOfCi(pipeline: string, order: number, result: CiResult): void {
    const commit = commitOf(pipeline, order);
    this.disturb(pipeline);
    this.known.ci.sent(commit, result);
    // Where nothing goes wrong in that minute, what CI says is on record.
    const { faults, scheduler, violate } = this.context;
    const before = faults.happened.length;
    this.#deliver(commit, result, SECRETS[sourceOf(result.job)] ?? '');
    scheduler.after(MINUTE, () => {
      if (faults.happened.length > before || this.known.ci.isOnRecord(commit, result)) return;
      const { job, run, word } = result;
      violate('S1', `${word}, which ${keyOf(job)} ${run} has said of ${commit}, is not on record`);
    });
  }

  /** A suite tells now how something is, whenever it was so. */
  tellOfSuite(pipeline: string, source: 'suite' | 'other', said: Told): void {
    this.disturb(pipeline);
    // What has no commit that Heroku tells, a container, is told of by its app alone.
    const told = this.known.suites.sent(source, { ...said, commit: said.commit || null });
    const { faults, scheduler, violate } = this.context;
    const before = faults.happened.length;
    this.#system.deliver(signalDelivery(source, told, SECRETS[source] ?? '', this.now()));
    scheduler.after(MINUTE, () => {
      if (faults.happened.length > before || this.known.suites.isOnRecord(told.url)) return;
      violate('S1', `${told.url} is not on record`);
    });
  }

  /** Heroku tells of what runs on the head. */
  tellOfRelease({ waves }: PipelinePlan): void {
    for (const name of waves[0]?.apps ?? []) {
      const { id, commit } = this.simulator.app(name);
      this.#system.deliver(releaseDelivery({ id, name }, commit, this.now()));
    }
  }

  /** Where pages are short, more would take longer to read than a check may. */
  flood(plan: PipelinePlan, random: Random): number {
    this.disturb(plan.name);
    return flood(this, plan, random, this.#pageMax * 40);
  }

  setMaintenance(app: string, on: boolean): void {
    this.simulator.setMaintenance(app, on);
    const { inMaintenance } = this.known;
    if (!on) inMaintenance.delete(app);
    else if (!inMaintenance.has(app)) inMaintenance.set(app, this.now());
  }

  /** Each time in another way that GitHub has: as a form, in base64, as a delivery with an id of its own. */
  #deliver(commit: string, result: CiResult, secret: string): void {
    this.#deliveries += 1;
    const random = createRandom('delivery', commit, this.#deliveries);
    const { job, run, state } = result;
    const deliveryId = `${commit.slice(0, 12)}-${job.name}-${run}-${state}-${random.pick(['', 'again'])}`;
    const sending = { secret, deliveryId, isForm: random.chance(0.3), isBase64: random.chance(0.3) };
    this.#system.deliver(deliveryOf(commit, result, sending, this.now()));
  }

  forgeCi(pipeline: string): void {
    const commit = commitOf(pipeline, this.merged(pipeline));
    const random = createRandom('forged', commit, this.now());
    const kind = random.pick(['status', 'check_run', 'workflow_run', 'circle_job', 'signal'] as const);
    const job = { kind, name: 'build' };
    const result = { job, run: 9, state: 'success', word: 'success', at: this.now() } as const;
    // With no secret of ours, or with that of another sender.
    this.#deliver(commit, result, random.pick(['wrong', '', SECRETS['other'] ?? '']));
  }

  /** `minutes`: null for one that ends when somebody lifts it. */
  async hold(
    pipeline: string,
    wave: string | null,
    minutes: number | null,
    by: string = PERSON,
  ): Promise<void> {
    const expiresAt = minutes === null ? Number.POSITIVE_INFINITY : this.now() + minutes * MINUTE;
    // Until its command has ended it may count or not.
    // Sluice may not have heard yet of a change of the waves, while Heroku has no answer about the pipeline.
    const [first = [], ...others] = this.known
      .plansSince(pipeline, this.now() - 35 * MINUTE)
      .map(({ waves }) => waves.find(({ name }) => name === wave)?.apps ?? []);
    const hold = {
      pipeline,
      wave,
      by,
      apps: first.filter((app) => others.every((its) => its.includes(app))),
      from: Number.POSITIVE_INFINITY,
      expiresAt,
      until: expiresAt,
      latest: expiresAt,
    };
    this.known.holds.push(hold);
    const until = minutes === null ? null : new Date(expiresAt).toISOString();
    const done = await this.#ask('hold', { ...this.#asked(pipeline, wave), expiresAt: until }, by);
    // Nobody can hold a wave that nobody has heard of yet.
    if (done !== null) hold.from = this.now();
  }

  /** Lifts every hold on it, accepts what people did, tries again what failed and allows what was rejected. */
  async letGo(pipeline: string, wave: string | null): Promise<void> {
    if (wave === null) await this.acceptPipeline(pipeline);
    await this.unhold(pipeline, wave);
    await this.accept(pipeline, wave);
    await this.retry(pipeline, wave);
    if (wave === null) await this.allow(pipeline);
  }

  async unhold(pipeline: string, wave: string | null): Promise<void> {
    const isOnIt = (hold: { readonly wave: string | null }): boolean => [hold.wave, null].includes(wave);
    await this.#lift(pipeline, isOnIt, async () => {
      const holds = activeHolds(await this.#account(pipeline)).filter(isOnIt);
      const ids = holds.map(({ id }) => id);
      if (ids.length > 0) await this.#ask('unhold', { ...this.#asked(pipeline, wave), holds: ids });
    });
  }

  /** Lifts what they have placed on exactly that themselves, and nobody else's. */
  async unholdOwn(pipeline: string, wave: string | null, by: string = PERSON): Promise<void> {
    const isOwn = (hold: KnownHold): boolean => hold.wave === wave && hold.by === by;
    await this.#lift(pipeline, isOwn, async () => {
      const holds = activeHolds(await this.#account(pipeline));
      if (holds.some((hold) => hold.wave === wave && hold.owner === by))
        await this.#ask('unhold', this.#asked(pipeline, wave), by);
    });
  }

  async #lift(
    pipeline: string,
    isMeant: (hold: KnownHold) => boolean,
    work: () => Promise<void>,
  ): Promise<void> {
    this.disturb(pipeline);
    const meant = () => this.known.holds.filter((hold) => hold.pipeline === pipeline && isMeant(hold));
    const before = new Set(meant());
    for (const hold of before) {
      hold.until = Math.min(hold.until, this.now());
      if (hold.from <= this.now()) hold.latest = Math.min(hold.latest, this.now());
    }
    this.#lifting.set(pipeline, (this.#lifting.get(pipeline) ?? 0) + 1);
    await work().finally(() => this.#lifting.set(pipeline, (this.#lifting.get(pipeline) ?? 0) - 1));
    // One that was placed meanwhile may have been lifted or not.
    for (const hold of meant()) if (!before.has(hold)) hold.until = Math.min(hold.until, this.now());
  }

  /** When the decision that is there now was made, epoch ms. */
  seen(pipeline: string): number | null {
    return this.#decision(pipeline)?.at ?? null;
  }

  /** Of the decision that they had before them: where there is a newer one by now, nothing is accepted unseen. */
  async acceptSeen(pipeline: string, wave: string | null, seenAt: number): Promise<void> {
    const seen = { seenAt: new Date(seenAt).toISOString() };
    if (this.seen(pipeline) === seenAt) return this.accept(pipeline, wave, seen);
    const done = await this.#ask('accept', { ...this.#asked(pipeline, wave), ...seen });
    if (done !== null) this.context.violate('command', `what nobody had seen of ${pipeline} was accepted`);
  }

  /** `seen`: of what alone. */
  async accept(
    pipeline: string,
    wave: string | null,
    seen: { readonly seenAt?: string } = {},
  ): Promise<void> {
    this.disturb(pipeline);
    const waves = this.planOf(pipeline)?.waves ?? [];
    const apps = waves.flatMap((one) => (wave === null || one.name === wave ? one.apps : []));
    const letGo = () => this.known.stands.letGo(apps, (this.#decision(pipeline)?.at ?? 0) + SKEW_MS);
    letGo();
    const done = await this.#ask('accept', { ...this.#asked(pipeline, wave), ...seen });
    const accepted = done?.['accept'] as Accept | undefined;
    // What is answered has instants for people.
    const seenAt = Date.parse(String(accepted?.seenAt));
    letGo();
    // A word about one wave is none about another; one about the whole pipeline is about all that was decided about,
    // apps of a wave that has been taken out since included.
    // A wave may have had other apps when it was last decided about.
    const its = this.known.plansSince(pipeline, this.now() - 35 * MINUTE).flatMap((plan) => plan.waves);
    const may = its.flatMap((one) => (one.name === wave ? one.apps : []));
    for (const { app, artifact, isAside } of accepted?.accepted ?? []) {
      if (wave !== null && !may.includes(app.name))
        this.context.violate('command', `the accept of ${pipeline} ${wave} is about ${app.name}`);
      if (isAside) continue;
      const view = this.simulator.app(app.id);
      this.known.stands.letGo([view.name], seenAt + SKEW_MS);
      this.known.stands.accepted(view, artifact);
    }
  }

  async retry(pipeline: string, wave: string | null): Promise<void> {
    this.disturb(pipeline);
    const plan = this.planOf(pipeline);
    const apps = plan?.waves.flatMap((one) => (wave === null || one.name === wave ? one.apps : []));
    this.known.retrying.add(pipeline);
    const done = await this.#ask('retry', this.#asked(pipeline, wave));
    for (const { app, attemptId } of (done?.['retry'] as Retry | undefined)?.retried ?? []) {
      if (wave !== null && this.planOf(pipeline) === plan && apps?.includes(app.name) !== true)
        this.context.violate('command', `the retry of ${pipeline} ${wave} is about ${app.name}`);
      this.known.retried.add(`${app.name} ${attemptId}`);
    }
    this.known.retrying.delete(pipeline);
  }

  /** By the merge's number. */
  async reject(pipeline: string, order: number): Promise<void> {
    this.disturb(pipeline);
    const commit = commitOf(pipeline, order);
    const rejection = { pipeline, commit, from: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
    this.known.rejections.push(rejection);
    // By all of it, or by as much as tells it from the others.
    const letters = order % 2 === 0 ? commit.length : SHORT;
    const done = await this.#ask('reject', { pipeline, reason: REASON, commit: commit.slice(0, letters) });
    // It may be rejected already, and by a short name only what is in play.
    if (done !== null) rejection.from = this.now();
  }

  /** Everything that is rejected, by a word or by a rollback. */
  async allow(pipeline: string): Promise<void> {
    this.disturb(pipeline);
    const its = this.known.rejections.filter((one) => one.pipeline === pipeline);
    for (const one of its) one.until = Math.min(one.until, this.now());
    const account = await this.#account(pipeline);
    const active = account.rejections.filter(isRejecting);
    const done = new Set<string>();
    for (const { id, commit, artifact } of active) {
      this.known.allowed.push({ artifact, commit });
      const asked = { pipeline, reason: REASON, commit: commit ?? artifact ?? '' };
      if ((await this.#ask('allow', asked)) !== null) done.add(id);
    }
    // What was rejected meanwhile may have been allowed with it, or not.
    for (const one of this.known.rejections)
      if (one.pipeline === pipeline && !its.includes(one)) one.until = Math.min(one.until, this.now());
    const left = done.size === 0 ? [] : (await this.#account(pipeline)).rejections.filter(isRejecting);
    const still = left.find(({ id }) => done.has(id));
    if (still !== undefined)
      this.context.violate('command', `${still.commit ?? still.artifact} was allowed, and is rejected`);
  }

  #asked(pipeline: string, wave: string | null) {
    return { pipeline, reason: REASON, ...(wave !== null && { wave }) };
  }

  /** Asks the function behind the operator's URL; null where there is nothing to do, or it knows of none. */
  async #ask(
    verb: ChangingVerb,
    body: Readonly<Record<string, unknown>>,
    by: string = PERSON,
  ): Promise<Readonly<Record<string, unknown>> | null> {
    const event = {
      rawPath: `/${verb}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: by } } },
    };
    const { statusCode, body: text } = await this.#api(event as unknown as UrlEvent, {} as never);
    if (statusCode === 200) {
      const answer = JSON.parse(text) as Record<string, unknown>;
      this.#checkNext(verb, body, (answer['next'] ?? []) as readonly Next[]);
      return answer;
    }
    // By a short name nothing is rejected that is not in play; what no tick has seen yet is not accepted, and of a pipeline
    // behind whose name there is another, that one alone.
    const isSenseless =
      verb === 'reject' || 'means' in body || 'seenAt' in body || this.isAnother(String(body['pipeline']));
    if (statusCode === 404 || (statusCode === 400 && isSenseless)) return null;
    throw new Error(statusCode === 409 ? CONTENDED : `${verb}: ${statusCode} ${text}`);
  }

  /** What a verb says of what moves next: nothing is held that nobody holds, and a hold that was just placed is named. */
  #checkNext(
    verb: ChangingVerb,
    { pipeline, wave }: Readonly<Record<string, unknown>>,
    all: readonly Next[],
  ): void {
    const others = this.#lifting.get(String(pipeline)) ?? 0;
    const isHeld = this.known.holds.some(
      (hold) =>
        hold.pipeline === pipeline &&
        (hold.latest >= this.now() || (hold.latest === hold.expiresAt && hold.latest > this.now() - SKEW_MS)),
    );
    for (const next of all) {
      const named = next.blockers.includes('hold');
      const told = `after ${verb} of ${pipeline}, next to ${next.wave}`;
      if (verb === 'unhold' && others === 1 && named && !isHeld)
        this.context.violate('command', `${told} is held, and nobody holds it`);
      const isOnIt = verb === 'hold' && others === 0 && (wave === undefined || wave === next.wave);
      if (isOnIt && !named && next.state !== 'promoting')
        this.context.violate('command', `${told} is ${next.state}, and it was just held`);
    }
  }

  #account(pipeline: string) {
    const { table } = this.#system.operator;
    const predecessors = this.#predecessorsOf(pipeline);
    const view = { pipelineId: this.idOf(pipeline), name: pipeline, predecessors };
    return readAccount(table, view, this.now());
  }

  #predecessorsOf(pipeline: string): readonly string[] {
    return this.#predecessors.get(pipeline) ?? [];
  }

  /** True when Heroku has refused a promotion for good: that wave waits for a person. */
  isRefused(): boolean {
    return this.#items.all().some(({ sk, body }) => {
      if (!sk.startsWith('attempt#')) return false;
      const { refusal } = JSON.parse(String(body)) as Attempt;
      return refusal?.status === 422;
    });
  }

  /** Runs the world on until what a person began is done. */
  async finish(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.finally(() => {
      isDone = true;
    });
    while (!isDone) await this.context.scheduler.runUntil(this.now() + 50);
    await work;
  }

  /** As `heroku ps:scale web=N`. */
  scale(plan: PipelinePlan, app: string, quantity: number): void {
    this.disturb(plan.name);
    this.simulator.scale(app, quantity);
    this.known.dynos.scaled(app, quantity, this.now());
  }

  /** S8: gives how many rows are gone. */
  deleteCaches(isChosen: (item: Item) => boolean): number {
    const caches = this.#items.all().filter((item) => isCache(item) && isChosen(item));
    for (const { pk, sk } of caches) this.#items.delete(pk, sk);
    return caches.length;
  }

  /** What only spares calls is kept, and cannot be read any more. Gives how many such rows there are. */
  spoilCaches(isChosen: (item: Item) => boolean, random: Random): number {
    const isSpared = ({ sk }: Item): boolean => ['hot#ledger', 'hot#decision', 'tick'].includes(sk);
    const caches = this.#items.all().filter((item) => isCache(item) && !isSpared(item) && isChosen(item));
    for (const { body: _, ...item } of caches) {
      const body = random.pick(['{', 'null', '[]', '{"through":"7","wakeAt":"soon"}', 7, undefined]);
      this.#items.set({ ...item, ...(body !== undefined && { body }) } as Item);
    }
    return caches.length;
  }

  /** For a while Heroku has no answer to anything about this pipeline and its apps. */
  mute(pipeline: string, minutes: number): void {
    this.#mute.set(pipeline, this.now() + minutes * MINUTE);
  }

  /** Heroku answers about everything again. */
  unmute(): void {
    this.#mute.clear();
  }

  #isMuteNow(pipeline: string): boolean {
    return (this.#mute.get(pipeline) ?? 0) > this.now();
  }

  #isMute(path: string): boolean {
    for (const [pipeline, until] of this.#mute) {
      if (this.now() >= until) continue;
      const apps = this.fleet.find(({ name }) => name === pipeline)?.waves.flatMap((wave) => wave.apps) ?? [];
      const { id, name } = this.#atHeroku.get(pipeline) ?? {};
      const ids = [
        this.idOf(pipeline),
        id,
        name,
        pipeline,
        ...apps,
        ...apps.map((app) => this.simulator.app(app).id),
      ];
      if (path.split('/').some((part) => ids.includes(part))) return true;
    }
    return false;
  }

  /** Adds the app to its pipeline again. */
  couple({ name, waves }: PipelinePlan, app: string): void {
    const isHead = waves[0]?.apps.includes(app) === true;
    const { id } = this.simulator.app(app);
    this.simulator.ask({
      method: 'POST',
      path: '/pipeline-couplings',
      headers: { accept: 'application/vnd.heroku+json; version=3', authorization: 'Bearer HRKU-person' },
      body: JSON.stringify({
        app: id,
        pipeline: this.#atHeroku.get(name)?.id,
        stage: isHead ? 'staging' : 'production',
      }),
    });
  }

  #decision(pipeline: string): Decision | null {
    const item = this.#items.get(`pipeline#${this.idOf(pipeline)}`, 'hot#decision');
    return item === undefined ? null : (JSON.parse(String(item['body'])) as Decision);
  }

  /** What Sluice says of a wave that is behind, for the report of a violation. */
  why(pipeline: string, wave: string): string {
    const decision = this.#decision(pipeline);
    if (decision === null) return 'no decision';
    const step = decision.steps.find(({ to }) => to === wave);
    return (step?.verdicts ?? [])
      .filter(({ state }) => state !== 'pass')
      .map(({ check, reason }) => `${check}: ${reason}`)
      .join(' ');
  }
}
