// `history`: attempts, and what people did in between, newest first; and one attempt in full. Pure.

import type { Attempt, AttemptTarget } from '../domain/attempt.ts';
import { type Hold, isActive } from '../domain/hold.ts';
import type { AppRef } from '../domain/pipeline.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { Word } from '../domain/said.ts';
import { duration, instant, listOf, shortId } from '../domain/words.ts';
import { shortName } from './account.ts';
import { outcomeMark } from './marks.ts';
import { type Explanation, quiet, type Row, row, type Span, strong, type Words, words } from './text.ts';
import { lasted, relative, when } from './time.ts';
import { explainVerdicts } from './verdicts.ts';

/** Something that happened to a pipeline. */
export type Entry =
  | { readonly kind: 'attempt'; readonly at: number; readonly attempt: Attempt }
  | { readonly kind: 'hold' | 'lifted' | 'ended'; readonly at: number; readonly hold: Hold }
  | { readonly kind: 'reject' | 'allow'; readonly at: number; readonly rejection: Rejection }
  | { readonly kind: 'accept' | 'retry'; readonly at: number; readonly word: Word };

export interface Past {
  readonly attempts: readonly Attempt[];
  readonly holds: readonly Hold[];
  readonly rejections: readonly Rejection[];
  readonly words: readonly Word[];
}

/** The newest entries first. `apps`: only what concerns these apps of `wave`. */
export function entriesOf(
  past: Past,
  now: number,
  only: { wave: string; apps: readonly AppRef[] } | null,
): readonly Entry[] {
  const isAbout = (wave: string | null) => only === null || wave === null || wave === only.wave;
  const touches = (word: Word) =>
    only === null ||
    isAboutAll(word) ||
    appsOf(word).some((app) => only.apps.some((one) => one.id === app.id));
  const entries: Entry[] = [
    ...past.attempts
      .filter((attempt) => isAbout(attempt.to))
      .map((attempt): Entry => ({ kind: 'attempt', at: attempt.claimedAt, attempt })),
    ...past.holds.filter((hold) => isAbout(hold.wave)).flatMap((hold) => entriesOfHold(hold, now)),
    ...past.rejections.flatMap(entriesOfRejection),
    ...past.words.filter(touches).map((word): Entry => ({ kind: word.kind, at: word.at, word })),
  ];
  return entries.sort((a, b) => b.at - a.at);
}

function entriesOfHold(hold: Hold, now: number): readonly Entry[] {
  const placed: Entry = { kind: 'hold', at: hold.placedAt, hold };
  if (hold.liftedAt !== null) return [placed, { kind: 'lifted', at: hold.liftedAt, hold }];
  if (isActive(hold, now) || hold.expiresAt === null) return [placed];
  return [placed, { kind: 'ended', at: hold.expiresAt, hold }];
}

function entriesOfRejection(rejection: Rejection): readonly Entry[] {
  const { at, liftedAt } = rejection;
  const made: Entry = { kind: 'reject', at, rejection };
  return liftedAt === null ? [made] : [made, { kind: 'allow', at: liftedAt, rejection }];
}

export function explainHistory(name: string, entries: readonly Entry[], now: number): Explanation {
  if (entries.length === 0) {
    return [
      [[row(0, strong(name), 'Nothing has happened yet: no attempt, no hold, nothing that anybody said.')]],
    ];
  }
  return [[[row(0, strong(name), quiet('newest first'))]], [entries.map((entry) => entryRow(entry, now))]];
}

function entryRow(entry: Entry, now: number): Row {
  const id = entry.kind === 'attempt' ? `${shortId(entry.attempt.id)}, ` : '';
  const ago = quiet(` (${id}${relative(entry.at, now)})`);
  const line = (mark: Span, text: Words) => row(1, quiet(instant(entry.at)), mark, words(text, ago));
  switch (entry.kind) {
    case 'attempt':
      return line(outcomeMark(entry.attempt.state), attemptWords(entry.attempt, now));
    case 'hold':
    case 'lifted':
    case 'ended':
      return line(...holdLine(entry.kind, entry.hold));
    case 'reject':
    case 'allow':
      return line({ text: `· ${entry.kind}`, tone: 'waiting' }, rejectionWords(entry.kind, entry.rejection));
    case 'accept':
    case 'retry':
      return line({ text: `· ${entry.kind}`, tone: 'waiting' }, wordWords(entry.word));
  }
}

/** Nobody asks for the milliseconds of a promotion. */
const inSeconds = (ms: number): string => duration(Math.max(1, Math.round(ms / 1000)) * 1000);

function attemptWords(attempt: Attempt, now: number): Words {
  const { settledAt, claimedAt, from, to, actor, outcome } = attempt;
  const time =
    settledAt === null ? `for ${lasted(claimedAt, now)} so far` : `took ${inSeconds(settledAt - claimedAt)}`;
  return words(strong(shortName(attempt)), ` from ${from} to ${to}, ${time}, by ${actor}: ${outcome}`);
}

