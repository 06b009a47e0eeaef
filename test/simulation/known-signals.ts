// What suites have really said of apps and commits, when it was recorded, and what a check that asks for it may have seen.

import type { AppView } from '../../infra/local/heroku/views.ts';
import type { Signal } from '../../shared/signals/signal.ts';
import type { Told } from './deliveries.ts';
import { matches } from './known-results.ts';
import type { Span } from './ran.ts';
import type { SignalAsked } from './suites.ts';
import { MINUTE, SECOND } from './time.ts';

interface Said extends Required<Told> {
  readonly source: string;
  /** When its row was written: among those of the commit, and among those of the app. A delivery can end between the two. */
  recordedAt: number;
  ofAppAt: number;
}

/** The world when a run promoted. */
export interface AskedAt {
  readonly lookedAt: number;
  readonly claimedAt: number;
  readonly commit: string | null;
}

/** How far clocks, and what releases a wave takes part in, may be off. */
const OFF_MS = 15 * SECOND;
/** A release without a release phase may count from its creation, a minute before it is done. */
const BEGINS_MS = 80 * SECOND;

const NOT_YET = { recordedAt: Number.POSITIVE_INFINITY, ofAppAt: Number.POSITIVE_INFINITY };

export const SUITES = 'https://suites.example.com/';

export class KnownSignals {
  readonly #said = new Map<string, Said>();

  /** The result with a link of its own, by which it is known again. The same result has the same. */
  sent(source: string, told: Told): Told {
    const { app = null, commit = null } = told;
    const url = `${SUITES}${[source, told.name, app, commit, told.state, told.at].join('/')}`;
    const said = { ...told, app, commit, url, source, ...NOT_YET };
    if (!this.#said.has(url)) this.#said.set(url, said);
    return { ...told, app, commit, url };
  }

  /** A row has been written, among those of an app or of a commit. Gives false when nobody has said what it says. */
  recorded({ url, source, name, app, commit, state, at }: Signal, isOfApp: boolean, now: number): boolean {
    const said = this.#said.get(url ?? '');
    if (said === undefined) return false;
    if (isOfApp) said.ofAppAt = Math.min(said.ofAppAt, now);
    else said.recordedAt = Math.min(said.recordedAt, now);
    const is = [source, name, app, commit, state, at].join();
    return is === [said.source, said.name, said.app, said.commit, said.state, said.at].join();
  }

  isOnRecord(url: string | null | undefined): boolean {
    const { recordedAt, ofAppAt } = this.#said.get(url ?? '') ?? NOT_YET;
    return Number.isFinite(Math.min(recordedAt, ofAppAt));
  }

  /** Why the artifact should not have been promoted, by what was said while it ran on an app of the wave before. */
  againstSource(asked: SignalAsked, app: AppView, spans: readonly Span[], then: AskedAt): string | null {
    const all = this.#about(asked, app).filter(({ commit }) => commit === null || commit === then.commit);
    const isWell = spans.some(({ from, until }) => {
      const within = (offMs: number, beginsMs: number) => (one: Said) =>
        happenedAt(one) >= from + beginsMs && happenedAt(one) <= until - offMs;
      const perhaps = all.filter(within(-OFF_MS, -BEGINS_MS));
      const surely = all.filter(within(OFF_MS, BEGINS_MS));
      // Of each sender the newest counts.
      return areWell(
        asked,
        groupBy(perhaps, ({ source }) => source),
        surely,
        then,
        Math.min(until, then.lookedAt),
      );
    });
    return isWell ? null : `${asked.name} had not succeeded on ${app.name} while it ran there`;
  }

  againstTarget(asked: SignalAsked, app: AppView, then: AskedAt): string | null {
    const all = this.#about(asked, app);
    const isWell = areWell(
      asked,
      groupBy(all, () => ''),
      all,
      then,
      then.lookedAt,
    );
    return isWell ? null : `${asked.name} had not succeeded on ${app.name}`;
  }

  againstCommit(asked: SignalAsked, then: AskedAt): string | null {
    const all = [...this.#said.values()].filter(
      (one) => one.commit === then.commit && isBelieved(asked, one),
    );
    // What is said of it on an app stands beside what is said of it.
    const groups = groupBy(all, ({ source, app }) => `${source} ${app}`);
    return areWell(asked, groups, all, then, then.lookedAt)
      ? null
      : `${asked.name} had not succeeded for ${then.commit}`;
  }

  #about(asked: SignalAsked, { name, id }: AppView): readonly Said[] {
    return [...this.#said.values()]
      .filter((one) => (one.app === name || one.app === id) && isBelieved(asked, one))
      .map((one) => ({ ...one, recordedAt: one.ofAppAt }));
  }
}

/** True when in each group the newest may have been a success that was not too old, and in one at least there was one. */
function areWell(
  asked: SignalAsked,
  groups: readonly (readonly Said[])[],
  surely: readonly Said[],
  { lookedAt, claimedAt }: AskedAt,
  freshAt: number,
): boolean {
  const isGood = (one: Said): boolean =>
    one.state === 'success' &&
    (asked.freshMinutes === null || freshAt - happenedAt(one) <= asked.freshMinutes * MINUTE + OFF_MS);
  const isSeen = (one: Said): boolean => one.recordedAt < lookedAt - 5 * SECOND && surely.includes(one);
  const isWell = (group: readonly Said[]): boolean => {
    const newest = Math.max(...group.filter(isSeen).map(({ at }) => at));
    return group.some((one) => one.at >= newest && one.recordedAt < claimedAt && isGood(one));
  };
  return groups.some(isWell) && groups.every((group) => !group.some(isSeen) || isWell(group));
}

/** When it came about, as its sender says, but never after it came in. */
const happenedAt = ({ at, recordedAt }: Said): number => Math.min(at, recordedAt);

function isBelieved({ name: wanted, source: sources }: SignalAsked, { name, source, app }: Said): boolean {
  if (name !== wanted) return false;
  if (sources === null) return true;
  return sources.some(
    (one) =>
      one.name === source &&
      (one.apps === undefined || (app !== null && one.apps.some((it) => matches(it, app)))) &&
      (one.names === undefined || one.names.some((it) => matches(it, name))),
  );
}

function groupBy(all: readonly Said[], key: (one: Said) => string): readonly (readonly Said[])[] {
  return [...Map.groupBy(all, key).values()];
}
