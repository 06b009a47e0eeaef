// From a parameter's text to a pipeline's configuration, or to every problem in it. Pure; never throws.

import type { z } from 'zod';
import type { Check } from '../checks/check.ts';
import { checks as allChecks } from '../checks/index.ts';
import type { CheckConfig, Counting, Mode } from '../domain/pipeline.ts';
import { layered } from './check-list.ts';
import { masked } from './masked.ts';
import { placed } from './place.ts';
import { type ConfigProblem, expectedOf, type Path, problem, problemsOf } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { defaultsProblems, pipelineProblems } from './rules.ts';
import { type Defaults, defaultsSchema, pipelineSchema } from './schema.ts';
import type { ConfigText } from './source.ts';

/** One pipeline's configuration with its defaults merged in; names are not yet resolved. Plain JSON. */
export interface PipelineConfig {
  /** The Heroku pipeline, name or uuid. */
  readonly pipeline: string;
  /** The repository at GitHub, `owner/name`. */
  readonly repo?: string;
  readonly mode: Mode;
  /** Null: one wave for each Heroku stage. */
  readonly waves: readonly WaveConfig[] | null;
  /** For waves that are made of Heroku's stages, ms. */
  readonly soakMs: number;
  /** For waves that are made of Heroku's stages. */
  readonly counting?: Counting;
  /** How long a wave may be behind until an alarm tells, ms. Null: what follows from the soaks. */
  readonly behindLimitMs: number | null;
  /** For waves that are made of Heroku's stages; the checks of written waves contain them already. */
  readonly checks: readonly CheckConfig[];
}

export interface WaveConfig {
  readonly name: string;
  /** Names or uuids. */
  readonly apps: readonly string[];
  /** 0 for the first wave. */
  readonly soakMs: number;
  /** What counts for that soak; absent: what the place of the wave says. */
  readonly counting?: Counting;
  /** Everything that is asked before the wave is given an artifact, outermost first. Empty for the first wave. */
  readonly checks: readonly CheckConfig[];
}

export type Parsed<Config> =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface PipelineText extends ConfigText {
  /** What `parseDefaults` gave; absent where there are none. */
  readonly defaults?: Defaults;
  /** The checks there are; all of Sluice's unless a test says otherwise. */
  readonly checks?: readonly Check[];
}

/** Never throws: whatever goes wrong while a text is read is that text's problem. */
export function parsePipeline(text: PipelineText): Parsed<PipelineConfig> {
  return confined(text, () => pipelineOf(text));
}

function confined<Config>({ parameter }: ConfigText, read: () => Parsed<Config>): Parsed<Config> {
  try {
    return read();
  } catch (error) {
    const why = masked(error instanceof Error ? error.message : String(error));
    return {
      ok: false,
      problems: [problem(parameter, [], `what cannot be read (${why})`, 'a configuration')],
    };
  }
}

function pipelineOf(text: PipelineText): Parsed<PipelineConfig> {
  const checks = text.checks ?? allChecks;
  const parsed = parse(text, pipelineSchemaOf(checks), pipelineProblems);
  if (!parsed.ok) return parsed;
  const { config: written } = parsed;
  const { defaults = {} } = text;
  const common = layered(layered([], defaults.checks ?? [], checks), written.checks ?? [], checks);
  const soakMs = written.soak ?? defaults.soak ?? 0;
  const counting = written.counting ?? defaults.counting;
  const waves = written.waves?.map(
    (wave, index): WaveConfig => ({
      name: wave.name,
      apps: wave.apps,
      soakMs: index === 0 ? 0 : (wave.soak ?? soakMs),
      ...(index > 0 && asCounted(wave.counting ?? counting)),
      checks: index === 0 ? [] : layered(common, wave.checks ?? [], checks),
    }),
  );
  const conflicts =
    waves?.flatMap((wave, index) => {
      const own = written.waves?.[index]?.checks ?? [];
      const from = (name: string): Path =>
        own.some((entry) => entry.name === name) ? ['waves', index, 'checks'] : ['checks'];
      return conflictsOf(text.parameter, wave.checks, checks, from, ` before wave ${wave.name}`);
    }) ?? conflictsOf(text.parameter, common, checks, () => ['checks'], '');
  if (conflicts.length > 0) return { ok: false, problems: placed(withoutRepeats(conflicts), text.text) };
  const mode = written.mode ?? defaults.mode ?? 'promote';
  return {
    ok: true,
    config: {
      pipeline: written.pipeline,
      ...(written.repo !== undefined && { repo: written.repo }),
      mode,
      waves: waves ?? null,
      soakMs,
      ...asCounted(counting),
      behindLimitMs: written.behindLimit ?? defaults.behindLimit ?? null,
      checks: common,
    },
  };
}