function holdLine(kind: 'hold' | 'lifted' | 'ended', hold: Hold): [Span, Words] {
  const wave = hold.wave ?? 'every wave';
  const end = hold.expiresAt === null ? 'until somebody lifts it' : `until ${instant(hold.expiresAt)}`;
  const sentences: Record<typeof kind, string> = {
    hold: `${wave}, by ${hold.owner}, ${end}: ${hold.reason}.`,
    lifted: `${wave}, by ${hold.liftedBy}${liftWords(hold)}; ${hold.owner} had held it: ${hold.reason}.`,
    ended: `${wave}, by itself; ${hold.owner} had held it: ${hold.reason}.`,
  };
  const text = sentences[kind].replace(/([.!?])\.$/, '$1');
  return [{ text: `! ${kind}`, tone: kind === 'hold' ? 'waiting' : 'plain' }, words(text)];
}

/** Why it was lifted, where that is on record. */
const liftWords = ({ liftReason }: Pick<Hold, 'liftReason'>): string =>
  liftReason === undefined ? '' : ` (${liftReason.replace(/\.$/, '')})`;

function rejectionWords(kind: 'reject' | 'allow', rejection: Rejection): Words {
  const { actor, artifact, commit, why, app, reason, liftedBy } = rejection;
  const name = shortName({ artifact: artifact ?? '', commit });
  const went = why === 'rollback' && app !== null ? `, with the rollback of ${app.name}` : '';
  const text =
    kind === 'reject'
      ? `${name}, by ${actor}${went}: ${reason}`
      : `${name}, by ${liftedBy}${liftWords(rejection)}; ${actor} had rejected it${went}: ${reason}`;
  return words(`${text.replace(/\.$/, '')}.`);
}

function appsOf(word: Word): readonly AppRef[] {
  return (word.kind === 'accept' ? word.accepted : word.retried).map(({ app }) => app);
}

/** Said of the pipeline's name: of every wave. */
function isAboutAll(word: Word): boolean {
  return word.kind === 'accept' && word.means !== undefined;
}

/** What a person let go on, in words. */
function wordWords(word: Word): Words {
  return words(`by ${word.actor}, ${effectOf(word)}: ${word.reason.replace(/\.$/, '')}.`);
}

/** `tries again on router-va01`. */
export function effectOf(word: Word): string {
  if (word.kind === 'accept' && word.means !== undefined) {
    const { pipelineId, herokuName } = word.means;
    return `the name means Heroku pipeline ${pipelineId} (${herokuName}) from now on`;
  }
  const apps = listOf(appsOf(word).map(({ name }) => name));
  return word.kind === 'accept' ? `goes on from what ${apps} ran` : `tries again on ${apps}`;
}

/** One attempt with its targets, its checks and what Heroku said. */
export function explainAttempt(attempt: Attempt, now: number): Explanation {
  const { claimedAt, sentAt, settledAt, refusal, promotionId } = attempt;
  const ended =
    settledAt === null ? 'not yet' : `${when(settledAt, now)}, after ${inSeconds(settledAt - claimedAt)}`;
  const title = words(
    `${attempt.pipeline} ${attempt.to}  `,
    outcomeMark(attempt.state),
    quiet(`  attempt ${attempt.id}`),
  );
  const label = (name: string, text: string): Row => row(1, quiet(name), text);
  return [
    [
      [row(0, title)],
      [
        label('moves', `${shortName(attempt)} from ${attempt.source.name} (${attempt.from})`),
        label('commit', attempt.commit ?? 'not known to Heroku'),
        label('artifact', attempt.artifact),
        label('release', attempt.sourceReleaseId),
        label('asked', `${when(claimedAt, now)} by ${attempt.actor}`),
        label('sent', sentAt === null ? 'not marked as sent: no request left' : when(sentAt, now)),
        label('ended', ended),
        label('promotion', promotionId ?? (refusal === null ? 'its id was never learnt' : 'none')),
        ...(refusal === null ? [] : [label('refused', `${refusal.status} ${refusal.id}`)]),
        label('outcome', attempt.outcome),
      ],
    ],
    [[row(0, strong('Apps'))], attempt.targets.map(targetRow)],
    attempt.verdicts.length === 0
      ? []
      : [[row(0, strong('Checks, as they answered'))], explainVerdicts(attempt.verdicts, now)],
  ];
}

function targetRow({ app, state, before, releaseId, error }: AttemptTarget): Row {
  const ran = before === null ? 'ran nothing before' : `ran ${before.artifact} before`;
  const release = releaseId === null ? 'no release' : `release ${releaseId}`;
  return row(
    1,
    outcomeMark(state),
    app.name,
    words(`${release}, ${ran}`, error === null ? '' : `: ${error}`),
  );
}
