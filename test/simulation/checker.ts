// What must always hold, checked against the simulated world itself and not against what Sluice says of it: at every
// promotion request, at every write, and at every release that a promotion makes. Written from the design's rules, with
// no code of Sluice's that decides.

import type { Reply, Request } from '../../infra/local/heroku/api.ts';
import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Rejection } from '../../shared/domain/rejection.ts';
import type { Signal } from '../../shared/signals/signal.ts';
import type { Item, Written } from './dynamo.ts';
import { ForgettingChecker } from './forgetting-checker.ts';
import type { Invocation } from './invocation.ts';
import { type CheckerOptions, Known, ledgerIn } from './known.ts';
import { SUITES } from './known-signals.ts';
import { OutcomeChecker } from './outcome-checker.ts';
import { ProgressChecker } from './progress-checker.ts';
import { PromotionChecker } from './promotion-checker.ts';
import { WhyChecker } from './why-checker.ts';

export class Checker {
  readonly known: Known;
  readonly why: WhyChecker;
  readonly forgetting: ForgettingChecker;
  readonly outcomes: OutcomeChecker;
  readonly progress: ProgressChecker;
  readonly #promotions: PromotionChecker;
  readonly #options: CheckerOptions;
  /** Open attempts that were put into a ledger again. */
  readonly #putBack = new Set<string>();
  readonly #settled = new Map<string, string>();
  /** Rejections that were lifted: `partition id`. */
  readonly #lifted = new Set<string>();

  constructor(options: CheckerOptions) {
    this.#options = options;
    this.known = new Known(options);
    this.why = new WhyChecker(options, this.known);
    this.forgetting = new ForgettingChecker(options);
    this.outcomes = new OutcomeChecker(options, this.known);
    this.progress = new ProgressChecker(options, this.known);
    this.#promotions = new PromotionChecker(options, this.known);
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
    this.forgetting.onWrite(item);
    if (item.sk.startsWith('attempt#')) this.#onAttempt(before, after);
    if (/^(hot#)?rejection#/.test(item.sk) && after !== undefined) this.#onRejection(after);
    if (/^(attempt|word)#/.test(item.sk) && after?.['expiresAt'] !== undefined)
      this.#violate('S6', `${item.sk} is a record and expires`);
    if (after !== undefined && item.pk.startsWith('signal#') && !item.pk.startsWith('signal#source#')) {
      const isOfApp = item.pk.startsWith('signal#app#');
      this.#onSignal(JSON.parse(String(item['body'])) as Signal, isOfApp);
    }
    if (item.sk === 'hot#decision' && after !== undefined) this.why.onDecision(after);
    if (item.sk === 'hot#ledger') this.#onLedger(before, after);
  }

  #onSignal(signal: Signal, isOfApp: boolean): void {
    const { commit, url } = signal;
    this.why.onSignal(commit, signal.app === null ? null : this.#pipelineOf(signal.app));
    const isSaid =
      commit === null || url?.startsWith(SUITES) === true
        ? this.known.suites.recorded(signal, isOfApp, this.#now())
        : this.known.ci.recorded(commit, signal, this.#now());
    if (isSaid) return;
    this.#violate(
      'S1',
      `${signal.name} ${signal.state} of ${signal.app ?? commit} is on record, and nobody said so`,
    );
  }

  #pipelineOf(app: string): string | null {
    const { simulator, fleet } = this.#options;
    const { name } = simulator.app(app);
    return fleet.find(({ waves }) => waves.some(({ apps }) => apps.includes(name)))?.name ?? null;
  }

  #onLedger(before: Item | undefined, after: Item | undefined): void {
    const at = this.#now();
    const [were, are] = [ledgerIn(before)?.open ?? [], ledgerIn(after)?.open ?? []];
    const stay = new Set(are.map(({ id }) => id));
    for (const attempt of were) if (!stay.has(attempt.id)) this.known.left.push({ attempt, at });
    for (const { id, sentAt } of are)
      if (sentAt !== null && !this.known.markedAt.has(id)) this.known.markedAt.set(id, at);
    for (const attempt of are) {
      if (this.known.claimedAt.has(attempt.id)) continue;
      this.known.claimedAt.set(attempt.id, at);
      this.why.onClaim(attempt);
    }
    // A run that recorded its attempt and was killed at its last look leaves it open, beside the one it had found.
    const isRebuilt = /^(rebuild|stop) /.test(ledgerIn(after)?.writer ?? '');
    if (isRebuilt) for (const { id } of are) this.#putBack.add(id);
    const isNew = are.some(({ id }) => !this.#putBack.has(id));
    const busy = are.flatMap(({ targets }) => targets.map(({ app }) => app.id));
    if (isNew && new Set(busy).size < busy.length) this.#violate('S2', 'an app has two open attempts');
  }

  /** S5: what somebody has allowed is not concluded again. */
  #onRejection({ pk, body }: Item): void {
    const { id, liftedAt, reason } = JSON.parse(String(body)) as Rejection;
    const key = `${pk} ${id}`;
    if (liftedAt !== null) this.#lifted.add(key);
    else if (this.#lifted.has(key)) this.#violate('S5', `what was allowed is rejected again: ${reason}`);
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
    if (before === undefined) this.known.recordedAt.set(attempt.id, this.#now());
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
    if (this.known.posts.some((post) => post.attemptId === attemptId)) {
      this.#violate('S2', `attempt ${attemptId} has sent two requests`);
    }
    const promotionId = accepted ? String((JSON.parse(reply.body) as { id: string }).id) : null;
    const { observedAt } = run;
    this.known.posts.push({ at: this.#now(), attemptId, accepted, promotionId, observedAt });

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
    this.#promotions.check(run, attempt, pinned, targets);
  }
}
