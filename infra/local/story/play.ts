// Playing the story: minute by minute, what happens in the world, and then a tick.

import { monotonicFactory } from 'ulid';
import { placeHold } from '../../../shared/operations/hold.ts';
import { readAccount } from '../../../shared/operations/pipelines.ts';
import { unhold } from '../../../shared/operations/unhold.ts';
import type { Table } from '../../../shared/table/port.ts';
import { convergence } from '../converged.ts';
import type { Reporter, Summary } from '../reporter.ts';
import { HAPPENED } from '../telling.ts';
import type { LocalRun } from '../wiring.ts';
import { eventsOf } from './motion.ts';
import { LAST_MINUTE, MINUTES_MAX, type StoryEvent } from './script.ts';
import { sendStatus, sendSuite } from './senders.ts';
import type { StoryWorld } from './world.ts';

export interface PlayOptions {
  readonly world: StoryWorld;
  readonly run: LocalRun;
  readonly table: Table;
  readonly reporter: Reporter;
  /** To the end and no further. */
  readonly once: boolean;
  /** What lies between two minutes of the story. */
  readonly pause: () => Promise<void>;
  readonly isOver: () => boolean;
}

export async function play(options: PlayOptions): Promise<Omit<Summary, 'herokuCalls'>> {
  const { world, run, table, reporter, once } = options;
  const { clock } = world;
  let promotions = 0;
  run.bus.on((event) => {
    reporter.event(event, clock.now());
    if (event.type === 'AttemptOpened') promotions += 1;
  });
  const newId = monotonicFactory();
  const started = clock.minute;
  for (;;) {
    clock.advance();
    for (const event of eventsOf(clock.minute, once)) {
      reporter.say(lineOf(event), clock.now());
      await happen(event, options, newId);
    }
    await world.heroku.deliverWebhooks();
    await run.bus.idle();
    const record = await run.tick();
    reporter.ticked({ ...record, at: clock.now() });
    world.minuteDone();
    reporter.draw(clock.now());
    if (options.isOver()) break;
    if (once && (await isAtEnd(clock.minute, started, table))) break;
    await options.pause();
  }
  return { promotions, ...(await convergence(table)) };
}

async function isAtEnd(minute: number, started: number, table: Table): Promise<boolean> {
  if (minute - started >= MINUTES_MAX) return true;
  return minute > LAST_MINUTE && (await convergence(table)).converged;
}

function lineOf(event: StoryEvent) {
  const wave = 'wave' in event ? event.wave : '';
  const pipeline = 'app' in event ? (event.app.split('-')[0] ?? '') : 'wave' in event ? 'router' : '';
  return { mark: HAPPENED, pipeline, wave, text: event.says };
}

async function happen(
  event: StoryEvent,
  { world, run, table }: PlayOptions,
  newId: (at: number) => string,
): Promise<void> {
  const { clock, heroku } = world;
  const url = run.webhooks.url;
  switch (event.kind) {
    case 'merge':
      heroku.deploy(event.app, { commit: event.commit });
      return;
    case 'ci': {
      const { commit, state } = event;
      const delivery = `${commit.slice(0, 12)}-${state}`;
      return sendStatus(url, { commit, state, context: 'ci/circleci: build', at: clock.now(), delivery });
    }
    case 'suite':
      return sendSuite(url, { name: 'direwolf', app: event.app, state: event.state, at: clock.now() });
    case 'hold':
    case 'unhold': {
      const pipelineId = heroku.pipeline('router').id;
      const ports = { table, clock, newId };
      const actor = 'oncall@example.com';
      const account = await readAccount(table, { pipelineId, name: 'router' }, clock.now());
      const asker = { wave: event.wave, actor, reason: event.says };
      if (event.kind === 'unhold') await unhold(account, { ...asker, ids: [] }, ports);
      else {
        const expiresAt = clock.now() + 7_200_000;
        await placeHold(account, { ...asker, reason: event.reason, expiresAt }, ports);
      }
      return;
    }
  }
}
