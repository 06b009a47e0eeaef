// What the stack tells a function by its environment.

import { CHANGING_VERBS, type ChangingVerb } from '../shared/operations/verbs.ts';
import { DEFAULT_PREFIX } from '../shared/parameters/names.ts';

export interface Environment {
  readonly tableName: string;
  readonly busName: string;
  /** What all parameters lie under. */
  readonly prefix: string;
  /** The distance of ticks, ms. */
  readonly tickMs: number;
}

/** The names of the variables, for the stack to set. */
export const VARIABLES = {
  tableName: 'SLUICE_TABLE',
  busName: 'SLUICE_BUS',
  prefix: 'SLUICE_PREFIX',
  tickMinutes: 'SLUICE_TICK_MINUTES',
  verb: 'SLUICE_VERB',
} as const;

/** @throws Error that names a missing variable. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  return { ...readBus(env), tickMs: minutes(env, VARIABLES.tickMinutes) * 60_000 };
}

/** For a function that is not scheduled. */
export function readBus(env: NodeJS.ProcessEnv): Omit<Environment, 'tickMs'> {
  return {
    ...readTable(env),
    busName: required(env, VARIABLES.busName),
  };
}

/** For a function that has no more than the table. @throws Error that names a missing variable. */
export function readTable(env: NodeJS.ProcessEnv): Pick<Environment, 'tableName' | 'prefix'> {
  return {
    tableName: required(env, VARIABLES.tableName),
    prefix: env[VARIABLES.prefix] || DEFAULT_PREFIX,
  };
}

/** The verbs that a function does: the one it is told, or all. @throws Error for a word that is no verb. */
export function readVerbs(env: NodeJS.ProcessEnv): readonly ChangingVerb[] {
  const value = env[VARIABLES.verb];
  if (value === undefined) return CHANGING_VERBS;
  const verb = CHANGING_VERBS.find((one) => one === value);
  if (verb !== undefined) return [verb];
  throw new Error(
    `The function's environment has ${VARIABLES.verb}=${value}, expected one of ${CHANGING_VERBS.join(', ')}; the stack sets it: npx cdk deploy`,
  );
}

function minutes(env: NodeJS.ProcessEnv, name: string): number {
  const value = Number(required(env, name));
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(
    `The function's environment has ${name}=${env[name]}, expected minutes; the stack sets it: npx cdk deploy`,
  );
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`The function's environment has no ${name}; the stack sets it: npx cdk deploy`);
}
