// The texts that configuration consists of, wherever they are, and everything that is wrong with them together. Pure.

import { configurationOf } from '../../shared/config/configuration.ts';
import { type ConfigProblem, problem, shown } from '../../shared/config/problem.ts';

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
  /** The notes about what looks like configuration: for whoever deletes what is not there they are problems. */
  readonly unread: readonly { readonly note: string; readonly problem: ConfigProblem }[];
}

export const DEFAULTS = 'defaults';
const PIPELINES = 'pipelines/';

export const pipelineKey = (name: string): string => PIPELINES + name;

/** Null for the defaults. */
export function pipelineName({ key }: Pick<Entry, 'key'>): string | null {
  return key.startsWith(PIPELINES) ? key.slice(PIPELINES.length) : null;
}

export const isPipeline = (entry: Entry): boolean => pipelineName(entry) !== null;

export function byKey(a: Pick<Entry, 'key'>, b: Pick<Entry, 'key'>): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Every problem of the collected texts. `kept`: what stays where these go, and holds for them or beside them. */
export function problemsOf(
  { entries, problems }: Collected,
  kept: readonly Entry[] = [],
): readonly ConfigProblem[] {
  const together = [...entries, ...kept];
  const base = together.find(({ key }) => key === DEFAULTS) ?? null;
  const read = configurationOf({
    pipelines: together.flatMap((entry) => {
      const name = pipelineName(entry);
      return name === null ? [] : [{ name, parameter: entry.where, text: entry.text }];
    }),
    defaults: base && { parameter: base.where, text: base.text },
  });
  const told = new Set([...entries, ...(base === null ? [] : [base])].map(({ where }) => where));
  const all = [
    ...problems,
    ...entries.flatMap(placeProblems),
    ...read.problems.filter(({ parameter }) => told.has(parameter)),
    ...ownerProblems(
      [
        ...read.pipelines.map(({ parameter, config }) => ({ parameter, pipeline: config.pipeline })),
        ...read.skipped,
      ],
      new Set(kept.map(({ where }) => where)),
    ),
  ];
  return all.sort((a, b) => (a.parameter < b.parameter ? -1 : a.parameter > b.parameter ? 1 : 0));
}

/** What is kept has its Heroku pipeline already. */
function ownerProblems(
  all: readonly { readonly parameter: string; readonly pipeline: string }[],
  kept: ReadonlySet<string>,
): readonly ConfigProblem[] {
  const owners = new Map(
    all.filter(({ parameter }) => kept.has(parameter)).map((one) => [one.pipeline, one.parameter]),
  );
  return all.flatMap(({ parameter, pipeline }) => {
    const owner = owners.get(pipeline);
    owners.set(pipeline, owner ?? parameter);
    if (owner === undefined || kept.has(parameter)) return [];
    const expected = `a Heroku pipeline of its own: ${owner} has it already`;
    return [problem(parameter, ['pipeline'], shown(pipeline), expected)];
  });
}

/** What SSM takes in no parameter, whatever it means. */
function placeProblems(entry: Entry): readonly ConfigProblem[] {
  const { where, text } = entry;
  // Of an empty pipeline the schema says more; empty defaults are none.
  const isEmpty = text === '' && !isPipeline(entry);
  const reference = /\{\{[^}]*\}\}/.exec(text)?.[0];
  return [
    ...(isEmpty ? [problem(where, [], 'nothing', 'a text: SSM keeps no empty parameter')] : []),
    ...(reference === undefined
      ? []
      : [problem(where, [], shown(reference), 'no {{…}}, which SSM takes for a reference to a parameter')]),
  ];
}
