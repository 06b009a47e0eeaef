// Passes when a test suite, or whoever sends signals, says that the artifact or the apps are well.

import * as z from 'zod';
import { durationSchema } from '../config/duration.ts';
import { nameOf } from '../domain/facts.ts';
import type { AppRef } from '../domain/pipeline.ts';
import type { Stay } from '../domain/stays.ts';
import { fail, pass, unknown, type Verdict, wait } from '../domain/verdict.ts';
import { duration, instant } from '../domain/words.ts';
import { commitKey, type Signal, type SignalReads } from '../signals/signal.ts';
import type { Check, Question } from './check.ts';
import { commitOf } from './commit.ts';
import { asEvidence, happenedAt, newestOf, standing } from './results.ts';
import { type Believed, isBelieved, sourceSchema } from './sources.ts';

interface SignalOptions {
  readonly name: string;
  readonly of: 'source' | 'target' | 'commit';
  readonly fresh?: number | undefined;
  readonly source?: readonly Believed[] | undefined;
}

const schema = z.strictObject({
  name: z
    .string({ error: 'the name of a signal' })
    .min(1, { error: 'the name of a signal' })
    .describe('The name the signal is sent with.')
    .meta({ title: 'name', examples: ['direwolf'] }),
  of: z
    .enum(['source', 'target', 'commit'])
    .default('source')
    .describe(
      '`source`: a signal about every app of the wave before, from the time it ran the artifact; of several senders the newest of each. `target`: about every app that would be given it. `commit`: about the commit.',
    )
    .meta({ title: '`source`, `target` or `commit`', default: 'source', examples: ['target'] }),
  fresh: durationSchema
    .refine((ms) => ms > 0, { error: 'a duration above 0s' })
    .optional()
    .describe('How old the signal may be. Where the artifact has left an app, its age when it left.')
    .meta({ title: 'duration', default: 'any age', examples: ['15m'] }),
  source: sourceSchema
    .optional()
    .describe(
      'Whose signals count: a webhook, a list of webhooks, or `{ name, apps, names }`, which is believed about these apps and names only (`*` stands for any text).',
    )
    .meta({ title: '`github`, `circleci` or another', default: 'any', examples: ['direwolf'] }),
});

export const signal: Check<SignalOptions> = {
  name: 'signal',
  about: 'source',
  summary:
    'Passes when the newest signal of a name is a success: for the wave before, for the targets, or for the commit.',
  always: false,
  schema,
  example: '- signal: { name: direwolf, of: source, fresh: 15m }',
  argument: ({ name, of }) => (of === 'source' ? name : `${name} of ${of}`),
  async ask(question, { signals }) {
    const { of } = question.options;
    if (of === 'commit') return ofCommit(question, signals);
    return of === 'source' ? ofSource(question, signals) : ofTarget(question, signals);
  },
};

/** What is known of one app, or of the commit. */
interface Finding {
  readonly state: 'pass' | 'wait' | 'fail';
  readonly reason: string;
  readonly signal: Signal | null;
  /** The first instant at which a success is no longer fresh; absent where it stays one. */
  readonly staleAt?: number;
}

async function ofSource(question: Question<SignalOptions>, signals: SignalReads): Promise<Verdict> {
  const { candidate, step, facts, now, options } = question;
  const artifact = nameOf(facts, candidate.artifact);
  const commit = facts.commits[candidate.artifact];
  // A result that names a commit could be about any: what was not read is not "this one".
  if (commit === undefined) {
    const reason = `The commit of ${artifact} could not be read from Heroku.`;
    return unknown({ check: 'signal', about: 'artifact', reason });
  }
  const findings = step.from.apps.map(async (app): Promise<readonly Finding[]> => {
    // Heroku builds a slug of its own on each app: what ran there is told by its code.
    const time = candidate.times.find((one) => one.app.id === app.id);
    if (time === undefined) {
      return [{ state: 'wait', reason: `${app.name} does not run ${artifact} yet`, signal: null }];
    }
    const isWanted = (one: Signal) => isDuring(one, time) && isAbout(one, commit);
    const found = await newestOfEach(signals, app, options, time.startAt, isWanted);
    return (found.length === 0 ? [undefined] : found).map((one) =>
      finding(one, `${app.name} with ${artifact}`, time.endAt ?? now, time.endAt !== null, options),
    );
  });
  return verdictOf(question, (await Promise.all(findings)).flat(), 'source');
}

/** Of each source that may speak the newest that is wanted: one's success hides no failure of another. */
async function newestOfEach(
  signals: SignalReads,
  app: AppRef,
  options: SignalOptions,
  from: number,
  isWanted: (one: Signal) => boolean,
): Promise<readonly Signal[]> {
  const found = new Map<string, Signal>();
  const mayBeMore = () =>
    options.source === undefined || found.size < new Set(options.source.map(({ name }) => name)).size;
  while (mayBeMore()) {
    const isNew = (one: Signal) => !found.has(one.source) && isWanted(one);
    const newest = newestOf(await newestAbout(signals, app, options, from, isNew));
    if (newest === undefined) break;
    found.set(newest.source, newest);
  }
  return [...found.values()];
}

