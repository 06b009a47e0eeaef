// S8: what a run decides now, it decides as well when every cached row has been deleted. Two runs on copies of the table,
// at one instant and with nothing going wrong: one with the caches, one without. Neither promotes anything.

import { outcomeOf } from '../../shared/domain/decide.ts';
import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import type { PipelineDue } from '../../shared/events.ts';
import { createHerokuReads } from '../../shared/heroku/client.ts';
import { HerokuError } from '../../shared/heroku/port.ts';
import { createHerokuStatus } from '../../shared/heroku/status.ts';
import { runPromotion } from '../../shared/promotion/run.ts';
import { dueApps } from '../../shared/scan/due.ts';
import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import { isCache, pipelineKey } from '../../shared/table/keys.ts';
import { carryOut, type Item, Items, nameOf } from './dynamo.ts';
import { answerOf, requestOf } from './heroku.ts';
import { type CheckerOptions, ledgerIn } from './known.ts';

export class ForgettingChecker {
  readonly #options: CheckerOptions;
  /** The last event of each pipeline, by its id. */
  readonly #due = new Map<string, PipelineDue>();
  /** Pipelines about which something is new since they were last looked at, by id. */
  readonly #news = new Set<string>();
  /** How many decisions were compared. */
  compared = 0;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  onDue(due: PipelineDue): void {
    this.#due.set(due.pipeline.id, due);
  }

  onWrite({ pk }: Item): void {
    if (pk.startsWith('pipeline#')) this.disturb(pk.replace('pipeline#', ''));
  }

  /** Something about the pipeline is new. */
  disturb(pipelineId: string): void {
    this.#news.add(pipelineId);
  }

  async check(): Promise<void> {
    const news = [...this.#news];
    this.#news.clear();
    for (const id of news) await this.#compare(id);
  }

  async #compare(pipelineId: string): Promise<void> {
    const due = this.#due.get(pipelineId);
    if (due === undefined || this.#isBetweenWrites(pipelineId)) return;
    const [one, other] = [
      await this.#decide(due, () => true),
      await this.#decide(due, (item) => !isCache(item)),
    ];
    if (one === 'no calls left' || other === 'no calls left') return;
    if (one === null && other === null) return;
    this.compared += 1;
    if (one === null || other === null) {
      const which = one === null ? 'with' : 'without';
      this.#options.context.violate('S8', `${due.pipeline.name}: ${which} caches nothing is decided`);
      return;
    }
    if (toldBy(one) === toldBy(other)) return;
    this.#options.context.violate('S8', `${due.pipeline.name}: ${differenceOf(one, other)}`);
  }

  /**
   * A claim that no record tells of yet is lost with the ledger, and nothing was sent for it. An open record that the
   * ledger does not know is that of a run whose ledger was deleted: whoever claims next finds it by a last look.
   */
  #isBetweenWrites(pipelineId: string): boolean {
    const its = this.#options.items.partition(pipelineKey(pipelineId));
    const ledger = ledgerIn(its.find(({ sk }) => sk === 'hot#ledger'));
    if (ledger === undefined) return false;
    const claimed = ledger.open.map(({ id }) => `attempt#${id}`);
    const records = its.filter(({ sk }) => sk.startsWith('attempt#'));
    const isBare = claimed.some((id) => records.every(({ sk }) => sk !== id));
    return isBare || records.some((record) => record['state'] === 'open' && !claimed.includes(record.sk));
  }

  async #decide(
    due: PipelineDue,
    isKept: (item: Item) => boolean,
  ): Promise<Decision | 'no calls left' | null> {
    const { context, simulator, items } = this.#options;
    const copy = new Items();
    const { id, predecessors = [] } = due.pipeline;
    const its = [id, ...predecessors].flatMap((one) => items.partition(pipelineKey(one)));
    for (const item of its) if (isKept(item)) copy.set(item);
    const table = createDocumentTable('sluice', {
      // Signals are only read.
      send: async (command: unknown) =>
        carryOut(nameOf(command).startsWith('query signal#') ? items : copy, command),
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
          github: this.#options.github,
          table,
          checks: { signals: table, status },
          bus: { publish: async () => {} },
          log: () => {},
          dryRun: true,
        },
      );
      return decision;
    } catch (error) {
      // It keeps what it has read, and goes on when there are calls again: later, and no other decision.
      if (error instanceof HerokuError && error.code === 'rate-limited') return 'no calls left';
      if (error instanceof HerokuError) return null;
      throw error;
    }
  }
}

/** What is decided, and which releases would be promoted. */
function toldBy(decision: Decision): string {
  const pinned = decision.steps.map(({ candidate }) => candidate?.sourceReleaseId);
  return `${outcomeOf(decision)} ${pinned.join()}`;
}

/** The first step of which the two say something else. */
function differenceOf(one: Decision, other: Decision): string {
  for (const [index, step] of one.steps.entries()) {
    const [its, others] = [wordsOf(step), wordsOf(other.steps[index])];
    if (its !== others) return `with caches ${its}; without ${others}`;
  }
  return 'other apps or artifacts with caches than without';
}

function wordsOf(step: StepDecision | undefined): string {
  if (step === undefined) return 'nothing';
  const { to, state, candidate, targets, verdicts } = step;
  const blockers = verdicts.flatMap((one) => (one.state === 'pass' ? [] : [`${one.check}: ${one.reason}`]));
  return [
    to,
    state,
    candidate === null ? 'nothing' : `${candidate.artifact} of release ${candidate.sourceReleaseId}`,
    targets.map(({ name }) => name).join(),
    ...blockers,
  ].join(' ');
}
