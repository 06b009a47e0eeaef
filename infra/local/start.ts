// `npm start`: Sluice on this machine. Plays the story on the simulated Heroku, or runs against a given Heroku API.

import { join } from 'node:path';
import { styleText } from 'node:util';
import { type Clock, systemClock } from '../../shared/clock.ts';
import type { Log } from '../../shared/events.ts';
import { endQuietly } from '../../shared/local/pipe.ts';
import { RUN_FOLDER, readRunFile, removeRunFile, writeRunFile } from '../../shared/local/run-file.ts';
import { openEmbeddedTable } from '../../shared/table/embedded.ts';
import type { Table } from '../../shared/table/port.ts';
import { configFolder } from './config-folder.ts';
import { convergence, seenIn } from './converged.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';
import { createReporter, type Reporter, type Summary } from './reporter.ts';
import { storyConfig } from './story/fleet.ts';
import { play } from './story/play.ts';
import { STORY_SECRETS } from './story/senders.ts';
import { openWorld, type StoryWorld, subscribe } from './story/world.ts';
import { type LocalRun, wire } from './wiring.ts';

const MINUTE_MS = 60_000;
const STORY_NOTE =
  'Sluice plays its story: three pipelines on a simulated Heroku, a minute a second. Ctrl-C ends it.\nIn another terminal: ./sluice status, ./sluice why router\n';

interface Running {
  readonly table: Table;
  readonly tableEndpoint: string;
  readonly tableKey: string;
  readonly folder: string;
  readonly reporter: Reporter;
  readonly isOver: () => boolean;
  /** Resolves after `ms`, or as soon as the run is interrupted. */
  readonly pause: (ms: number) => Promise<void>;
}

async function main(options: Options): Promise<number> {
  const folder = options.data ?? RUN_FOLDER;
  const embedded = await openEmbeddedTable(options.data === null ? undefined : join(options.data, 'table'));
  const interruption = listenForInterruption();
  try {
    const { stdout: out, stderr: err } = process;
    // Node knows about NO_COLOR, FORCE_COLOR and what is no terminal.
    const colour = styleText('red', 'x') !== 'x';
    const seen = await seenIn(embedded.table);
    const seconds = options.config !== null;
    const reporter = createReporter({ json: options.json, colour, seconds, out, err, seen });
    const running: Running = {
      table: embedded.table,
      tableEndpoint: embedded.endpoint,
      tableKey: embedded.key,
      folder,
      reporter,
      ...interruption,
    };
    return options.config === null
      ? await runStory(options, running)
      : await runConfigured(options, options.config, running);
  } finally {
    removeRunFile(folder);
    await embedded.close();
  }
}

