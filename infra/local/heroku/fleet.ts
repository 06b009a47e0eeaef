// A fleet file (YAML) and the world it describes. Pure: text in, state out.
// FLEET_FORMAT is the format's one description; `--help` prints it.

import { parse } from 'yaml';
import { createSimulator } from './simulator.ts';
import type { SimulatorState, Stage } from './state.ts';

export const FLEET_FORMAT = `A fleet file is YAML:
  promotionSeconds: 4                 # how long each target of a promotion takes (default 4)
  pipelines:
    - name: router
      owner: acme                     # a team, or a person's e-mail address (default acme)
      generation: cedar               # or fir (default cedar)
      apps:
        - name: router-qa01
          stage: staging              # test, review, development, staging or production
          commits: ["1f0a9c3"]        # deployed so far, an hour apart, oldest first (default none)
          releasePhase:               # default none
            seconds: 20
            fails: ["9e107d9"]        # commits whose release command fails, or always (default none)
          maintenance: false
          stack: container            # a Docker app, which Heroku cannot promote (default heroku-24)`;

interface FleetApp {
  readonly name: string;
  readonly stage: Stage;
  readonly commits: readonly string[];
  readonly releasePhase: { readonly seconds: number; readonly fails: readonly string[] | 'always' } | null;
  readonly maintenance: boolean;
  readonly stack: string | undefined;
}

interface FleetPipeline {
  readonly name: string;
  readonly owner: string;
  readonly generation: 'cedar' | 'fir';
  readonly apps: readonly FleetApp[];
}

export interface Fleet {
  readonly promotionSeconds: number;
  readonly pipelines: readonly FleetPipeline[];
}

/** One line: the file, the path in it, what was found, what is expected. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
}

const HOUR_MS = 60 * 60 * 1000;
// Heroku's schema.
const APP_NAME = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;
const PIPELINE_NAME = /^[a-z][a-z0-9-]{2,29}$/;
const STAGES = ['test', 'review', 'development', 'staging', 'production'] as const satisfies Stage[];

export function parseFleet(text: string, file: string): Fleet {
  return new Reader(file).fleet(text);
}

/** The fleet as it stands at `now`, its deployments an hour apart before that. */
export function fleetState(fleet: Fleet, now: number, seed = 1): SimulatorState {
  const steps = Math.max(
    0,
    ...fleet.pipelines.flatMap(({ apps }) => apps.map(({ commits }) => commits.length)),
  );
  let instant = now - (steps + 1) * HOUR_MS;
  const simulator = createSimulator({ clock: { now: () => instant }, seed });
  simulator.setPromotionSeconds(fleet.promotionSeconds);
  for (const pipeline of fleet.pipelines) {
    const apps = pipeline.apps.map(({ name, stage, stack }) =>
      stack === undefined ? { name, stage } : { name, stage, stack },
    );
    simulator.addPipeline({ ...pipeline, apps });
  }
  const apps = fleet.pipelines.flatMap((pipeline) => pipeline.apps);
  for (let step = steps; step > 0; step -= 1) {
    instant = now - step * HOUR_MS;
    for (const { commits, name } of apps) {
      const commit = commits.at(-step);
      if (commit !== undefined) simulator.deploy(name, { commit });
    }
  }
  for (const { maintenance, name, releasePhase } of apps) {
    simulator.setReleasePhase(name, releasePhase);
    if (maintenance) simulator.setMaintenance(name, true);
  }
  return simulator.snapshot();
}

type Fields = Record<string, unknown>;