async function ofTarget(question: Question<SignalOptions>, signals: SignalReads): Promise<Verdict> {
  const { targets, now, options } = question;
  const findings = targets.map(async (app): Promise<Finding> => {
    const found = finding(
      newestOf(await newestAbout(signals, app, options, 0, () => true)),
      app.name,
      now,
      false,
      options,
    );
    // What an app does before it is given the artifact is not the artifact's fault.
    return found.state === 'fail' ? { ...found, state: 'wait' } : found;
  });
  return verdictOf(question, await Promise.all(findings), 'target');
}

async function ofCommit(question: Question<SignalOptions>, signals: SignalReads): Promise<Verdict> {
  const commit = commitOf(question, 'signal');
  if (!commit.ok) return commit.verdict;
  const { facts, candidate, now, options } = question;
  const named = standing(await signals.signalsOfCommit(commit.commit)).filter((one) => isNamed(one, options));
  // Results of one name are several where their sender tells them apart, and every one counts.
  const about = nameOf(facts, candidate.artifact);
  const found = (named.length === 0 ? [undefined] : named).map((one) =>
    finding(one, about, now, false, options),
  );
  return verdictOf(question, found, 'artifact');
}

/** A sender's clock may be ahead by as much as its signature's tolerance. */
const AHEAD_MS = 5 * 60_000;

/** A success from the future would outdate all that comes; the webhook takes none, earlier versions did. */
function isAhead(one: Signal): boolean {
  return one.state === 'success' && one.at > one.receivedAt + AHEAD_MS;
}

async function newestAbout(
  signals: SignalReads,
  app: AppRef,
  options: SignalOptions,
  from: number,
  isWanted: (one: Signal) => boolean,
): Promise<readonly Signal[]> {
  return signals.signalsOfApp([app.name, app.id], {
    name: options.name,
    from: from - AHEAD_MS,
    until: Number.MAX_SAFE_INTEGER,
    isWanted: (one) => isNamed(one, options) && !isAhead(one) && isWanted(one),
  });
}

function isNamed(one: Signal, { name, source }: SignalOptions): boolean {
  return one.name === name && isBelieved(one, source ?? null);
}

function isDuring(one: Signal, { startAt, endAt }: Pick<Stay, 'startAt' | 'endAt'>): boolean {
  const at = happenedAt(one);
  return at >= startAt && (endAt === null || at <= endAt);
}

/** False for a signal that names another commit: a test that began before the artifact came, say. */
function isAbout(one: Signal, commit: string | null): boolean {
  return one.commit === null || (commit !== null && one.commit === commitKey(commit));
}

/** `at`: the instant the signal must have been fresh at; `isOver`: it is in the past, when the artifact left. */
function finding(
  found: Signal | undefined,
  about: string,
  at: number,
  isOver: boolean,
  { name, fresh }: SignalOptions,
): Finding {
  if (found === undefined) {
    return { state: 'wait', reason: `no ${name} about ${about} has come in`, signal: null };
  }
  const when = instant(happenedAt(found));
  const where = found.url === null ? '' : ` (${found.url})`;
  if (found.state === 'failure') {
    return { state: 'fail', reason: `${name} failed on ${about} at ${when}${where}`, signal: found };
  }
  if (found.state === 'pending') {
    return {
      state: 'wait',
      reason: `${name} has been running on ${about} since ${when}${where}`,
      signal: found,
    };
  }
  if (fresh !== undefined && at - happenedAt(found) > fresh) {
    const then = isOver ? `, when it was replaced at ${instant(at)}` : '';
    const reason = `${name} succeeded on ${about} at ${when}, which is older than ${duration(fresh)}${then}`;
    return { state: 'wait', reason, signal: found };
  }
  const staleAt = fresh === undefined || isOver ? {} : { staleAt: happenedAt(found) + fresh + 1 };
  return { state: 'pass', reason: `${name} succeeded on ${about} at ${when}`, signal: found, ...staleAt };
}

function verdictOf(
  question: Question<SignalOptions>,
  findings: readonly Finding[],
  about: Verdict['about'],
): Verdict {
  const found = findings.flatMap((one) => one.signal ?? []);
  const evidence = { signals: found.map(asEvidence) };
  // Names keep their letters, also at the start of a sentence.
  const said = (of: readonly Finding[]) =>
    `${of
      .map((one) => one.reason)
      .join('; ')
      .replace(/^no /, 'No ')}.`;
  const failed = findings.filter((one) => one.state === 'fail');
  const parts = { check: 'signal', evidence, onEvent: true };
  if (failed.length > 0) {
    const [first] = failed;
    const since = Math.min(...failed.flatMap((one) => (one.signal ? happenedAt(one.signal) : [])));
    const at = first?.signal?.url ? ` at ${first.signal.url}` : '';
    const unblock = `run ${question.options.name} again${at}, or merge a fix`;
    return fail({ ...parts, about, reason: said(failed), since, unblock });
  }
  const open = findings.filter((one) => one.state === 'wait');
  if (open.length > 0) return wait({ ...parts, about, reason: said(open) });
  const since = Math.max(...found.map(happenedAt));
  const ends = findings.flatMap((one) => one.staleAt ?? []);
  const until = ends.length === 0 ? null : Math.min(...ends);
  return pass({ ...parts, about, reason: said(findings), since, until, onEvent: false });
}