/** Ctrl-C ends the run after the tick that is under way; a second one at once. So does a reader who is gone. */
function listenForInterruption(): Pick<Running, 'isOver' | 'pause'> {
  let over = false;
  let wake: () => void = () => {};
  const interrupt = (): void => {
    if (over) process.exit(130);
    over = true;
    wake();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  endQuietly(process, () => {
    over = true;
    wake();
  });
  return {
    isOver: () => over,
    pause: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, over ? 0 : ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

async function runStory(options: Options, running: Running): Promise<number> {
  const world = openWorld(options.data);
  const url = await world.heroku.listen();
  try {
    const run = await wire({
      herokuUrl: url,
      statusUrl: url,
      token: 'story',
      githubToken: '',
      config: storyConfig,
      webhookSecret: async (source) => STORY_SECRETS[source] ?? null,
      table: running.table,
      clock: world.clock,
      dryRun: false,
      tickMs: MINUTE_MS,
      port: options.port,
      log: logTo(running.reporter, world.clock),
    });
    try {
      return await playStory(options, running, world, run);
    } finally {
      await run.close();
    }
  } finally {
    await world.heroku.close();
  }
}

async function playStory(
  options: Options,
  running: Running,
  world: StoryWorld,
  run: LocalRun,
): Promise<number> {
  const { reporter, table } = running;
  const { clock, heroku } = world;
  const pauseMs = options.once ? 0 : (options.tickSeconds ?? 1) * 1000;
  const rate = pauseMs === 0 ? 0 : MINUTE_MS / pauseMs;
  // The story's minutes take as long as they take: its time is told anew at each of them.
  const tellTime = () => announce(running, heroku.url, { at: clock.now(), realAt: systemClock.now(), rate });
  await subscribe(heroku, run.webhooks.url);
  tellTime();
  if (!options.once) reporter.note(STORY_NOTE);
  const played = await play({
    world,
    run,
    table,
    reporter,
    once: options.once,
    pause: () => {
      tellTime();
      return running.pause(pauseMs);
    },
    isOver: running.isOver,
  });
  const summary: Summary = { ...played, herokuCalls: run.herokuCalls() };
  reporter.summary(summary);
  return options.once && !summary.converged ? 1 : 0;
}

async function runConfigured(options: Options, folder: string, running: Running): Promise<number> {
  const { reporter, table } = running;
  const token = process.env['HEROKU_API_KEY'] ?? '';
  if (token === '') {
    throw new UsageError(
      'HEROKU_API_KEY: found nothing, expected a Heroku token. To observe, one that reads is enough: heroku authorizations:create -s read',
    );
  }
  const config = configFolder(folder);
  const tickMs = (options.tickSeconds ?? 60) * 1000;
  const run = await wire({
    herokuUrl: options.herokuUrl,
    statusUrl: options.statusUrl,
    token,
    githubToken: process.env['GITHUB_TOKEN']?.trim() ?? '',
    config,
    webhookSecret: (source) => config.webhookSecret(source),
    table,
    clock: systemClock,
    dryRun: !options.live,
    tickMs: Math.max(tickMs, 1),
    port: options.port,
    log: logTo(reporter, systemClock),
  });
  try {
    announce(running, options.herokuUrl, { at: systemClock.now(), realAt: systemClock.now(), rate: 1 });
    const mode = options.live ? 'promotes' : 'observes (add --live to promote)';
    reporter.note(
      `Sluice ${mode}: ${folder} on ${options.herokuUrl}. Webhooks: ${run.webhooks.url}/github, /circleci, /heroku, /signals/<source>\n`,
    );
    const done = await tickAlong(options, tickMs, run, running);
    reporter.summary({ ...done.summary, ...(await convergence(table)), herokuCalls: run.herokuCalls() });
    return done.lastTickFailed ? 1 : 0;
  } finally {
    await run.close();
  }
}

async function tickAlong(options: Options, tickMs: number, run: LocalRun, running: Running) {
  const { reporter } = running;
  let promotions = 0;
  let lastTickFailed = false;
  run.bus.on((event) => {
    reporter.event(event, systemClock.now());
    if (event.type === 'AttemptOpened') promotions += 1;
  });
  const startedAt = systemClock.now();
  for (let ticks = 1; !running.isOver(); ticks++) {
    const record = await run.tick();
    reporter.ticked({ ...record, at: systemClock.now() });
    lastTickFailed = !record.ok;
    reporter.draw(systemClock.now());
    if (ticks === options.ticks) break;
    // By the clock, however long a tick takes: the sweep counts its turns in it.
    await running.pause(Math.max(0, startedAt + ticks * tickMs - systemClock.now()));
  }
  return { summary: { promotions }, lastTickFailed };
}

/** Leaves word of the run for `sluice` in another terminal. */
function announce(
  running: Running,
  herokuUrl: string,
  clock: { at: number; realAt: number; rate: number },
): void {
  const { folder, tableEndpoint, tableKey, reporter } = running;
  const other = readRunFile(folder);
  if (other !== null && other.pid !== process.pid) {
    reporter.problem(
      `Process ${other.pid} runs here already, and that is the one ./sluice talks to. To talk to this one, give it --data DIR.`,
      clock.at,
    );
    return;
  }
  try {
    writeRunFile(folder, { pid: process.pid, tableEndpoint, tableKey, herokuUrl, clock });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    reporter.problem(`No word of this run could be left for sluice in ${folder}: ${why}`, clock.at);
  }
}

function logTo(reporter: Reporter, clock: Clock): Log {
  return (level, message) => {
    if (level !== 'info') reporter.problem(message, clock.now());
  };
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else process.exitCode = await main(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  const { message, stack } = error as Error;
  process.stderr.write(`${process.env['SLUICE_DEBUG'] === undefined ? message : (stack ?? message)}\n`);
  process.stderr.write(
    isUsage ? 'npm start -- --help lists what may be given.\n' : 'SLUICE_DEBUG=1 tells where it happened.\n',
  );
  process.exitCode = isUsage ? 2 : 1;
}