class Reader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fleet(source: string): Fleet {
    let parsed: unknown;
    try {
      parsed = parse(source);
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw new FleetError(`${this.#file}: not YAML: ${reason}`);
    }
    const fields = this.#fields(parsed, 'the file', ['promotionSeconds', 'pipelines']);
    const pipelines = this.#list(fields['pipelines'], 'pipelines').map((each, index) =>
      this.#pipeline(each, `pipelines[${index}]`),
    );
    const names = pipelines.flatMap(({ apps }) => apps.map(({ name }) => name));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.#fail('pipelines', `the app ${twice} twice`, 'each app once');
    const promotionSeconds = this.#seconds(fields['promotionSeconds'] ?? 4, 'promotionSeconds');
    return { promotionSeconds, pipelines };
  }

  #pipeline(value: unknown, path: string): FleetPipeline {
    const fields = this.#fields(value, path, ['name', 'owner', 'generation', 'apps']);
    return {
      name: this.#matching(fields['name'], `${path}.name`, PIPELINE_NAME, 'a pipeline name such as router'),
      owner: this.#text(fields['owner'] ?? 'acme', `${path}.owner`),
      generation: this.#oneOf(fields['generation'] ?? 'cedar', `${path}.generation`, ['cedar', 'fir']),
      apps: this.#list(fields['apps'], `${path}.apps`).map((app, index) =>
        this.#app(app, `${path}.apps[${index}]`),
      ),
    };
  }

  #app(value: unknown, path: string): FleetApp {
    const known = ['name', 'stage', 'commits', 'releasePhase', 'maintenance', 'stack'];
    const fields = this.#fields(value, path, known);
    const { maintenance = false, releasePhase, stack } = fields;
    if (typeof maintenance !== 'boolean') this.#fail(`${path}.maintenance`, maintenance, 'true or false');
    return {
      name: this.#matching(fields['name'], `${path}.name`, APP_NAME, 'an app name such as router-qa01'),
      stage: this.#oneOf(fields['stage'], `${path}.stage`, STAGES),
      commits: this.#commits(fields['commits'] ?? [], `${path}.commits`),
      releasePhase: releasePhase === undefined ? null : this.#phase(releasePhase, `${path}.releasePhase`),
      maintenance,
      stack: stack === undefined ? undefined : this.#text(stack, `${path}.stack`),
    };
  }

  #phase(value: unknown, path: string): NonNullable<FleetApp['releasePhase']> {
    const { fails = [], seconds } = this.#fields(value, path, ['seconds', 'fails']);
    return {
      seconds: this.#seconds(seconds, `${path}.seconds`),
      fails: fails === 'always' ? fails : this.#commits(fails, `${path}.fails`),
    };
  }

  #commits(value: unknown, path: string): string[] {
    // Unquoted, 1234567 is a number and 12e4567 a huge one.
    return this.#list(value, path).map((commit, index) =>
      this.#matching(commit, `${path}[${index}]`, /^\S+$/, 'a commit in quotes'),
    );
  }

  #seconds(value: unknown, path: string): number {
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
    return this.#fail(path, value, 'a number of seconds, 0 or more');
  }

  #oneOf<T extends string>(value: unknown, path: string, known: readonly T[]): T {
    return known.find((each) => each === value) ?? this.#fail(path, value, `one of ${known.join(', ')}`);
  }

  #matching(value: unknown, path: string, pattern: RegExp, expected: string): string {
    return typeof value === 'string' && pattern.test(value) ? value : this.#fail(path, value, expected);
  }

  #text(value: unknown, path: string): string {
    return this.#matching(value, path, /\S/, 'a text');
  }

  #list(value: unknown, path: string): unknown[] {
    return Array.isArray(value) ? value : this.#fail(path, value, 'a list');
  }

  #fields(value: unknown, path: string, known: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#fail(path, value, `a mapping with ${known.join(', ')}`);
    }
    const unknown = Object.keys(value).find((key) => !known.includes(key));
    if (unknown !== undefined) this.#fail(path, `the key ${unknown}`, `only ${known.join(', ')}`);
    return { ...value };
  }

  #fail(path: string, found: unknown, expected: string): never {
    const shown = typeof found === 'string' ? found : found === undefined ? 'nothing' : JSON.stringify(found);
    throw new FleetError(`${this.#file}: ${path}: found ${shown}, expected ${expected}`);
  }
}
