// From the names in a configuration to Heroku's apps: every name must be an app of the pipeline, each in one wave. Pure.

import { behindLimitOf } from '../domain/behind.ts';
import type { AppRef, Pipeline, Wave } from '../domain/pipeline.ts';
import { listOf } from '../domain/words.ts';
import type { PipelineConfig } from './parse.ts';
import { placeText } from './place.ts';
import { type ConfigProblem, nearest, oneOf, type Path, problem, shown } from './problem.ts';
import { onceOnly } from './rules.ts';

/** A pipeline as Heroku has it. */
export interface HerokuFleet {
  readonly pipelineId: string;
  readonly pipelineName: string;
  /** Every app that is coupled to it; an app the token cannot see goes by its id. */
  readonly apps: readonly {
    readonly id: string;
    readonly name: string;
    readonly stage: string;
    /** Why its stage cannot be read; absent where it can. */
    readonly unread?: string;
  }[];
}

export type Resolved =
  | {
      readonly ok: true;
      readonly pipeline: Pipeline;
      /** Apps of the pipeline that are in no wave: nothing is promoted to them. Without review apps. */
      readonly unnamed: readonly AppRef[];
      /** How long a wave may be behind until an alarm tells, ms. */
      readonly behindLimitMs: number;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** The stages that take promotions, in Heroku's order. */
const STAGES: readonly string[] = ['development', 'staging', 'production'];

/** What is a wave where none is written. An app in development is its developer's: it is in a wave only by name. */
const WAVES: readonly string[] = ['staging', 'production'];

/** How many apps a message lists. */
const LISTED_MAX = 6;

export function resolvePipeline(
  parameter: string,
  name: string,
  config: PipelineConfig,
  heroku: HerokuFleet,
): Resolved {
  const { waves, problems } =
    config.waves === null
      ? { waves: wavesOfStages(config, heroku), problems: unreadStages(parameter, heroku) }
      : wavesOfNames(parameter, config.waves, heroku);
  if (problems.length > 0) return { ok: false, problems };
  if (waves.length < 2) return { ok: false, problems: [nothingToPromoteTo(parameter, waves, heroku)] };
  const named = new Set(waves.flatMap((wave) => wave.apps.map((app) => app.id)));
  const unnamed = heroku.apps
    .filter((app) => STAGES.includes(app.stage) && !named.has(app.id))
    .map(({ id, name: appName }) => ({ id, name: appName }))
    .sort(byName);
  const notes = [...inNoWave(unnamed), ...againstStages(waves, heroku)];
  const pipeline: Pipeline = {
    id: heroku.pipelineId,
    name,
    mode: config.mode,
    ...(config.repo !== undefined && { repo: config.repo }),
    ...(notes.length > 0 && { notes }),
    waves,
  };
  return { ok: true, pipeline, unnamed, behindLimitMs: config.behindLimitMs ?? behindLimitOf(pipeline) };
}

function inNoWave(apps: readonly AppRef[]): readonly string[] {
  if (apps.length === 0) return [];
  const are = apps.length === 1 ? 'is' : 'are';
  return [`${few(apps.map((app) => app.name))} ${are} in no wave: nothing is promoted there.`];
}

/** Heroku's own promotions go by the stages; a wave that goes against them may be meant, and may be a slip. */
function againstStages(waves: readonly Wave[], heroku: HerokuFleet): readonly string[] {
  const stageOf = ({ id }: AppRef): string => heroku.apps.find((app) => app.id === id)?.stage ?? '';
  const rankOf = (app: AppRef): number => STAGES.indexOf(stageOf(app));
  return waves.flatMap((wave, index) => {
    const before = waves.slice(0, index).flatMap(({ apps }) => apps);
    const [first] = before.toSorted((a, b) => rankOf(b) - rankOf(a));
    const back = first === undefined ? [] : wave.apps.filter((app) => rankOf(app) < rankOf(first));
    if (first === undefined || back.length === 0) return [];
    const stages = [...new Set(back.map(stageOf))].join(' and ');
    return [
      `Wave ${wave.name} goes against Heroku's stages: ${few(back.map((app) => app.name))} in ${stages} after ${first.name} in ${stageOf(first)}.`,
    ];
  });
}

function few(names: readonly string[]): string {
  const rest = names.length - LISTED_MAX;
  return rest > 0 ? `${names.slice(0, LISTED_MAX).join(', ')} and ${rest} more` : listOf(names);
}

function byName(a: AppRef, b: AppRef): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function wavesOfStages(config: PipelineConfig, heroku: HerokuFleet): readonly Wave[] {
  const filled = WAVES.flatMap((stage) => {
    const apps = heroku.apps
      .filter((app) => app.stage === stage)
      .map(({ id, name }) => ({ id, name }))
      .sort(byName);
    return apps.length === 0 ? [] : [{ name: stage, apps }];
  });
  return filled.map((wave, index) => ({
    ...wave,
    soakMs: index === 0 ? 0 : config.soakMs,
    ...(index > 0 && config.counting !== undefined && { counting: config.counting }),
    checks: index === 0 ? [] : config.checks,
  }));
}

/** Which wave such an app is of, nobody can tell: the waves cannot be made of stages then. */
function unreadStages(parameter: string, { apps }: HerokuFleet): readonly ConfigProblem[] {
  return apps.flatMap(({ name, unread }) =>
    unread === undefined
      ? []
      : [
          problem(
            parameter,
            ['waves'],
            `nothing, and ${name} at a stage that cannot be read`,
            `waves that name the apps (${unread})`,
          ),
        ],
  );
}

function wavesOfNames(
  parameter: string,
  written: NonNullable<PipelineConfig['waves']>,
  heroku: HerokuFleet,
): { readonly waves: readonly Wave[]; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const taken = new Map<string, string>();
  const waves = written.map(({ apps, ...wave }, waveIndex): Wave => {
    const found = apps.flatMap((nameOrId, index): readonly AppRef[] => {
      const path: Path = ['waves', waveIndex, 'apps', index];
      const refuse = (expected: string): readonly AppRef[] => {
        problems.push(
          problem(parameter, path, shown(nameOrId), expected, placeText(path, { waves: written })),
        );
        return [];
      };
      const app = heroku.apps.find((one) => one.id === nameOrId || one.name === nameOrId);
      if (app === undefined || (app.unread === undefined && !STAGES.includes(app.stage))) {
        return refuse(notOurs(nameOrId, app?.stage, heroku));
      }
      const before = taken.get(app.id);
      if (before !== undefined) return refuse(onceOnly(before));
      taken.set(app.id, `wave ${wave.name}`);
      return [{ id: app.id, name: app.name }];
    });
    return { ...wave, apps: found };
  });
  return { waves, problems };
}

function notOurs(written: string, stage: string | undefined, heroku: HerokuFleet): string {
  if (stage !== undefined)
    return `an app in ${oneOf(STAGES)}: this one is in ${stage}, which takes no promotions`;
  const names = heroku.apps.filter((app) => STAGES.includes(app.stage)).map((app) => app.name);
  const near = nearest(written, names);
  const first = [...names].sort((a, b) => Number(b === near) - Number(a === near) || (a < b ? -1 : 1));
  const listed = [...first.slice(0, LISTED_MAX), ...(first.length > LISTED_MAX ? ['…'] : [])].join(', ');
  return `an app of Heroku pipeline ${heroku.pipelineName} (${listed || 'it has none'})`;
}

function nothingToPromoteTo(parameter: string, waves: readonly Wave[], heroku: HerokuFleet): ConfigProblem {
  const [only] = waves;
  const has = only === undefined ? 'no app in any of them' : `apps in ${only.name} only`;
  return problem(
    parameter,
    ['pipeline'],
    `${shown(heroku.pipelineName)} with ${has}`,
    `apps in ${WAVES.join(' and ')}, or waves that name the apps`,
  );
}
