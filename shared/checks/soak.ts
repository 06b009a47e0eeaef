// Waits until the artifact has stayed long enough on every app of the wave before.

import * as z from 'zod';
import { pairOf, tells } from '../domain/ancestry.ts';
import { type Candidate, hangsOnGitHub } from '../domain/candidate.ts';
import { isLongEnough } from '../domain/counted.ts';
import { codeOf, type Facts, factsOf, nameOf, running } from '../domain/facts.ts';
import { type AppRef, countingOf, type Step } from '../domain/pipeline.ts';
import { pass, unknown, type Verdict, wait } from '../domain/verdict.ts';
import { duration, instant, listOf } from '../domain/words.ts';
import type { Check, Question } from './check.ts';
import { untold } from './soak-untold.ts';

export const soak: Check<Record<string, never>> = {
  name: 'soak',
  about: 'source',
  summary:
    'Waits until the artifact has stayed on every app of the wave before, with a dyno that runs, for the time the wave asks for.',
  always: true,
  schema: z.strictObject({}),
  ask: (question, { remedies }) => {
    const { candidate, step, now } = question;
    const parts = {
      check: 'soak',
      about: 'source' as const,
      evidence: evidenceOf(question),
    };
    const dynos = step.to.soakMs === 0 ? null : withoutDynos(question);
    if (!candidate.soaked && hangsOnGitHub(candidate) && dynos === null) {
      return { ...untold(question, remedies?.github), ...parts };
    }
    if (candidate.missing.length > 0) {
      return wait({ ...parts, ...sourced(question, missing(question), ''), onEvent: true });
    }
    if (dynos !== null) return { ...dynos, ...parts };
    const name = nameOf(question.facts, candidate.artifact);
    const soakText = duration(step.to.soakMs);
    const { soakedAt } = candidate;
    if (soakedAt === null) {
      return wait({ ...parts, ...sourced(question, cutShort(question), denied(question)), onEvent: true });
    }
    const last = lastOf(candidate);
    if (soakedAt > now) {
      const inside = isInside(question, last.app.id) ? ', inside what was deployed after it' : '';
      const reason = `${name} completes its soak of ${soakText} at ${instant(soakedAt)}, last on ${last.app.name}, where it has been since ${instant(last.since)}${inside}.`;
      return wait({
        ...parts,
        ...sourced(question, { reason }),
        until: soakedAt,
        since: last.since,
      });
    }
    const reason =
      step.to.soakMs === 0
        ? `${name} has run on every app of ${step.from.name} since ${instant(soakedAt)}; no soak is asked for.`
        : `${name} completed its soak of ${soakText} at ${instant(soakedAt)}, last on ${last.app.name}.`;
    return pass({ ...parts, ...sourced(question, { reason }), since: soakedAt });
  },
};

/**
 * The answer with where it comes from what contains what, where a repository is named. What GitHub said is news; why it is
 * not asked may be told otherwise from one look to the next.
 */
function sourced<Told extends { readonly reason: string }>(
  question: Question,
  told: Told,
  byGitHub = ", as GitHub's compare has it",
): Told & { readonly key?: string } {
  const source = sourceOf(question);
  if (source === null || (source === 'github' && byGitHub === '')) return told;
  const { ancestry } = question.facts;
  const why =
    (ancestry?.byOrder === true ? ancestry.unread?.why : undefined) ?? 'not every commit is known in full';
  const byOrder = `; what contains what goes by the order of deployments here: ${why}`;
  const text = source === 'github' ? byGitHub : byOrder;
  return {
    ...told,
    key: `${source} ${told.reason}`,
    reason: `${told.reason.replace(/\.$/, '')}${text}.`,
  };
}

/** That GitHub says of what runs now that it does not contain the artifact's code; empty where it does not say that. */
function denied(question: Question): string {
  const isDenied = saidOfRunning(question).includes(false);
  return isDenied ? "; what runs there now does not contain it, as GitHub's compare has it" : '';
}

/**
 * Of each app that runs other code now, before the artifact's own stay there was long enough: what GitHub says of whether
 * that contains it. Undefined: it has not said; null: it cannot be asked, because one of the commits is not a full one.
 */
function saidOfRunning({ candidate, facts, step }: Question): readonly (boolean | undefined | null)[] {
  const { ancestry } = facts;
  if (ancestry === undefined) return [];
  const code = codeOf(facts, candidate.artifact);
  return step.from.apps.flatMap((app) => {
    const now = running(facts, app);
    if (
      now === undefined ||
      codeOf(facts, now.artifact) === code ||
      wasLongEnough(app, candidate, step, facts)
    )
      return [];
    const pair = pairOf(code, codeOf(facts, now.artifact));
    return [pair === null ? null : tells(ancestry, pair)];
  });
}

