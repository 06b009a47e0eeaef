// Is every configured pipeline there, with every app it names, and can the token read their releases? Asks Heroku.
//
// A second factor is told from a release that cannot be read (403 `two_factor`), since that is the very read that a run
// makes. Heroku's capabilities endpoint would tell too, by a PUT whose shape is a prototype: it is not asked.

import type { ReadPipeline } from '../config/configuration.ts';
import { shown } from '../config/problem.ts';
import { resolvePipeline } from '../config/resolve.ts';
import type { AppRef, Pipeline } from '../domain/pipeline.ts';
import { listOf } from '../domain/words.ts';
import { type HerokuApp, HerokuError, type OddRow, type Release } from '../heroku/port.ts';
import { type ParameterNames, prefixOption } from '../parameters/names.ts';
import { stopsTheTick } from '../promotion/observe.ts';
import { readPipeline } from '../scan/resolve-fleet.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';
import { type Configuration, configFindings, pushCommand, shortNameOf } from './parameters.ts';
import type { DoctorReads } from './ports.ts';

const { ok, warning, problem } = findingsOf('pipelines');

/** The releases of so many apps are read, one call each. */
export const APPS_MAX = 40;
/** So many at a time. */
const AT_ONCE = 5;
/** How many apps a line lists. */
const LISTED_MAX = 6;

export interface PipelinesExamination {
  readonly findings: readonly Finding[];
  /** A pipeline that was found, to ask more about. */
  readonly pipeline: { readonly id: string; readonly name: string } | null;
  /** The newest release with an artifact that could be read. */
  readonly release: Pick<Release, 'appId' | 'artifact'> | null;
}

export async function examinePipelines(
  { pipelines, written, stopped }: Configuration,
  heroku: DoctorReads,
  names: ParameterNames,
  now: number,
): Promise<PipelinesExamination> {
  if (written === 0) return { findings: [nonePipeline(names)], pipeline: null, release: null };
  if (stopped !== null) {
    return { findings: [warning('all', `not looked for: ${stopped}`)], pipeline: null, release: null };
  }
  const findings: Finding[] = [];
  const found: { readonly pipeline: Pipeline; readonly herokuName: string }[] = [];
  const releases: Release[] = [];
  try {
    const aside = ({ appName, appId, why }: OddRow) =>
      void findings.push(warning(appName ?? appId ?? 'an app', `cannot be read: ${why}`));
    const apps = pipelines.length === 0 ? [] : await heroku.apps(aside);
    const owners = new Map<string, string>();
    for (const configured of pipelines) {
      const resolved = await resolve(configured, apps, heroku, names, now);
      findings.push(...resolved.findings);
      if (resolved.pipeline === null) continue;
      const { id } = resolved.pipeline;
      const owner = owners.get(id);
      if (owner !== undefined) findings.push(twice(configured, owner, names));
      else found.push({ pipeline: resolved.pipeline, herokuName: resolved.herokuName });
      owners.set(id, owner ?? configured.parameter);
    }
    for (const { pipeline } of found) findings.push(...(await newestReleaseFindings(pipeline, heroku)));
    const read = await readReleases(
      found.map(({ pipeline }) => pipeline),
      heroku,
    );
    findings.push(...read.findings);
    releases.push(...read.releases);
  } catch (error) {
    if (!(error instanceof HerokuError)) throw error;
    findings.push(
      problem('all', `not examined to the end: ${reasonOf(error)}`, { todo: error.hint || undefined }),
    );
  }
  const [first] = found;
  return {
    findings,
    pipeline: first === undefined ? null : { id: first.pipeline.id, name: first.herokuName },
    release: releases.find(({ artifact }) => artifact !== null) ?? releases[0] ?? null,
  };
}

function nonePipeline(names: ParameterNames): Finding {
  const name = names.pipeline('router');
  return warning('none', 'no pipeline is configured yet: there is nothing to promote', {
    expected: `a parameter for each, such as ${name}`,
    todo: `sluice config push DIR${prefixOption(names.prefix)}   (DIR: a folder with pipelines/router.yaml in it: docs/install.md, "The first pipeline")`,
  });
}

/** For an installation that cannot ask Heroku yet: what can be said of the pipelines all the same. */
export function notExamined(
  { pipelines, written }: Configuration,
  names: ParameterNames,
  why: string,
): Finding {
  if (written === 0) return nonePipeline(names);
  return warning('all', `not looked for: ${why}; ${pipelines.length} of ${written} parameters can be read`);
}

