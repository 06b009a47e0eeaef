// What ran on the apps of the simulated world and when, by its own record: a release runs from the end of its release
// phase on, until the next does. The order of merges is in their commits. Nothing of Sluice's is asked.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import { orderOf } from './fleet.ts';

/** One uninterrupted time during which a release's code ran. */
export interface Span {
  /** Null for what Heroku keeps no slug of. */
  readonly artifact: string | null;
  readonly commit: string | null;
  /** True for a container that a change of the configuration carries on: nothing tells that from a new one. */
  readonly isCarried: boolean;
  readonly from: number;
  /** Epoch ms; infinite while it runs. */
  readonly until: number;
}

/** Oldest first; releases of the same artifact one after the other are one span. */
export function spansOf({ releases }: AppView): readonly Span[] {
  const ran = releases
    .filter(({ status, kind }) => ['succeeded', 'expired'].includes(status) && kind !== 'initial')
    .sort((a, b) => a.updatedAt - b.updatedAt || a.version - b.version);
  const spans: Span[] = [];
  for (const release of ran) {
    const last = spans.at(-1);
    const artifact = keyOf(release);
    if (last !== undefined && last.artifact === artifact) continue;
    if (last !== undefined) spans[spans.length - 1] = { ...last, until: release.updatedAt };
    const { commit, updatedAt: from } = release;
    const isCarried = release.kind === 'config' && commit === null;
    spans.push({ artifact, commit, isCarried, from, until: Number.POSITIVE_INFINITY });
  }
  return spans;
}

function keyOf({ artifactId }: ReleaseView): string | null {
  return artifactId === null ? null : `slug:${artifactId}`;
}

type Code = Pick<Span, 'artifact' | 'commit'>;

/** Another slug of the same commit is the same code. */
function isSame(a: Code, b: Code): boolean {
  return a.artifact === b.artifact || (a.commit !== null && a.commit === b.commit);
}

/** The times during which the app ran the code, in whatever slugs. */
export function spansWith(app: AppView, code: Code): readonly Span[] {
  return spansOf(app).filter((span) => isSame(span, code));
}

/**
 * The longest time that the code itself stayed on the app until `now`, in whatever slugs, since it was last taken back
 * there, ms; negative when it never did. `from`: no time before that counts.
 */
export function stayedMs(app: AppView, code: Code, now: number, from = Number.NEGATIVE_INFINITY): number {
  let longest = -1;
  let since: number | null = null;
  const spans = spansOf(app);
  const first = spans.findIndex((span) => isSame(span, code));
  for (const span of spans) {
    if (span.from > now) break;
    since = isSame(span, code) ? (since ?? span.from) : null;
    if (isBefore(spans, span, first)) longest = -1;
    if (since !== null) longest = Math.max(longest, Math.min(span.until, now) - Math.max(since, from));
  }
  return longest;
}

/**
 * The longest time until `now` that the commit's changes ran on the app, as themselves or inside merges that contain
 * them, with nothing taken back meanwhile, ms; negative when they never did. What is no merge contains itself alone.
 * `contains`: whether a merge contains an earlier one. `from`: no time before that counts.
 */
export function containedMs(
  app: AppView,
  pipeline: string,
  commit: string | null,
  contains: (earlier: number, later: number) => boolean,
  now: number,
  from = Number.NEGATIVE_INFINITY,
): number {
  const spans = spansOf(app);
  const first = spans.findIndex((span) => span.commit === commit);
  const order = orderOf(pipeline, commit);
  let longest = -1;
  let since: number | null = null;
  let newest = -1;
  for (const span of spans) {
    if (span.from > now) break;
    if (isBefore(spans, span, first)) longest = -1;
    const its = orderOf(pipeline, span.commit);
    const isInside =
      span.commit === commit || (order !== null && its !== null && its > order && contains(order, its));
    if (!isInside || (its ?? newest) < newest) since = null;
    newest = Math.max(newest, its ?? -1);
    if (!isInside) continue;
    since ??= span.from;
    longest = Math.max(longest, Math.min(span.until, now) - Math.max(since, from));
  }
  return longest;
}

/** True for a span of code that the app ran before it first ran what first ran as span number `first`. */
function isBefore(spans: readonly Span[], span: Span, first: number): boolean {
  return span.artifact !== null && spans.findIndex((one) => isSame(one, span)) < first;
}

/** True when the app had gone back by then from that code to some that it ran before it, and not forth again. */
export function isTakenBack(app: AppView, code: Code, by: number): boolean {
  const spans = spansOf(app).filter(({ from }) => from <= by);
  const firstOf = (one: Code): number => spans.findIndex((span) => isSame(span, one));
  const last = spans.findLastIndex((span) => isSame(span, code));
  if (last < 0) return false;
  return spans
    .slice(last + 1)
    .some((span) => span.artifact !== null && !span.isCarried && firstOf(span) < firstOf(code));
}
