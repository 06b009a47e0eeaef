// The texts that configuration consists of, wherever they are, and everything that is wrong with them together. Pure.

import { parseDefaults, parsePipeline } from '../../shared/config/parse.ts';
import { type ConfigProblem, problem, shown } from '../../shared/config/problem.ts';
import type { Defaults } from '../../shared/config/schema.ts';

/** One text of the configuration. */
export interface Entry {
  /** The parameter's name below the prefix: `defaults`, `pipelines/router`. */
  readonly key: string;
  /** As people see it: a file's path, or the parameter's full name. */
  readonly where: string;
  readonly text: string;
}

/** What a folder, or a deployed Sluice, has of it. In order of key. */
export interface Collected {
  readonly entries: readonly Entry[];
  /** What is wrong before a text is looked into: names, types, unreadable files. */
  readonly problems: readonly ConfigProblem[];
  /** What is there and is no configuration. */
  readonly notes: readonly string[];
}

export const DEFAULTS = 'defaults';
const PIPELINES = 'pipelines/';

export const pipelineKey = (name: string): string => PIPELINES + name;

/** Null for the defaults. */
export function pipelineName({ key }: Pick<Entry, 'key'>): string | null {
  return key.startsWith(PIPELINES) ? key.slice(PIPELINES.length) : null;
}

const isPipeline = (entry: Entry): boolean => pipelineName(entry) !== null;

export function byKey(a: Pick<Entry, 'key'>, b: Pick<Entry, 'key'>): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Every problem of the collected texts. `kept`: what stays where these go, and holds for them or beside them. */
export function problemsOf(
  { entries, problems }: Collected,
  kept: readonly Entry[] = [],
): readonly ConfigProblem[] {
  const base = [...entries, ...kept].find(({ key }) => key === DEFAULTS);
  const parsedBase = base && parseDefaults({ parameter: base.where, text: base.text });
  const defaults = parsedBase?.ok ? parsedBase.config : undefined;
  const owners = new Map<string, string>();
  for (const entry of kept.filter(isPipeline)) {
    const parsed = parse(entry, defaults);
    if (parsed.ok) owners.set(parsed.config.pipeline, entry.where);
  }
  const all = [
    ...problems,
    ...entries.flatMap(placeProblems),
    ...(parsedBase?.ok === false ? parsedBase.problems : []),
    ...entries.filter(isPipeline).flatMap((entry) => pipelineProblems(entry, defaults, owners)),
  ];
  return all.sort((a, b) => (a.parameter < b.parameter ? -1 : a.parameter > b.parameter ? 1 : 0));
}

function pipelineProblems(
  entry: Entry,
  defaults: Defaults | undefined,
  owners: Map<string, string>,
): readonly ConfigProblem[] {
  const parsed = parse(entry, defaults);
  if (!parsed.ok) return parsed.problems;
  const { pipeline } = parsed.config;
  const owner = owners.get(pipeline);
  owners.set(pipeline, owner ?? entry.where);
  if (owner === undefined) return [];
  const expected = `a Heroku pipeline of its own: ${owner} has it already`;
  return [problem(entry.where, ['pipeline'], shown(pipeline), expected)];
}

function parse({ where, text }: Entry, defaults: Defaults | undefined) {
  return parsePipeline({ parameter: where, text, ...(defaults && { defaults }) });
}

/** What SSM takes in no parameter, whatever it means. */
function placeProblems({ where, text }: Entry): readonly ConfigProblem[] {
  // Of an empty pipeline the schema says more.
  const isEmpty = text === '';
  const reference = /\{\{[^}]*\}\}/.exec(text)?.[0];
  return [
    ...(isEmpty ? [problem(where, [], 'nothing', 'a text: SSM keeps no empty parameter')] : []),
    ...(reference === undefined
      ? []
      : [problem(where, [], shown(reference), 'no {{…}}, which SSM takes for a reference to a parameter')]),
  ];
}
