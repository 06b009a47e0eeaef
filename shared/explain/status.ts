// `status`: every pipeline in a few lines: what each wave runs, since when, and what is next for it. Pure.

import type { Decision, StepDecision, WaveView } from '../domain/decision.ts';
import type { Verdict } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';
import { silentMs } from '../scan/silence.ts';
import { type Account, activeHolds, onlyObserves, openTo, runsIn } from './account.ts';
import { noteRows, passedOverWords } from './besides.ts';
import { holdWords } from './hold.ts';
import { waveState } from './state.ts';
import { type Block, quiet, row, type Section, strong, type Words, words } from './text.ts';
import { lasted, relative, shortly, when } from './time.ts';
import { problemRow } from './told.ts';

/** How the last tick went; `at` is that of the last record, which is written every few minutes at least. */
export interface TickAccount {
  readonly at: number;
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** The distance of ticks, ms. */
  readonly tickMs: number;
}

export function explainStatus(account: Account): Section {
  const { decision, now } = account;
  const holds: Block = activeHolds(account).map((hold) =>
    row(
      1,
      { text: '! hold', tone: 'waiting' },
      words(`${hold.wave ?? 'every wave'}, `, holdWords(hold, now)),
    ),
  );
  if (decision === null) return [[row(0, strong(account.name), quiet('no run has looked at it yet'))], holds];
  const mode = onlyObserves(decision) ? quiet('  only observed: nothing is promoted') : '';
  const over = decision.steps.flatMap((step) =>
    (step.passedOver ?? []).map((one) => row(1, quiet(`${step.to}: ${passedOverWords(one)}`))),
  );
  const title = row(0, words(strong(account.name), mode));
  return [[title], waves(account, decision), over, noteRows(decision), holds];
}

function waves(account: Account, decision: Decision): Block {
  return decision.waves.map((wave, index) => {
    const step = decision.steps[index - 1];
    const { names, since } = runsIn(wave);
    const state = step === undefined ? quiet('first wave') : stateOf(account, decision, step, wave);
    return row(
      1,
      wave.name,
      few(names),
      quiet(since === null ? '' : `for ${lasted(since, account.now)}`),
      state,
    );
  });
}

const NAMES_MAX = 2;

/** At most two names: a wave that is more mixed than that is read app by app with `--json`. */
function few(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return more > 0 ? `${names.slice(0, NAMES_MAX).join(' ')} +${more}` : names.join(' ');
}

/** What a wave comes to, since when or until when; for a local run's picture too. */
export function stateOf(
  account: Pick<Account, 'open' | 'now'>,
  decision: Decision,
  step: StepDecision,
  wave: WaveView,
): Words {
  const { now } = account;
  const state = waveState(openTo(account, step.to), decision, step, same(decision, step, wave));
  const { mark, open, blocker } = state;
  if (open !== null) return words(mark, quiet(` since ${shortly(open.claimedAt, now)}`));
  return blocker === null ? words(mark) : words(mark, `: ${blocker.check}`, untilWords(blocker, now));
}

/** `same as qa`, or, where they differ though nothing is to be given, just that. */
function same(decision: Decision, step: StepDecision, wave: WaveView): string {
  const from = decision.waves.find((one) => one.name === step.from);
  const isAlike = from !== undefined && runsIn(from).names.join() === runsIn(wave).names.join();
  return isAlike ? `same as ${step.from}` : `nothing to take from ${step.from}`;
}

/** The time of the check that is named; `why` has the earliest at which all can have let go. */
function untilWords({ until }: Verdict, now: number): string {
  return until !== null && until > now ? ` until ${shortly(until, now)}` : '';
}

/** The last line of `status`: is anybody looking at all? */
export function explainTick(tick: TickAccount | null, now: number): Section {
  if (tick === null) return [[row(0, quiet('No tick is on record yet.'))]];
  const { at, ok, problems, tickMs } = tick;
  const isSilent = now - at > silentMs(tickMs);
  const label = `Last tick on record ${when(at, now)}`;
  const state: Words = isSilent
    ? words({ text: `${label}: nothing has looked since`, tone: 'bad' })
    : ok
      ? words(
          quiet(
            `Last tick on record ${instant(at)} (${relative(at, now)}; recorded every 5 minutes while ticks go well)`,
          ),
        )
      : words({ text: `${label} was stopped`, tone: 'bad' });
  const count =
    problems.length === 0 ? '' : `, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:`;
  return [[row(0, words(state, count))], problems.map((problem) => problemRow(problem))];
}
