// What no schema of a single key can say: what keys mean to each other. Works on the text as read, valid or not, so
// that these problems are told together with all others. Pure.

import { placeText } from './place.ts';
import { type ConfigProblem, type Path, problem, shown, valueAt } from './problem.ts';

export function pipelineProblems(parameter: string, raw: unknown): readonly ConfigProblem[] {
  return [...headProblems(parameter, raw), ...nameProblems(parameter, raw), ...appProblems(parameter, raw)];
}

/** The head is Heroku's to deploy: nothing is asked before it, so nothing may pretend to be. */
function headProblems(parameter: string, raw: unknown): readonly ConfigProblem[] {
  return ['soak', 'counting', 'checks'].flatMap((key) => {
    const path: Path = ['waves', 0, key];
    const value = valueAt(raw, path);
    const isSet = value !== undefined && !(Array.isArray(value) && value.length === 0);
    const why = `no ${key} on the first wave: Heroku deploys to it when a merge passes CI, and Sluice is not asked`;
    return isSet ? [problem(parameter, path, shown(value), why)] : [];
  });
}

function nameProblems(parameter: string, raw: unknown): readonly ConfigProblem[] {
  const waves = valueAt(raw, ['waves']);
  if (!Array.isArray(waves)) return [];
  const names = waves.map((_, index) => valueAt(raw, ['waves', index, 'name']));
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    return [
      problem(parameter, ['waves', index, 'name'], shown(name), `another name: wave ${first + 1} has it`),
    ];
  });
}

/** By what is written: that a name and a uuid are one app, only Heroku can tell. */
function appProblems(parameter: string, raw: unknown): readonly ConfigProblem[] {
  const taken = new Map<string, string>();
  return listAt(raw, ['waves']).flatMap((_, wave) =>
    listAt(raw, ['waves', wave, 'apps']).flatMap((app, index) => {
      if (typeof app !== 'string') return [];
      const before = taken.get(app);
      if (before !== undefined)
        return [problem(parameter, ['waves', wave, 'apps', index], shown(app), onceOnly(before))];
      taken.set(app, placeText(['waves', wave], raw));
      return [];
    }),
  );
}

/** What is expected of an app that a wave has already. */
export const onceOnly = (before: string): string => `each app once: ${before} has it`;

function listAt(raw: unknown, path: Path): readonly unknown[] {
  const value = valueAt(raw, path);
  return Array.isArray(value) ? value : [];
}

export function defaultsProblems(parameter: string, raw: unknown): readonly ConfigProblem[] {
  const own = ['pipeline', 'repo', 'waves'].flatMap((key) => {
    const value = valueAt(raw, [key]);
    const why = `no ${key} in defaults: every pipeline has its own`;
    return value === undefined ? [] : [problem(parameter, [key], shown(value), why)];
  });
  const list = valueAt(raw, ['checks']);
  if (!Array.isArray(list)) return own;
  const off = list.flatMap((entry: unknown, index) => {
    const name = typeof entry === 'object' && entry !== null ? Object.keys(entry)[0] : undefined;
    const path: Path = name === undefined ? [] : ['checks', index, name];
    if (name === undefined || valueAt(raw, path) !== 'off') return [];
    return [problem(parameter, path, '"off"', 'options: there is nothing further out to take away')];
  });
  return [...own, ...off];
}
