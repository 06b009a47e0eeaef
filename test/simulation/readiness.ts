// Which merge a wave should be given by now, as the world is: the newest on the wave before that has soaked there, that CI
// and people let pass, and that the wave lacks. Plain cases alone: where people have put something on apps by hand, nothing
// is said.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import { commitOf, orderOf, type PipelinePlan, type WavePlan } from './fleet.ts';
import type { CheckerOptions, Known } from './known.ts';
import { type Span, spansOf } from './ran.ts';
import { SLUICE } from './stands.ts';

/** Who does what people do. */
const PERSON = 'dev@example.com';

/** A past tells of sixty deployments: what came before them is out of reach. */
const TOLD = 55;

/** How many candidates a run asks about, newest first: docs/concepts.md says so ("How long it can take"). */
const ASKED = 25;

export class Readiness {
  readonly #options: CheckerOptions;
  readonly #known: Known;

  constructor(options: CheckerOptions, known: Known) {
    this.#options = options;
    this.#known = known;
  }

  /** The number of the newest merge that the wave could have been given since `by`; null: none, or nothing is plain. */
  newest({ name, waves }: PipelinePlan, index: number, by: number): number | null {
    const [from, to] = [waves[index - 1], waves[index]];
    // What suites have to say, and maintenance, are judged where a promotion is sent.
    if (from === undefined || to === undefined || to.signal !== undefined || to.maintenance !== undefined)
      return null;
    // What was pushed over soaks in nothing that came after it.
    if (this.#options.github.hasPushes(name)) return null;
    // What is taken back on any wave is rejected on all, and stays so when the wave is gone.
    const all = this.#options.fleet.find((plan) => plan.name === name)?.waves ?? [];
    const plain = all.every(({ apps }, at) => apps.every((app) => isPlain(this.#viewOf(app), at, name)));
    if (!plain) return null;
    const had = Math.max(...to.apps.map((app) => newestIn(this.#viewOf(app), name)));
    const sources = from.apps.map((app) => this.#viewOf(app));
    const orders = new Set(
      sources.flatMap((view) => spansOf(view).slice(-TOLD)).map(({ commit }) => orderOf(name, commit)),
    );
    return (
      [...orders]
        .filter((order) => order !== null && order > had)
        .sort((a, b) => (b ?? 0) - (a ?? 0))
        // Every app of a head has a build of its own.
        .slice(0, Math.floor(ASKED / from.apps.length))
        .find((order) => this.#passes({ name, to, index, sources }, order ?? 0, by)) ?? null
    );
  }

  #passes(
    step: {
      readonly name: string;
      readonly to: WavePlan;
      readonly index: number;
      readonly sources: readonly AppView[];
    },
    order: number,
    by: number,
  ): boolean {
    const { name, to, index, sources } = step;
    const commit = commitOf(name, order);
    const isRejected = this.#known.rejections.some(
      (one) => one.pipeline === name && one.commit === commit && one.until > by,
    );
    if (isRejected) return false;
    if (to.ci !== null && !this.#known.ci.isGreen(commit, to.ci, by)) return false;
    return sources.every((view) => this.#soakedAt(view, order, to.soakMs, index === 1, name) < by);
  }

  /** When the merge had soaked on the app, epoch ms; infinite while it has not. On the head it counts inside later ones. */
  #soakedAt(view: AppView, order: number, soakMs: number, isHead: boolean, pipeline: string): number {
    const spans = spansOf(view);
    const orders = spans.map(({ commit }) => orderOf(pipeline, commit) ?? -1);
    const first = orders.indexOf(order);
    const start = spans[first];
    if (start === undefined) return Number.POSITIVE_INFINITY;
    const from = soakMs === 0 ? start.from : Math.max(start.from, this.#known.dynos.runsSince(view.name));
    const end = isHead ? Number.POSITIVE_INFINITY : endOf(spans, first);
    const isWhole = soakMs === 0 || end - from >= soakMs;
    return isWhole ? from + soakMs : Number.POSITIVE_INFINITY;
  }

  #viewOf(app: string): AppView {
    return this.#options.simulator.app(app);
  }
}

/** True when nothing but merges, changes of the configuration and Sluice's promotions ever came to the app. */
function isPlain({ releases, pipelineId }: AppView, wave: number, pipeline: string): boolean {
  let newest = -1;
  return (
    pipelineId !== null &&
    releases.every((release) => {
      if (release.kind === 'initial' || release.status === 'failed') return true;
      const order = orderOf(pipeline, release.commit);
      if (order === null || order < newest) return false;
      newest = order;
      return isOrdinary(release, wave);
    })
  );
}

function isOrdinary({ kind, user, version }: ReleaseView, wave: number): boolean {
  if (kind === 'config') return true;
  if (kind === 'promotion') return user === SLUICE;
  // What every app starts from was built for it.
  return kind === 'build' && user !== PERSON && (wave === 0 || version <= 3);
}

/** The newest merge that has come to the app, or is about to. */
function newestIn({ releases }: AppView, pipeline: string): number {
  return Math.max(
    -1,
    ...releases.flatMap(({ status, commit }) =>
      status === 'failed' ? [] : (orderOf(pipeline, commit) ?? []),
    ),
  );
}

function endOf(spans: readonly Span[], index: number): number {
  return spans[index]?.until ?? Number.POSITIVE_INFINITY;
}
