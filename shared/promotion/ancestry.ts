// The facts of a run, with what GitHub says of which commit contains which: asked only of what a soak rests on, newest
// first, a few a run, and kept. Touches GitHub and the table's answers. GitHub's trouble stops nothing: for what it has not
// said, the order of deployments is taken, and why is told.

import { type Ancestry, type Pair, pairKey } from '../domain/ancestry.ts';
import { choiceOf } from '../domain/difference.ts';
import { codeOf, type Facts } from '../domain/facts.ts';
import { type Pipeline, steps } from '../domain/pipeline.ts';
import type { PipelineRows } from '../table/port.ts';
import type { PromotionPorts } from './ports.ts';

/** A merge adds one pair, most often. */
const PAIRS_MAX = 25;
/** So many that GitHub does not know, and none that it does, and no more is asked: the repository may be another one. */
const UNTOLD_MAX = 3;
/** Nothing more is asked after this, ms: a run has better things to do. */
const ASKING_MS_MAX = 8_000;

const NOT_ALL = 'more had to be asked of GitHub than one look asks';

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
  const ancestry = await read(pipeline, repo, { ...facts, ancestry: { contains: before } }, now, ports);
  const { contains, unread } = ancestry;
  if (JSON.stringify(contains) !== JSON.stringify(known))
    await ports.table.writeAncestry(pipeline.id, contains);
  if (unread !== undefined) {
    ports.log(
      'info',
      `${pipeline.name}: which commit contains which goes by the order of deployments: ${unread}.`,
    );
  }
  return { ...facts, ancestry };
}

async function read(
  pipeline: Pipeline,
  repo: string,
  facts: Facts,
  now: number,
  { github, clock }: Pick<PromotionPorts, 'github' | 'clock'>,
): Promise<Ancestry> {
  const startedAt = clock.now();
  const asked = new Set<string>();
  let contains = facts.ancestry?.contains ?? {};
  let unread: string | undefined;
  let untold = 0;
  for (;;) {
    const pair = nextPair(pipeline, { ...facts, ancestry: { contains } }, now, asked);
    if (pair === undefined) break;
    if (asked.size >= PAIRS_MAX || clock.now() - startedAt >= ASKING_MS_MAX) {
      unread ??= NOT_ALL;
      break;
    }
    asked.add(pairKey(pair));
    const answer = await github.contains(repo, pair);
    if (answer.kind === 'told') contains = { ...contains, [pairKey(pair)]: answer.contains };
    else unread = answer.why;
    if (answer.kind === 'untold') untold += 1;
    const isStrange = untold >= UNTOLD_MAX && Object.keys(contains).length === 0;
    if (answer.kind === 'unread' || isStrange) break;
  }
  return { contains, ...(unread !== undefined && { unread }) };
}

function nextPair(
  pipeline: Pipeline,
  facts: Facts,
  now: number,
  asked: ReadonlySet<string>,
): Pair | undefined {
  for (const step of steps(pipeline)) {
    const { untold } = choiceOf(pipeline, step, facts, now);
    const pair = untold.find((one) => !asked.has(pairKey(one)));
    if (pair !== undefined) return pair;
  }
  return undefined;
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