async function resolve(
  { name, parameter, config }: ReadPipeline,
  apps: readonly HerokuApp[],
  heroku: DoctorReads,
  names: ParameterNames,
  now: number,
): Promise<{
  readonly pipeline: Pipeline | null;
  readonly herokuName: string;
  readonly findings: readonly Finding[];
}> {
  const todo = pushCommand(shortNameOf(parameter, names), names);
  const read = await readPipeline(config.pipeline, apps, readsOf(heroku), now);
  if (!read.ok) {
    const [found = '', expected] = read.problem.replace(/^found /, 'pipeline: found ').split(', expected ');
    return { pipeline: null, herokuName: '', findings: [problem(name, found, { expected, todo })] };
  }
  const { id, name: herokuName, apps: coupled } = read.entry;
  const fleet = coupled.map((app) => ({ ...app, name: app.name ?? app.id }));
  const resolved = resolvePipeline(parameter, name, config, {
    pipelineId: id,
    pipelineName: herokuName,
    apps: fleet,
  });
  if (!resolved.ok) {
    const findings = configFindings(problem, resolved.problems, names, name);
    return { pipeline: null, herokuName, findings };
  }
  const { pipeline, unnamed } = resolved;
  return { pipeline, herokuName, findings: [ok(name, described(pipeline, unnamed))] };
}

/** `readPipeline` takes the whole port; it uses these. */
function readsOf(reads: DoctorReads): Parameters<typeof readPipeline>[2] {
  const never = () => Promise.reject(new Error('not a read of the doctor'));
  return { ...reads, commit: never, formation: never, promotionTargets: never };
}

function described({ mode, waves }: Pipeline, unnamed: readonly AppRef[]): string {
  const apps = waves.reduce((sum, wave) => sum + wave.apps.length, 0);
  const rest = unnamed.length === 0 ? '' : `; in no wave, so left alone: ${few(unnamed)}`;
  const does = mode === 'promote' ? 'promotes' : 'observes only';
  return `${does}; ${apps} apps in ${waves.length} waves: ${waves.map((wave) => wave.name).join(', ')}${rest}`;
}

function few(apps: readonly AppRef[]): string {
  const shown = apps.slice(0, LISTED_MAX).map((app) => app.name);
  return apps.length > LISTED_MAX
    ? `${shown.join(', ')} and ${apps.length - LISTED_MAX} more`
    : listOf(shown);
}

function twice({ name, parameter, config }: ReadPipeline, owner: string, names: ParameterNames): Finding {
  return problem(name, `pipeline: found ${shown(config.pipeline)}, which ${shortNameOf(owner, names)} has`, {
    expected: 'a Heroku pipeline of its own',
    todo: `aws ssm delete-parameter --name ${parameter}   (or ${owner})`,
  });
}

/** What a run starts from: one call for the whole pipeline. */
async function newestReleaseFindings(pipeline: Pipeline, heroku: DoctorReads): Promise<readonly Finding[]> {
  try {
    await heroku.latestReleases(pipeline.id);
    return [];
  } catch (error) {
    return [refused(pipeline.name, 'its newest releases cannot be read', error)];
  }
}

async function readReleases(
  pipelines: readonly Pipeline[],
  heroku: DoctorReads,
): Promise<{ readonly findings: readonly Finding[]; readonly releases: readonly Release[] }> {
  const all = pipelines.flatMap((pipeline) =>
    pipeline.waves.flatMap((wave) => wave.apps.map((app) => ({ app, pipeline }))),
  );
  const some = all.slice(0, APPS_MAX);
  const findings: Finding[] = [];
  const releases: Release[] = [];
  for (let from = 0; from < some.length; from += AT_ONCE) {
    const read = some.slice(from, from + AT_ONCE).map(async ({ app, pipeline }) => {
      try {
        releases.push(...(await heroku.releases(app.id, 1)).releases);
      } catch (error) {
        findings.push(refused(pipeline.name, `${app.name}: its releases cannot be read`, error));
      }
    });
    await Promise.all(read);
  }
  if (some.length > 0 && (findings.length === 0 || some.length < all.length)) {
    findings.push(ok('releases', readWords(some.length, all.length)));
  }
  return { findings, releases };
}

function readWords(read: number, all: number): string {
  return read === all
    ? `the newest of each app can be read (${all} ${all === 1 ? 'app' : 'apps'})`
    : `only the first ${read} of ${all} apps were asked for theirs`;
}

/** @throws the error when it concerns everything, not this one thing. */
function refused(subject: string, what: string, error: unknown): Finding {
  if (stopsTheTick(error) || !(error instanceof HerokuError)) throw error;
  return problem(subject, `${what}: ${reasonOf(error)}`, { todo: error.hint || undefined });
}
