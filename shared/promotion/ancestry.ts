// The facts of a run, with what GitHub says of which commit contains which: asked only of what a soak rests on, newest
// first, a few a run, and kept. Touches GitHub and the table's answers. What GitHub has not said counts for nothing, and why
// it has not is told; without a token, the order of deployments is taken for it.

import { type Ancestry, type Pair, pairKey, type Unsaid } from '../domain/ancestry.ts';
import { choiceOf } from '../domain/difference.ts';
import { codeOf, type Facts } from '../domain/facts.ts';
import { countingOf, type Pipeline, steps } from '../domain/pipeline.ts';
import type { PipelineRows } from '../table/port.ts';
import type { PromotionPorts } from './ports.ts';

/** A merge adds one pair, most often. */
const PAIRS_MAX = 25;
/** So many that GitHub does not know, and none that it does, and no more is asked: the repository may be another one. */
const UNTOLD_MAX = 3;
/** So many in a row that GitHub does not answer, and no more is asked: it is away, or each takes its deadline. */
const SILENT_MAX = 2;
/** Nothing more is asked after this, ms: a run has better things to do. */
const ASKING_MS_MAX = 8_000;

const NOT_ALL = 'more had to be asked of GitHub than one look asks';

const MINUTE_MS = 60_000;
/** Of a row, this part further every minute: no two minutes within the hour come to the same place. */
const GOLDEN = 0.618034;

export async function withAncestry(
  pipeline: Pipeline,
  facts: Facts,
  known: PipelineRows['ancestry'],
  now: number,
  ports: Pick<PromotionPorts, 'github' | 'table' | 'clock' | 'log'>,
): Promise<Facts> {
  const { repo } = pipeline;
  if (repo === undefined) return facts;
  const before = stillInPasts(known, facts);
  const { ancestry, why } = await read(
    pipeline,
    repo,
    { ...facts, ancestry: { contains: before } },
    now,
    ports,
  );
  const { contains, byOrder } = ancestry;
  if (JSON.stringify(contains) !== JSON.stringify(known))
    await ports.table.writeAncestry(pipeline.id, contains);
  if (why !== undefined) {
    const what = byOrder
      ? 'which commit contains which goes by the order of deployments'
      : 'GitHub has not said which commit contains which';
    ports.log('info', `${pipeline.name}: ${what}: ${why}.`);
  }
  return { ...facts, ancestry };
}

async function read(
  pipeline: Pipeline,
  repo: string,
  facts: Facts,
  now: number,
  { github, clock }: Pick<PromotionPorts, 'github' | 'clock'>,
): Promise<{ readonly ancestry: Ancestry; readonly why?: string }> {
  const startedAt = clock.now();
  const untold: Record<string, Unsaid> = {};
  let contains = facts.ancestry?.contains ?? {};
  let [asked, silent] = [0, 0];
  let why: string | undefined;
  for (;;) {
    const doubted = doubtedIn(untold, contains);
    const open = openPairs(pipeline, { ...facts, ancestry: { contains } }, now, untold).filter(
      ({ earlier, later }) => !doubted.has(earlier) && !doubted.has(later),
    );
    const pair = Object.keys(untold).length === 0 ? open[0] : open[placeIn(open.length, now)];
    if (pair === undefined) break;
    if (asked >= PAIRS_MAX || clock.now() - startedAt >= ASKING_MS_MAX) {
      why ??= NOT_ALL;
      break;
    }
    asked += 1;
    const { kind, ...answer } = await github.contains(repo, pair);
    if ('contains' in answer) {
      contains = { ...contains, [pairKey(pair)]: answer.contains };
      silent = 0;
      continue;
    }
    why = answer.why;
    if (kind === 'unset') return { ancestry: { contains, unread: answer, byOrder: true }, why };
    untold[pairKey(pair)] = answer;
    silent = answer.isPassing ? silent + 1 : 0;
    const isStrange = Object.keys(untold).length >= UNTOLD_MAX && Object.keys(contains).length === 0;
    if (kind === 'unread' || silent >= SILENT_MAX || isStrange)
      return { ancestry: { contains, untold, unread: answer }, why };
  }
  return { ancestry: { contains, untold }, ...(why !== undefined && { why }) };
}

/** Where there is no answer, the next to be asked is another every minute: the same ones keep no other from its turn. */
const placeIn = (count: number, now: number): number =>
  Math.floor(((Math.floor(now / MINUTE_MS) * GOLDEN) % 1) * count);

/** Commits of which GitHub has told nothing, twice in this run: it may not have them, and is asked about others. */
function doubtedIn(
  untold: Readonly<Record<string, Unsaid>>,
  contains: Ancestry['contains'],
): ReadonlySet<string> {
  const commitsOf = (pairs: object): string[] => Object.keys(pairs).flatMap((key) => key.split('...'));
  const missed = commitsOf(untold);
  const again = missed.filter((commit, index) => missed.indexOf(commit) < index);
  if (again.length === 0) return new Set();
  const known = new Set(commitsOf(contains));
  return new Set(again.filter((commit) => !known.has(commit)));
}

function openPairs(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
  asked: Readonly<Record<string, Unsaid>>,
): readonly Pair[] {
  return steps(pipeline)
    .filter((step) => countingOf(step) === 'descendants')
    .flatMap((step) => choiceOf(pipeline, step, facts, now).untold)
    .filter((pair) => asked[pairKey(pair)] === undefined);
}

/** What has left the pasts is asked for no more. Where not all of them is read, nothing is known to have left. */
function stillInPasts(known: PipelineRows['ancestry'], facts: Facts): PipelineRows['ancestry'] {
  const stays = Object.values(facts.apps).flatMap(({ history }) => history.stays);
  if (stays.some(({ artifact }) => facts.commits[artifact] === undefined)) return known;
  const codes = new Set(stays.map(({ artifact }) => codeOf(facts, artifact).replace(/^commit:/, '')));
  const entries = Object.entries(known).filter(([key]) =>
    key.split('...').every((commit) => codes.has(commit)),
  );
  return Object.fromEntries(entries);
}
