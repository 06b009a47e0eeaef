// What the texts of a configuration come to: the pipelines that may run, and everything that is wrong. The one reading
// that `scan`, `sluice doctor` and `sluice config` share. Pure.

import { type PipelineConfig, parseDefaults, parsePipeline } from './parse.ts';
import { type ConfigProblem, problem } from './problem.ts';
import type { ConfigTexts, DefaultsPlace } from './source.ts';

export interface ReadPipeline {
  /** The last part of the parameter's path. */
  readonly name: string;
  readonly parameter: string;
  readonly config: PipelineConfig;
}

export interface Configuration {
  /** Those that may run. */
  readonly pipelines: readonly ReadPipeline[];
  /** Those that may not, though nothing is wrong with their own text: the defaults have an error. */
  readonly skipped: readonly {
    readonly parameter: string;
    /** The Heroku pipeline, as written. */
    readonly pipeline: string;
  }[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Bad defaults are not no defaults: a pipeline that would run without the checks it relies on must not run.
 * `missing` is what `missingDefaults` gave; with it, and with texts that are unsettled, that is the one problem.
 */
export function configurationOf(texts: ConfigTexts, missing: ConfigProblem | null = null): Configuration {
  const stop = texts.unsettled ?? missing;
  if (stop !== null) return { pipelines: [], skipped: [], problems: [stop] };
  const base = texts.defaults === null ? null : parseDefaults(texts.defaults);
  const problems: ConfigProblem[] = base?.ok === false ? [...base.problems] : [];
  const pipelines: ReadPipeline[] = [];
  const skipped: Configuration['skipped'][number][] = [];
  for (const text of texts.pipelines) {
    const { name, parameter } = text;
    const parsed = parsePipeline({ ...text, ...(base?.ok && { defaults: base.config }) });
    if (!parsed.ok) problems.push(...parsed.problems);
    else if (base?.ok === false) skipped.push({ parameter, pipeline: parsed.config.pipeline });
    else pipelines.push({ name, parameter, config: parsed.config });
  }
  return { pipelines, skipped, problems };
}

/** What is wrong when there are no defaults any more: gone by mistake, or for good, only a person knows. */
export function missingDefaults(
  { defaults, unsettled }: ConfigTexts,
  { parameter, restore, empty }: DefaultsPlace,
  hadDefaults: boolean,
): ConfigProblem | null {
  if (!hadDefaults || defaults !== null || unsettled !== undefined) return null;
  const expected = `the defaults that were there, without which no pipeline runs: ${restore}. If none are meant, an empty one: ${empty}`;
  return problem(parameter, [], 'nothing', expected);
}
