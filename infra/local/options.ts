// The command line of `npm start`: what may be asked for, and what is said when it is asked wrongly. Pure.

import { parseArgs } from 'node:util';

export interface Options {
  /** A folder of configuration: run against a given Heroku API. Null: play the story on the simulated Heroku. */
  readonly config: string | null;
  readonly herokuUrl: string;
  readonly statusUrl: string;
  readonly live: boolean;
  readonly once: boolean;
  readonly json: boolean;
  /** Null: until interrupted. */
  readonly ticks: number | null;
  /** Seconds of the machine's time between two ticks; null: what suits the mode. */
  readonly tickSeconds: number | null;
  /** A folder that keeps the table (and, in the story, the simulated Heroku) between runs. */
  readonly data: string | null;
  readonly port: number;
  readonly help: boolean;
}

export const DEFAULT_PORT = 4747;

export const HELP = `Sluice on this machine: the same functions as deployed, on an embedded table.

  npm start                                 the story: a simulated Heroku with a fleet in motion
  npm start -- --once                       the story to its end, in under a minute
  npm start -- --config DIR                 your own configuration, against Heroku; it only observes

  --config DIR        read DIR/pipelines/*.yaml and DIR/defaults.yaml in place of SSM parameters;
                      webhook secrets from DIR/webhooks/<source>
  --heroku-url URL    the Heroku API (default https://api.heroku.com); the token is HEROKU_API_KEY
                      (where a pipeline names its repo, GITHUB_TOKEN is what GitHub is asked with)
  --status-url URL    Heroku's status page (default: URL when that is on loopback, else https://status.heroku.com)
  --live              really promote (not in pipelines with mode: observe); without it nothing is promoted
  --ticks N           stop after N ticks
  --tick-seconds S    seconds between ticks (default 60; in the story 1, for a minute of its time)
  --data DIR          keep the table in DIR between runs
  --once              play the story to its end and stop
  --json              print every event as a line of JSON, and a summary as the last line
  --port P            where webhooks are received (default ${DEFAULT_PORT}, on 127.0.0.1)

Exit status: 0 done; 1 the last tick failed, or the story did not converge; 2 wrong usage.
In another terminal: ./sluice status, ./sluice why router
`;

/** Wrong usage: say it and end with status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const config = values.config ?? null;
  if (config === null) {
    for (const name of ['heroku-url', 'status-url', 'live', 'ticks'] as const) {
      if (values[name] !== undefined && values[name] !== false) {
        throw new UsageError(`--${name} goes with --config DIR; the story plays on the simulated Heroku.`);
      }
    }
  } else if (values.once === true) {
    throw new UsageError('--once plays the story; with --config DIR use --ticks N.');
  }
  const herokuUrl = values['heroku-url'] ?? 'https://api.heroku.com';
  return {
    config,
    herokuUrl: urlOf('--heroku-url', herokuUrl),
    statusUrl: urlOf('--status-url', values['status-url'] ?? statusUrlFor(herokuUrl)),
    live: values.live === true,
    once: values.once === true,
    json: values.json === true,
    ticks: values.ticks === undefined ? null : numberOf('--ticks', values.ticks, 1, true),
    tickSeconds:
      values['tick-seconds'] === undefined
        ? null
        : numberOf('--tick-seconds', values['tick-seconds'], config === null ? 0 : 0.1, false),
    data: values.data ?? null,
    port: values.port === undefined ? DEFAULT_PORT : portOf(values.port),
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        config: { type: 'string' },
        'heroku-url': { type: 'string' },
        'status-url': { type: 'string' },
        live: { type: 'boolean' },
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        ticks: { type: 'string' },
        'tick-seconds': { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function numberOf(name: string, text: string, least: number, whole: boolean): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number) || number < least || (whole && !Number.isInteger(number))) {
    const kind = whole ? 'a whole number' : 'a number';
    throw new UsageError(`${name}: found ${JSON.stringify(text)}, expected ${kind} of at least ${least}.`);
  }
  return number;
}

function portOf(text: string): number {
  const port = numberOf('--port', text, 0, true);
  if (port > 65_535) throw new UsageError(`--port: found ${port}, expected a number from 0 to 65535.`);
  return port;
}

function urlOf(name: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(
      `${name}: found ${JSON.stringify(text)}, expected a URL like https://api.heroku.com.`,
    );
  }
  return text;
}

/** A Heroku on this machine answers for its own status; a run against it must not look at the real page. */
function statusUrlFor(herokuUrl: string): string {
  const host = URL.canParse(herokuUrl) ? new URL(herokuUrl).hostname : '';
  return /^(127\.|localhost$|\[::1\]$)/.test(host) ? herokuUrl : 'https://status.heroku.com';
}
