// The live picture: what every wave runs, and what it comes to. Where a terminal has no room for all of them, what moves
// and what waits for a person comes first, and what is left out is counted. Pure.

import type { Attempt } from '../../shared/domain/attempt.ts';
import type { Decision, WaveView } from '../../shared/domain/decision.ts';
import { openTo, runsIn } from '../../shared/explain/account.ts';
import { paint } from '../../shared/explain/paint.ts';
import { isForAPerson, waveState } from '../../shared/explain/state.ts';
import { stateOf } from '../../shared/explain/status.ts';
import { quiet, strong, type Words, words } from '../../shared/explain/text.ts';
import { tame } from '../../shared/tame.ts';
import { cut, fitted, widthOf } from './width.ts';

/** What is known of one pipeline. */
export interface Seen {
  readonly decision: Decision;
  readonly open: readonly Attempt[];
}

export interface Space {
  readonly columns: number;
  /** How many lines it may take. */
  readonly lines: number;
  readonly colour: boolean;
}

/** In the order in which they are worth their line. */
const RANKS = ['moving', 'person', 'ready', 'waiting', 'still'] as const;
type Rank = (typeof RANKS)[number];

interface Entry {
  readonly pipeline: string;
  readonly wave: string;
  readonly runs: string;
  readonly state: Words;
  readonly rank: Rank;
}

export function picture(seen: readonly Seen[], now: number, space: Space): readonly string[] {
  const all = [...seen]
    .sort((a, b) => (a.decision.pipeline < b.decision.pipeline ? -1 : 1))
    .flatMap((one) => entriesOf(one, now));
  if (all.length === 0 || space.lines < 2) return [];
  const shown = chosen(all, space.lines - 1);
  const left = all.filter((entry) => !shown.includes(entry));
  const lines = printed(shown, space);
  return [
    '',
    ...lines,
    ...(left.length === 0 ? [] : [paint(quiet(cut(leftOut(left), space.columns - 1)), space.colour)]),
  ];
}

function entriesOf({ decision, open }: Seen, now: number): readonly Entry[] {
  return decision.waves.map((wave, index) => {
    const step = decision.steps[index - 1];
    const state = step === undefined ? null : waveState(openTo({ open }, step.to), decision, step);
    const isPerson = state !== null && isForAPerson(state);
    const kind = state?.kind ?? 'still';
    const rank: Rank =
      kind === 'moving'
        ? 'moving'
        : isPerson
          ? 'person'
          : kind === 'ready' || kind === 'still'
            ? kind
            : 'waiting';
    return {
      pipeline: tame(decision.pipeline),
      wave: tame(wave.name),
      runs: runsOf(wave),
      state: step === undefined ? [quiet('first wave')] : tamed(stateOf({ open, now }, decision, step, wave)),
      rank,
    };
  });
}

const tamed = (text: Words): Words => text.map((span) => ({ ...span, text: tame(span.text) }));

function runsOf(wave: WaveView): string {
  const [first = '', ...more] = runsIn(wave).names;
  return more.length === 0 ? first : `${first} +${more.length}`;
}

/** All of them where they fit, else the first by rank with a line left for the rest; in the order of the fleet. */
function chosen(all: readonly Entry[], room: number): readonly Entry[] {
  if (all.length <= room) return all;
  const byRank = [...all].sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank));
  const kept = new Set(byRank.slice(0, Math.max(0, room - 1)));
  return all.filter((entry) => kept.has(entry));
}

function leftOut(left: readonly Entry[]): string {
  const count = (...ranks: readonly Rank[]) => left.filter(({ rank }) => ranks.includes(rank)).length;
  const parts = [
    [count('moving', 'ready'), 'to move'],
    [count('person'), 'for a person'],
    [count('waiting'), 'waiting'],
    [count('still'), 'with nothing to take'],
  ] as const;
  const kinds = parts.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  const waves = `${left.length} wave${left.length === 1 ? '' : 's'}`;
  return `  … ${waves} left out: ${kinds.join(', ')}. ./sluice status`;
}

const STATE_MIN = 24;

function printed(entries: readonly Entry[], { columns, colour }: Space): readonly string[] {
  const widest = (texts: readonly string[], max: number) => Math.min(max, Math.max(4, ...texts.map(widthOf)));
  const widths = {
    runs: widest(
      entries.map(({ runs }) => runs),
      12,
    ),
    wave: widest(
      entries.map(({ wave }) => wave),
      16,
    ),
    pipeline: widest(
      entries.map(({ pipeline }) => pipeline),
      24,
    ),
  };
  // The last column is left free: some terminals begin a new line in it.
  const room = () => columns - 1 - (2 + widths.pipeline + 1 + widths.wave + 1 + widths.runs + 2);
  for (const column of ['pipeline', 'wave', 'runs'] as const) {
    const least = Math.min(8, widths[column]);
    widths[column] = Math.max(least, widths[column] - Math.max(0, STATE_MIN - room()));
  }
  return entries.map(({ pipeline, wave, runs, state }, index) => {
    const isSame = entries[index - 1]?.pipeline === pipeline;
    const name = paint(strong(fitted(isSame ? '' : pipeline, widths.pipeline)), colour);
    const head = `  ${name} ${fitted(wave, widths.wave)} ${fitted(runs, widths.runs)}  `;
    const line = room() < 1 ? cut(head, columns - 1) : head + paint(cutWords(state, room()), colour);
    return line.trimEnd();
  });
}

function cutWords(text: Words, room: number): Words {
  let left = room;
  const kept: Words[] = [];
  for (const span of text) {
    if (left <= 0) break;
    const short = cut(span.text, left);
    kept.push([{ ...span, text: short }]);
    left = short === span.text ? left - widthOf(short) : 0;
  }
  return words(...kept);
}
