// S8: what a run decides now, it decides as well when every cached row has been deleted. Two runs on copies of the table,
// at one instant and with nothing going wrong: one with the caches, one without. Neither promotes anything.

import { isDeepStrictEqual } from 'node:util';
import { outcomeOf } from '../../shared/domain/decide.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import type { PipelineDue } from '../../shared/events.ts';
import { createHerokuReads } from '../../shared/heroku/client.ts';
import { HerokuError } from '../../shared/heroku/port.ts';
import { createHerokuStatus } from '../../shared/heroku/status.ts';
import { runPromotion } from '../../shared/promotion/run.ts';
import { dueApps } from '../../shared/scan/due.ts';
import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import { isCache } from '../../shared/table/keys.ts';
import { carryOut, type Item, Items } from './dynamo.ts';
import { answerOf, requestOf } from './heroku.ts';
import type { CheckerOptions, Known } from './known.ts';

export class ForgettingChecker {
  readonly #options: CheckerOptions;
  readonly #known: Known;
  /** The last event of each pipeline, by its id. */
  readonly #due = new Map<string, PipelineDue>();
  /** How many decisions were compared. */
  compared = 0;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
  }

  onDue(due: PipelineDue): void {
    this.#due.set(due.pipeline.id, due);
  }

  async check(pipelineId: string): Promise<void> {
    const due = this.#due.get(pipelineId);
    if (due === undefined || this.#hasBareClaim(pipelineId)) return;
    const [one, other] = [
      await this.#decide(due, () => true),
      await this.#decide(due, (item) => !isCache(item)),
    ];
    if (one === null || other === null) return;
    this.compared += 1;
    if (outcomeOf(one) === outcomeOf(other)) return;
    this.#options.context.violate('S8', `${due.pipeline.name}: ${differenceOf(one, other)}`);
  }

  /** A claim that no record tells of yet is lost with the ledger, and nothing was sent for it. */
  #hasBareClaim(pipelineId: string): boolean {
    const recorded = new Set(this.#known.attempts().map(({ id }) => id));
    return this.#known
      .ledgers()
      .some(({ open }) => open.some((one) => one.pipelineId === pipelineId && !recorded.has(one.id)));
  }

  async #decide(due: PipelineDue, isKept: (item: Item) => boolean): Promise<Decision | null> {
    const { context, simulator, items } = this.#options;
    const copy = new Items();
    for (const item of items.all()) if (isKept(item)) copy.set(item);
    const table = createDocumentTable('sluice', {
      send: async (command: unknown) => carryOut(copy, command),
    } as unknown as Documents);
    const at = context.scheduler.now();
    const clock = { now: () => at, sleep: () => new Promise<void>(() => {}) };
    const heroku = createHerokuReads({
      url: 'https://api.heroku.com',
      token: () => 'HRKU-beside',
      clock,
      send: async ({ path, token, range }) => answerOf(simulator.ask(requestOf('GET', path, token, range))),
      after: () => () => {},
    });
    const status = createHerokuStatus({
      url: 'https://status.heroku.com',
      send: async ({ path }) => {
        const { status, headers, body } = simulator.ask(requestOf('GET', path, '', null));
        return { kind: 'answer', status, headers, text: body };
      },
    });
    let ids = 0;
    try {
      const apps = dueApps(due.pipeline, new Map((await heroku.apps()).map((app) => [app.id, app])));
      const { decision } = await runPromotion(
        { ...due, at, apps, reasons: ['sweep'] },
        {
          clock,
          newId: () => `beside ${++ids}`,
          heroku,
          promote: () => Promise.reject(new Error('Nothing is promoted here.')),
          table,
          checks: { signals: table, status },
          bus: { publish: async () => {} },
          log: () => {},
          dryRun: true,
        },
      );
      return decision;
    } catch (error) {
      if (error instanceof HerokuError) return null;
      throw error;
    }
  }
}

function differenceOf(one: Decision, other: Decision): string {
  for (const [index, step] of one.steps.entries()) {
    const its = other.steps[index];
    if (isDeepStrictEqual(step, its)) continue;
    const told = (steps: typeof step | undefined): string =>
      (steps?.verdicts ?? [])
        .filter(({ state }) => state !== 'pass')
        .map(({ check, reason }) => `${check}: ${reason}`)
        .join(' ');
    return `${step.to} with caches ${step.state} ${told(step)}; without ${its?.state} ${told(its)}`;
  }
  return 'other apps or artifacts';
}
