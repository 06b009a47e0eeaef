// Asks the checks of one step, each with a time limit of its own. What cannot be asked is `unknown`, never a pass.

import type { Clock } from '../clock.ts';
import type { CheckConfig } from '../domain/pipeline.ts';
import { unknown, type Verdict } from '../domain/verdict.ts';
import { duration } from '../domain/words.ts';
import type { Check, CheckPorts, Question } from './check.ts';
import { checks as allChecks } from './index.ts';

/** How long one check may take to answer, ms. */
export const CHECK_LIMIT_MS = 10_000;

export interface Asking {
  readonly question: Omit<Question, 'options'>;
  /** What the wave asks for besides the checks that are always asked. */
  readonly configured: readonly CheckConfig[];
  readonly ports: CheckPorts;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeLimitMs?: number;
  readonly checks?: readonly Check[];
}

interface Asked {
  /** Undefined for a name no check has. */
  readonly check: Check | undefined;
  /** As the verdict names it; no two verdicts of a step have the same. */
  readonly label: string;
  readonly options: unknown;
}

/** Every answer: those always asked first, then the configured ones as listed. Asked all at once. Never throws. */
export function askAll(asking: Asking): Promise<readonly Verdict[]> {
  const { checks = allChecks, configured } = asking;
  const ports = { ...asking.ports, signals: readOnce(asking.ports.signals) };
  const always = checks.flatMap((check) => (check.always ? [{ check, name: check.name, options: {} }] : []));
  const named = configured.map(({ name, options }) => ({
    check: checks.find((check) => check.name === name),
    name,
    options,
  }));
  return Promise.all(labelled([...always, ...named]).map((asked) => askOne(asked, { ...asking, ports })));
}

function labelled(
  all: readonly { readonly check: Check | undefined; readonly name: string; readonly options: unknown }[],
): readonly Asked[] {
  const seen = new Map<string, number>();
  return all.map(({ check, name, options }) => {
    const argument = argumentOf(check, options);
    const label = argument === null ? name : `${name} ${argument}`;
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return { check, options, label: count === 1 ? label : `${label} (${count})` };
  });
}

function argumentOf(check: Check | undefined, options: unknown): string | null {
  try {
    return check?.argument?.(options) ?? null;
  } catch {
    return null;
  }
}

async function askOne({ check, label, options }: Asked, asking: Asking): Promise<Verdict> {
  const { question, ports, clock, timeLimitMs = CHECK_LIMIT_MS } = asking;
  const about = check?.about ?? 'world';
  if (check === undefined) {
    return unknown({ check: label, about, reason: `This version of Sluice has no check ${label}.` });
  }
  const answered = new AbortController();
  try {
    const answer = check.ask({ ...question, options }, endingWith(answered.signal, ports));
    const verdict = isPromise(answer)
      ? await Promise.race([answer, limit(clock, timeLimitMs, answered.signal)])
      : answer;
    if (verdict === TIMED_OUT) {
      const reason = `${label} gave no answer within ${duration(timeLimitMs)}.`;
      return unknown({ check: label, about, reason, evidence: { timeLimitMs } });
    }
    if (isVerdict(verdict)) return { ...verdict, check: label };
    return unknown({ check: label, about, reason: `${label} gave an answer that is no verdict.` });
  } catch (error) {
    return unknown({
      check: label,
      about,
      key: 'could not be asked',
      reason: `${label} could not be asked: ${messageOf(error)}`,
    });
  } finally {
    answered.abort(OVER);
  }
}

/** The ports, whose reads end when nobody waits for the check any more: nothing may be under way when a run returns. */
function endingWith(signal: AbortSignal, { signals, ...ports }: CheckPorts): CheckPorts {
  return {
    ...ports,
    signals: {
      signalsOfCommit: (commit) => signals.signalsOfCommit(commit, signal),
      signalsOfApp: (app, about) => signals.signalsOfApp(app, about, signal),
      ...(signals.hasDelivered && {
        hasDelivered: (source) => signals.hasDelivered?.(source, signal) ?? Promise.resolve(true),
      }),
    },
  };
}

/** Checks that ask for the results of one commit share the read; it ends when the last of them waits no more. */
function readOnce(signals: CheckPorts['signals']): CheckPorts['signals'] {
  type Read = { readonly answer: ReturnType<typeof signals.signalsOfCommit>; waiting: number };
  const reads = new Map<string, Read & { readonly ended: AbortController }>();
  const readerOf = (commit: string) => {
    const known = reads.get(commit);
    if (known !== undefined && !known.ended.signal.aborted) return known;
    const ended = new AbortController();
    const read = { answer: signals.signalsOfCommit(commit, ended.signal), waiting: 0, ended };
    reads.set(commit, read);
    return read;
  };
  return {
    signalsOfApp: (app, about, signal) => signals.signalsOfApp(app, about, signal),
    ...(signals.hasDelivered && {
      hasDelivered: (source, signal) => signals.hasDelivered?.(source, signal) ?? Promise.resolve(true),
    }),
    signalsOfCommit: (commit, signal) => {
      const read = readerOf(commit);
      read.waiting += 1;
      signal?.addEventListener('abort', () => {
        read.waiting -= 1;
        if (read.waiting === 0) read.ended.abort(OVER);
      });
      return read.answer;
    },
  };
}

/** Why a read is ended. Nobody reads it; without one, each `abort` makes an error with its stack. */
const OVER = 'nobody waits any more';

const TIMED_OUT = Symbol('timed out');

async function limit(clock: Asking['clock'], ms: number, signal: AbortSignal): Promise<typeof TIMED_OUT> {
  await clock.sleep(ms, signal);
  return TIMED_OUT;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

const MESSAGE_MAX = 300;

function messageOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  return text.length > MESSAGE_MAX ? `${text.slice(0, MESSAGE_MAX)}…` : text || 'it does not say why';
}

const STATES: readonly unknown[] = ['pass', 'wait', 'fail', 'unknown'];
const SUBJECTS: readonly unknown[] = ['artifact', 'source', 'target', 'world'];

/** True for a whole verdict: an answer that lacks anything may not let a promotion through. */
function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null) return false;
  const { state, about, reason, until, since, unblock, onEvent, evidence } = value as Partial<Verdict>;
  const isInstant = (at: unknown) => at === null || Number.isFinite(at);
  return (
    STATES.includes(state) &&
    SUBJECTS.includes(about) &&
    typeof reason === 'string' &&
    reason !== '' &&
    isInstant(until) &&
    isInstant(since) &&
    (unblock === null || typeof unblock === 'string') &&
    typeof onEvent === 'boolean' &&
    typeof evidence === 'object' &&
    evidence !== null
  );
}