const asCounted = (counting: Counting | undefined) => (counting === undefined ? {} : { counting });

/** `defaults` for `parsePipeline`. A text without content is no defaults. */
export function parseDefaults(text: ConfigText & { readonly checks?: readonly Check[] }): Parsed<Defaults> {
  return confined(text, () => defaultsOf(text));
}

function defaultsOf(text: ConfigText & { readonly checks?: readonly Check[] }): Parsed<Defaults> {
  const checks = text.checks ?? allChecks;
  const parsed = parse(text, defaultsSchemaOf(checks), defaultsProblems, {});
  if (!parsed.ok) return parsed;
  const listed = layered([], parsed.config.checks ?? [], checks);
  const problems = conflictsOf(text.parameter, listed, checks, () => ['checks'], '');
  return problems.length > 0 ? { ok: false, problems: placed(problems, text.text) } : parsed;
}

/** Checks of one list that can never pass together: with them nothing would ever be promoted. */
function conflictsOf(
  parameter: string,
  listed: readonly CheckConfig[],
  checks: readonly Check[],
  from: (name: string) => Path,
  where: string,
): readonly ConfigProblem[] {
  return checks.flatMap((check) => {
    const conflict = check.conflict?.(
      listed.flatMap((one) => (one.name === check.name ? [one.options] : [])),
    );
    if (!conflict) return [];
    return [problem(parameter, from(check.name), `${conflict.found}${where}`, conflict.expected)];
  });
}

const pipelineSchemaOf = oncePerChecks(pipelineSchema);
const defaultsSchemaOf = oncePerChecks(defaultsSchema);

/** Making a schema costs more than using it, and a tick parses every pipeline. */
function oncePerChecks<Schema>(make: (checks: readonly Check[]) => Schema) {
  const made = new WeakMap<readonly Check[], Schema>();
  return (checks: readonly Check[]): Schema => {
    const schema = made.get(checks) ?? make(checks);
    made.set(checks, schema);
    return schema;
  };
}

function parse<Written>(
  { parameter, text, unread }: ConfigText,
  schema: z.ZodType<Written>,
  rules: (parameter: string, raw: unknown) => readonly ConfigProblem[],
  empty: unknown = null,
): Parsed<Written> {
  if (unread !== undefined) return { ok: false, problems: [unread] };
  const read = readOnce(parameter, text);
  if (!read.ok) return { ok: false, problems: placed(read.problems, text) };
  const raw = read.config ?? empty;
  const result = schema.safeParse(raw, { error: expectedOf });
  const issues = result.success ? [] : problemsOf(parameter, raw, result.error.issues, true);
  const problems = [...issues, ...rules(parameter, raw)];
  return result.success && problems.length === 0
    ? { ok: true, config: result.data }
    : { ok: false, problems: placed(withoutRepeats(problems), text) };
}

/** A rule that explains an unexpected key says more than the schema, which only does not know it. */
function withoutRepeats(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.filter(
    (one, index) => problems.findLastIndex((other) => other.path === one.path) === index || one.path === '',
  );
}

const READ_MAX = 2_000;
const alreadyRead = new Map<string, Parsed<unknown>>();

/** A tick parses every pipeline, and their texts hardly ever change. */
function readOnce(parameter: string, text: string): Parsed<unknown> {
  const key = `${parameter}\n${text}`;
  const known = alreadyRead.get(key);
  if (known !== undefined) return known;
  if (alreadyRead.size >= READ_MAX) alreadyRead.clear();
  const read = readYaml(parameter, text);
  alreadyRead.set(key, read);
  return read;
}
