// The story's world: a simulated Heroku on the story's own clock, kept in a file where `--data` asks for it.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../shared/clock.ts';
import { systemClock } from '../../../shared/clock.ts';
import { createSimulator, type Simulator } from '../heroku/simulator.ts';
import { FLEET } from './fleet.ts';
import { COMMITS, STORY_STARTS_AT } from './script.ts';
import { STORY_SECRETS } from './senders.ts';

const MINUTE_MS = 60_000;

/** The story's time, moved by its minutes only; waiting takes the machine's time. */
export interface StoryClock extends Clock {
  readonly minute: number;
  advance(): void;
}

export interface StoryWorld {
  readonly clock: StoryClock;
  readonly heroku: Simulator;
  /** Notes that everything of the present minute has happened: a run that is killed goes on from there. */
  minuteDone(): void;
}

interface Saved {
  readonly minute: number;
  readonly state: Parameters<typeof createSimulator>[0]['state'];
}

export function openWorld(data: string | null): StoryWorld {
  const file = data === null ? null : join(data, 'heroku.json');
  const saved = file === null ? null : load(file);
  let minute = saved?.minute ?? 0;
  let done = minute;
  const clock: StoryClock = {
    get minute() {
      return minute;
    },
    advance: () => {
      minute += 1;
    },
    now: () => STORY_STARTS_AT + minute * MINUTE_MS,
    sleep: systemClock.sleep,
  };
  const save = (state: Saved['state']): void => {
    if (file !== null) store(file, { minute: done, state });
  };
  const heroku = createSimulator({ clock, onChange: save, ...(saved?.state && { state: saved.state }) });
  if (saved === null) populate(heroku);
  return {
    clock,
    heroku,
    minuteDone() {
      done = minute;
      save(heroku.snapshot());
    },
  };
}

function populate(heroku: Simulator): void {
  for (const { name, baseline, staging, production } of FLEET) {
    const apps = [
      ...staging.map((app) => ({ name: app, stage: 'staging' as const })),
      ...production.map((app) => ({ name: app, stage: 'production' as const })),
    ];
    heroku.addPipeline({ name, apps });
    for (const app of apps) heroku.deploy(app.name, { commit: baseline });
  }
  heroku.setPromotionSeconds(20);
  heroku.setReleasePhase('web-production', { seconds: 30, fails: [COMMITS.webBroken] });
}

/** Heroku tells the webhook about every release of every app, as `heroku webhooks:add` would have it. */
export async function subscribe(heroku: Simulator, webhookUrl: string): Promise<void> {
  const headers = {
    accept: 'application/vnd.heroku+json; version=3',
    authorization: 'Bearer story',
    'content-type': 'application/json',
  };
  const body = {
    include: ['api:release'],
    level: 'notify',
    url: `${webhookUrl}/heroku`,
    secret: STORY_SECRETS['heroku'],
  };
  for (const app of FLEET.flatMap((pipeline) => [...pipeline.staging, ...pipeline.production])) {
    const path = `${heroku.url}/apps/${app}/webhooks`;
    const old = (await (await fetch(path, { headers })).json()) as { id: string }[];
    for (const hook of old) await fetch(`${path}/${hook.id}`, { method: 'DELETE', headers });
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }
  heroku.calls.reset();
}

function load(file: string): Saved | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch {
    return null;
  }
}

/** Whole or not at all, whenever the process is killed. */
function store(file: string, saved: Saved): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const temporary = `${file}.new`;
  writeFileSync(temporary, JSON.stringify(saved));
  renameSync(temporary, file);
}