function wasLongEnough(app: AppRef, { stays }: Candidate, { to }: Step, facts: Facts): boolean {
  const own = stays.find((one) => one.app.id === app.id)?.stay;
  return own !== undefined && isLongEnough(own, to.soakMs, factsOf(facts, app).dynosSince);
}

/** Null where the answer does not rest on what contains what, or no repository is known. */
function sourceOf(question: Question): 'github' | 'order' | null {
  const { candidate, facts, step } = question;
  if (facts.ancestry === undefined || countingOf(step) !== 'descendants') return null;
  const said = saidOfRunning(question);
  if (said.includes(null) || (facts.ancestry.byOrder && candidate.untold.length > 0)) return 'order';
  return said.some((one) => one !== undefined) ? 'github' : null;
}

/** What is told of apps of which no dyno runs, or of which that could not be read; null where time counts on all. */
function withoutDynos({ step, facts }: Question): Verdict | null {
  const all = step.from.apps.map((app) => ({ app, facts: factsOf(facts, app) }));
  const names = (some: typeof all) => listOf(some.map(({ app }) => app.name));
  const unread = all.filter((one) => one.facts.dynosUnread !== undefined);
  const check = { check: 'soak', about: 'source' as const };
  if (unread.length > 0) {
    return unknown({
      ...check,
      key: `dynos ${unread.map(({ app }) => app.id).join()}`,
      reason: `Whether a dyno of ${names(unread)} runs could not be read: ${unread[0]?.facts.dynosUnread}`,
    });
  }
  const parked = all.filter((one) => one.facts.dynosSince === null);
  if (parked.length === 0) return null;
  return wait({
    ...check,
    reason: `No dyno of ${names(parked)} runs, so no time counts there; the soak of ${duration(step.to.soakMs)} begins when one does.`,
    unblock: parked.map(({ app }) => `heroku ps:scale web=1 --app ${app.name}`).join(' && '),
    onEvent: true,
  });
}

/** The app on which its time began last. */
function lastOf({ counted }: Candidate): { readonly app: AppRef; readonly since: number } {
  return counted
    .map(({ app, since }) => ({ app, since: since ?? 0 }))
    .reduce((a, b) => (b.since > a.since ? b : a));
}

/** True when the app runs it no more, but something that contains it. */
function isInside({ candidate, facts, step }: Question, appId: string): boolean {
  const app = step.from.apps.find(({ id }) => id === appId);
  return app !== undefined && running(facts, app)?.artifact !== candidate.artifact;
}

function missing({ candidate, step, facts }: Question): { reason: string; unblock: string | null } {
  const name = nameOf(facts, candidate.artifact);
  const lacking = listOf(candidate.missing.map((app) => app.name));
  const isHead = step.index === 1;
  return {
    reason: `${lacking} of ${step.from.name} ${candidate.missing.length === 1 ? 'does' : 'do'} not run ${name} yet; its soak begins when every app does.`,
    // Nobody but a deploy gives the head anything; every other wave is given it by its own step.
    unblock: isHead ? `deploy ${name} to ${lacking}` : null,
  };
}

function cutShort({ candidate, step, facts, now }: Question): { reason: string; since: number | null } {
  const name = nameOf(facts, candidate.artifact);
  const short = candidate.stays.filter(
    ({ app, stay }) => stay.endAt !== null && !wasLongEnough(app, candidate, step, facts),
  );
  const where = short.map(({ app, stay }) => `${app.name} at ${instant(stay.endAt ?? now)}`);
  const ends = short.flatMap(({ stay }) => stay.endAt ?? []);
  return {
    reason: `${name} was replaced on ${listOf(where)}, before its soak of ${duration(step.to.soakMs)} was complete.`,
    since: ends.length === 0 ? null : Math.min(...ends),
  };
}

function evidenceOf(question: Question): Readonly<Record<string, unknown>> {
  const { candidate, step } = question;
  const hangs = !candidate.soaked && hangsOnGitHub(candidate);
  const containment = hangs ? 'untold' : sourceOf(question);
  return {
    soakMs: step.to.soakMs,
    ...(containment !== null && { containment }),
    soakedAt: candidate.soakedAt,
    stays: candidate.stays.map(({ app, stay }) => ({
      app: app.name,
      startAt: stay.startAt,
      endAt: stay.endAt,
    })),
    missing: candidate.missing.map((app) => app.name),
  };
}
