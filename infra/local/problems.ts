// What a run has told of what is amiss: each thing once while it lasts, that it is over, and anew when it comes back. Pure
// but for what it remembers.

import { duration } from '../../shared/domain/words.ts';
import type { TickRecord } from '../../shared/table/port.ts';

export interface News {
  readonly amiss: readonly string[];
  readonly over: readonly string[];
}

export interface Problems {
  /** Something that was logged; true when it is news. */
  logged(text: string, at: number): boolean;
  /** What a tick came to: all that is amiss now, as far as it got. */
  ticked(record: Pick<TickRecord, 'at' | 'ok' | 'problems'>): News;
}

interface Standing {
  readonly text: string;
  at: number;
  /** How it is known that it is over: a tick no longer says it, ticks succeed again, or nobody has logged it for long. */
  of: 'tick' | 'outage' | 'log';
}

/** What was logged, by no tick, is told again after this long without it, ms. */
const FORGET_MS = 60 * 60_000;

export function createProblems(): Problems {
  const standing = new Map<string, Standing>();
  let outageSince: number | null = null;

  const logged = (text: string, at: number): boolean => {
    const known = standing.get(identityOf(text));
    const isNews = known === undefined || (known.of === 'log' && at - known.at > FORGET_MS);
    standing.set(identityOf(text), { text: known?.text ?? text, at, of: known?.of ?? 'log' });
    return isNews;
  };

  const ticked: Problems['ticked'] = ({ at, ok, problems }) => {
    const amiss = problems.filter((text) => logged(text, at));
    const now = new Set(problems.map(identityOf));
    // A tick that was stopped has not seen everything: nothing is over yet.
    if (!ok) {
      outageSince ??= at;
      for (const id of now) if (standing.get(id)?.of === 'log') setKind(id, 'outage');
      return { amiss, over: [] };
    }
    for (const id of now) setKind(id, 'tick');
    const gone = [...standing].filter(([id, { of }]) => of !== 'log' && !now.has(id));
    for (const [id] of gone) standing.delete(id);
    const over = gone.filter(([, { of }]) => of === 'tick').map(([, { text }]) => `No longer: ${text}`);
    const end = outageSince === null ? [] : [`Ticks succeed again, after ${duration(at - outageSince)}.`];
    outageSince = null;
    return { amiss, over: [...end, ...over] };
  };

  const setKind = (id: string, of: Standing['of']): void => {
    const known = standing.get(id);
    if (known !== undefined) known.of = of;
  };

  return { logged, ticked };
}

/** What stays the same while something lasts: not the ids of requests, nor counts and waits that change with each try. */
function identityOf(text: string): string {
  return text
    .replace(/ ?\(Request-Id [^)]*\)/g, '')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/gi, '#')
    .replace(/\b\d+(?= ?(ms|s|seconds|minutes|calls)\b)/g, '#');
}
