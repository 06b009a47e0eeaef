// What people did to apps that Sluice must leave alone (S5), until somebody lets go of it.

import type { AppView, ReleaseView } from '../../infra/local/heroku/views.ts';
import { orderOf } from './fleet.ts';

/** Who Sluice is to Heroku. */
export const SLUICE = 'sluice@example.com';

export interface Stand {
  readonly kind: 'rollback' | 'hotfix' | 'by-hand';
  readonly app: string;
  /** Epoch ms. */
  readonly at: number;
  readonly releaseId: string;
}

export class Stands {
  #all: readonly Stand[] = [];
  /** What people have let count, by app, the last of it last. */
  readonly #accepted = new Map<string, readonly ReleaseView[]>();

  add(stand: Stand): void {
    this.#all = [...this.#all, stand];
  }

  /** True when the last thing that was done to the app is a rollback. */
  isBack(app: string): boolean {
    return this.#all.findLast((stand) => stand.app === app)?.kind === 'rollback';
  }

  /** Somebody lets these apps go on, with what they had seen by then. */
  letGo(apps: readonly string[], seenAt: number): void {
    this.#all = this.#all.filter(({ app, at }) => !apps.includes(app) || at > seenAt);
  }

  /** What the app had of that artifact counts from now on as brought; a container is told by its release. */
  accepted(app: AppView, artifact: string): void {
    const its = app.releases.findLast(({ id, artifactId }) =>
      [`slug:${artifactId}`, `codeless:${id}`].includes(artifact),
    );
    if (its !== undefined) this.#accepted.set(app.name, [...this.#acceptedOn(app.name), its]);
  }

  /**
   * What a promotion to the app would undo, in words; null when there is nothing. `tried`: what promotions before
   * were to bring to the app, back to the last that did. `mergedAt`: when what is promoted first came to any app.
   */
  against(
    pipeline: string,
    target: AppView,
    seenAt: number,
    { tried, mergedAt }: { readonly tried: readonly string[]; readonly mergedAt: number },
  ): string | null {
    // One whose release phase failed never ran.
    const last = this.#all.findLast(
      ({ app, releaseId }) => app === target.name && releaseOf(target, releaseId)?.status !== 'failed',
    );
    if (last === undefined || last.at >= seenAt) return null;
    const brought = target.releases.findLast(
      ({ kind, user, status }) => kind === 'promotion' && user === SLUICE && status === 'succeeded',
    );
    // What a promotion was to bring, and a person put there, counts as brought as well.
    const taken = target.releases.filter(
      ({ status, artifactId }) => status === 'succeeded' && tried.includes(`slug:${artifactId}`),
    );
    const allAccepted = this.#acceptedOn(target.name);
    const accepted = allAccepted.at(-1);
    // Somebody who puts back what Sluice had brought, or what was let count, has undone what was done before.
    const start = (accepted?.version ?? 0) > (brought?.version ?? 0) ? accepted : brought;
    const runs = target.current;
    // Another slug of the same commit is the same code.
    const isSame = ({ commit, artifactId }: ReleaseView): boolean =>
      (commit !== null && commit === runs?.commit) || artifactId === runs?.artifactId;
    if ([start, taken.at(-1)].some((one) => one !== undefined && isSame(one))) return null;
    // A rollback to what the pipeline gives says nothing of what is merged after it.
    const isBackOnMain =
      orderOf(pipeline, target.current?.commit ?? null) !== null ||
      [...allAccepted, ...taken].some(({ artifactId }) => artifactId === target.current?.artifactId);
    const isOurs = brought !== undefined || accepted !== undefined || taken.length > 0;
    // A config change during the release phase of what was put there by hand goes back from that when it ends.
    const isUndone =
      runs?.kind === 'config' && runs.artifactId !== releaseOf(target, last.releaseId)?.artifactId;
    const isBack = last.kind === 'rollback' || (last.kind === 'by-hand' && isUndone);
    if (isBack && isOurs && isBackOnMain && mergedAt > last.at) return null;
    // Of an app that Sluice never promoted to, a merge that people gave it is where Sluice starts from.
    const isStart = last.kind === 'by-hand' || isNewestMerge(pipeline, target);
    if (brought === undefined && isStart) return null;
    // Putting there what a promotion was to bring, and did not, is no trouble either.
    const given = releaseOf(target, last.releaseId)?.artifactId;
    if (tried.includes(`slug:${target.current?.artifactId}`)) return null;
    if (last.kind === 'by-hand' && tried.includes(`slug:${given}`)) return null;
    return `the ${last.kind} of ${target.name} did not stand`;
  }

  #acceptedOn(app: string): readonly ReleaseView[] {
    return this.#accepted.get(app) ?? [];
  }
}

function releaseOf(app: AppView, releaseId: string): ReleaseView | undefined {
  return app.releases.find(({ id }) => id === releaseId);
}

/** True when the app runs a merge, and has run no newer one, nor anything that it was first given after it. */
function isNewestMerge(pipeline: string, { current, releases }: AppView): boolean {
  const runs = orderOf(pipeline, current?.commit ?? null);
  const ran = releases.filter(({ status, artifactId }) => status === 'succeeded' && artifactId !== null);
  const firstOf = (artifact: string | null | undefined): number =>
    ran.findIndex(({ artifactId }) => artifactId === artifact);
  return (
    runs !== null &&
    ran.every(
      ({ commit, artifactId }) =>
        (orderOf(pipeline, commit) ?? 0) <= runs && firstOf(artifactId) <= firstOf(current?.artifactId),
    )
  );
}
