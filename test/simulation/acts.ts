// What each kind of act does to the world.

import type { StatusColour } from '../../infra/local/heroku/state.ts';
import type { ReleaseView } from '../../infra/local/heroku/views.ts';
import { keys } from '../../shared/table/keys.ts';
import { drawAsked, drawResults } from './ci.ts';
import { keyOf } from './deliveries.ts';
import { orderOf, type PipelinePlan, parameterOf, type WavePlan } from './fleet.ts';
import type { Act, ActKind } from './people.ts';
import type { Random } from './random.ts';
import type { Stand } from './stands.ts';
import { MINUTE } from './time.ts';
import { COLLEAGUE, CONTENDED, type World } from './world.ts';

const DEV = 'dev@example.com';

/** What is not green is not well, in words that nobody knows yet, too. */
const COLOURS: readonly [StatusColour, ...StatusColour[]] = ['red', 'red', 'yellow', 'blue' as StatusColour];

/** A parameter that means another pipeline, and lets go of the one that it meant before. */
const ELSEWHERE = 'pipeline: nowhere\n';

/** What an act is done to: its pipeline, and chosen apps of it. */
interface Scene {
  readonly world: World;
  readonly plan: PipelinePlan;
  readonly random: Random;
  /** A wave behind the head, and one of its apps. */
  readonly wave: WavePlan;
  readonly app: string;
  /** An app of any wave. */
  readonly anyApp: string;
}

/** Does what a person does; gives it in words, null when there was nothing to do. */
export function doAct(world: World, { kind, pipeline, random }: Act): string | null {
  const plan = world.planOf(world.fleet[pipeline % world.fleet.length]?.name ?? '');
  if (plan === undefined) return null;
  if (kind !== 'merge') world.disturb(plan.name);
  const waves = plan.waves.slice(1);
  const wave = waves[random.between(0, waves.length - 1)];
  if (wave === undefined) return null;
  const apps = plan.waves.flatMap((one) => one.apps);
  const anyApp = apps[random.between(0, apps.length - 1)] ?? '';
  const app = wave.apps[random.between(0, wave.apps.length - 1)] ?? '';
  // With so long a line of releases people wait.
  const isInLine = apps.some((one) => lineOf(world, one) > LINE_MAX);
  if (isInLine && ['merge', 'force-push', 'set-config', 'deploy-again'].includes(kind)) return null;
  return ACTS[kind]({ world, plan, random, wave, app, anyApp });
}

const LINE_MAX = 6;

function lineOf({ simulator }: World, app: string): number {
  return simulator.app(app).releases.filter(({ status }) => status === 'pending').length;
}

const ACTS: Readonly<Record<ActKind, (scene: Scene) => string | null>> = {
  merge({ world, plan, random }) {
    const order = world.merge(plan);
    if (random.chance(0.3)) world.tellOfRelease(plan);
    const results = drawResults(random, world.now());
    // Each is delivered late, up to three times, and not in the order in which it came about.
    for (const result of results) {
      for (let times = random.between(1, 3); times > 0; times -= 1) {
        const at = result.at + random.between(0, 8) * MINUTE;
        world.context.scheduler.at(at, () => world.tellOfCi(plan.name, order, result));
      }
    }
    const said = results.map(({ job, run, word }) => `${keyOf(job)} ${run} ${word}`);
    return `merges ${plan.name} ${order}, CI says ${said.join(', ')}`;
  },

  'force-push'(scene) {
    const { world, plan, random } = scene;
    // Where nobody asks GitHub, nobody can tell.
    if (plan.namesRepo !== true) return null;
    const merge = world.merged(plan.name) + 1;
    world.github.push(plan.name, merge - random.between(1, 3), merge);
    return `pushes over what was merged: ${ACTS.merge(scene)}`;
  },

  rollback({ world, plan, random, app, anyApp }) {
    // Often where what came of it has gone on already.
    const target = random.pick([anyApp, app, plan.waves[1]?.apps[0] ?? app]);
    const { releases } = world.simulator.app(target);
    const had = releases.filter(({ status }) => status === 'succeeded');
    if (new Set(had.flatMap(({ artifactId }) => artifactId ?? [])).size < 2) return null;
    try {
      // To the release before, or over several.
      const current = world.simulator.app(target).current?.version ?? 0;
      const older = had.filter(({ version, artifactId }) => version < current && artifactId !== null);
      const version = random.chance(0.5) ? older.at(-random.between(1, 5))?.version : undefined;
      const { id } = world.simulator.rollback(target, { ...(version && { version }), user: DEV });
      // One that takes back a change of the configuration alone leaves the code as it is, or as it will be.
      const before = releases.findLast(({ status }) => status !== 'failed')?.artifactId;
      const made = world.simulator.app(target).releases.find((one) => one.id === id);
      if (made?.artifactId !== before) stand(world, plan, { kind: 'rollback', app: target, releaseId: id });
      return `the rollback of ${target}`;
    } catch {
      return null;
    }
  },

  hotfix({ world, plan, random, app }) {
    const number = random.between(0, 9_999_999);
    // What is no full commit names no single one.
    const commit = random.chance(0.2) ? `v1.${number}` : `f${number}`.padEnd(40, 'f');
    const { id } = world.simulator.deploy(app, { commit, user: DEV });
    stand(world, plan, { kind: 'hotfix', app, releaseId: id });
    return `the hotfix on ${app}`;
  },

  'deploy-again'({ world, plan, random, anyApp }) {
    // An older commit, built anew: how people go back where there is no `heroku rollback`.
    const target = random.pick([anyApp, plan.waves[0]?.apps[0] ?? anyApp]);
    const { current, releases } = world.simulator.app(target);
    const older = releases.filter(
      ({ status, commit }) =>
        status === 'succeeded' && orderOf(plan.name, commit) !== null && commit !== current?.commit,
    );
    const wanted = older.at(-random.between(1, 3))?.commit ?? null;
    if (wanted === null) return null;
    const isBack = isBehind(releases, wanted);
    const { id } = world.simulator.deploy(target, { commit: wanted, slug: 'new', user: DEV });
    stand(world, plan, { kind: isBack ? 'rollback' : 'hotfix', app: target, releaseId: id });
    return `deploys merge ${orderOf(plan.name, wanted)} to ${target} again`;
  },

  container({ world, plan, app }) {
    const { id } = world.simulator.releaseImage(app, { user: DEV });
    stand(world, plan, { kind: 'hotfix', app, releaseId: id });
    return `the container on ${app}`;
  },

  'by-hand'({ world, plan, random, app: chosen }) {
    // Forth again where somebody went back, if they did.
    const back = plan.waves.flatMap(({ apps }) => apps).find((one) => world.known.stands.isBack(one));
    const app = back !== undefined && random.chance(0.5) ? back : chosen;
    const { artifactId: from, commit } = world.simulator.app(plan.waves[0]?.apps[0] ?? '').current ?? {};
    const { current, releases } = world.simulator.app(app);
    if (!from || current?.artifactId === from) return null;
    const isBack = commit != null && isBehind(releases, commit);
    const { id } = world.simulator.release(app, { slug: from, user: DEV });
    stand(world, plan, { kind: isBack ? 'rollback' : 'by-hand', app, releaseId: id });
    return `the release by hand on ${app}`;
  },

  'set-config'({ world, plan, anyApp }) {
    // During a release phase, if there is one: the change carries what ran before it.
    const app = busyApp(world, plan) ?? anyApp;
    world.simulator.setConfig(app, DEV);
    return `changes the config of ${app}`;
  },

  maintenance({ world, random, anyApp }) {
    const on = random.chance(0.5);
    world.setMaintenance(anyApp, on);
    return `turns maintenance of ${anyApp} ${on ? 'on' : 'off'}`;
  },

  status({ world, random }) {
    const { known, simulator, context } = world;
    const minutes = random.between(3, 40);
    const colour = random.pick(COLOURS);
    if (random.chance(0.2)) {
      // It says nothing about running apps, nor about deploys.
      simulator.setStatus({ Data: colour });
      context.scheduler.after(minutes * MINUTE, () => simulator.setStatus({ Data: 'green' }));
      return `Heroku's data services are ${colour} for ${minutes} minutes`;
    }
    simulator.setStatus({ [random.pick(['Apps', 'Apps', 'Tools'] as const)]: colour });
    const span = { from: world.now(), until: world.now() + minutes * MINUTE };
    known.red.push(span);
    // It concerns every pipeline.
    for (const { name } of world.fleet) world.disturb(name);
    context.scheduler.at(span.until, () => {
      const isOver = known.red.every(({ until }) => until <= world.now());
      if (isOver) simulator.setStatus({ Apps: 'green', Tools: 'green' });
    });
    return `Heroku is ${colour} for ${minutes} minutes`;
  },

  hold({ world, plan, random, wave }) {
    const held = random.chance(0.5) ? wave.name : null;
    const what = `hold ${plan.name} ${held ?? ''}`;
    const minutes = random.chance(0.25) ? null : random.between(5, 90);
    beside(world, what, world.hold(plan.name, held, minutes, random.chance(0.3) ? COLLEAGUE : undefined));
    return what;
  },

  'let-go'({ world, plan, random, wave }) {
    const let_ = random.chance(0.4) ? wave.name : null;
    const what = `let go ${plan.name} ${let_ ?? ''}`;
    beside(world, what, world.letGo(plan.name, let_));
    return what;
  },

  unhold({ world, plan, random, wave }) {
    const let_ = random.chance(0.4) ? wave.name : null;
    if (random.chance(0.5)) {
      const by = random.chance(0.5) ? COLLEAGUE : undefined;
      const what = `unhold what ${by === undefined ? 'they' : 'a colleague'} placed on ${plan.name} ${let_ ?? ''}`;
      beside(world, what, world.unholdOwn(plan.name, let_, by));
      return what;
    }
    const what = `unhold ${plan.name} ${let_ ?? ''}`;
    beside(world, what, world.unhold(plan.name, let_));
    return what;
  },

  accept({ world, plan, random, wave }) {
    const let_ = random.chance(0.4) ? wave.name : null;
    if (random.chance(0.5)) {
      // They look, think about it, and say it of what they saw.
      const what = `accept what they saw of ${plan.name} ${let_ ?? ''}`;
      const seenAt = world.seen(plan.name);
      if (seenAt === null) return null;
      world.context.scheduler.after(random.between(1, 5) * MINUTE, () =>
        beside(world, what, world.acceptSeen(plan.name, let_, seenAt)),
      );
      return what;
    }
    const what = `accept ${plan.name} ${let_ ?? ''}`;
    beside(world, what, world.accept(plan.name, let_));
    return what;
  },

  retry({ world, plan, random, wave }) {
    const let_ = random.chance(0.4) ? wave.name : null;
    const what = `retry ${plan.name} ${let_ ?? ''}`;
    beside(world, what, world.retry(plan.name, let_));
    return what;
  },

  reject({ world, plan, random }) {
    const order = Math.max(0, world.merged(plan.name) - random.between(0, 2));
    const what = `reject ${plan.name} ${order}`;
    beside(world, what, world.reject(plan.name, order));
    return what;
  },

  allow({ world, plan }) {
    const what = `allow ${plan.name}`;
    beside(world, what, world.allow(plan.name));
    return what;
  },

  observe({ world, plan }) {
    const { observes, ...others } = plan;
    world.configure(observes === 'itself' ? others : { ...plan, observes: 'itself' });
    return `let ${plan.name} ${observes === 'itself' ? 'promote' : 'observe'}`;
  },

  'rename-wave'({ world, plan, random, wave }) {
    const name = `${wave.name}${random.pick(['a', 'b'])}`;
    world.configure({
      ...plan,
      waves: plan.waves.map((one) => (one.name === wave.name ? { ...one, name } : one)),
    });
    return `call ${wave.name} of ${plan.name} ${name}`;
  },

  'change-soak'({ world, plan, random, wave }) {
    const soakMs = random.pick([0, 5, 30, 60]) * MINUTE;
    world.configure(withWave(plan, { ...wave, soakMs }));
    return `change the soak of ${plan.name} ${wave.name} to ${soakMs / MINUTE}m`;
  },

  'change-checks'({ world, plan, random, wave }) {
    const [ci, status] = [random.chance(0.35) ? null : drawAsked(random), random.chance(0.5)];
    world.configure(withWave(plan, { ...wave, ci, status }));
    const asked = JSON.stringify(ci);
    return `change the checks of ${plan.name} ${wave.name}: ci ${asked}, heroku-status ${status}`;
  },

  'drop-wave'({ world, plan, wave }) {
    if (plan.waves.length < 3) return null;
    world.configure({ ...plan, waves: plan.waves.filter(({ name }) => name !== wave.name) });
    return `take ${wave.name} out of ${plan.name}`;
  },

  'split-wave'({ world, plan, wave }) {
    const [first, ...others] = wave.apps;
    const name = `${wave.name}x`;
    const isTaken = plan.waves.some((one) => one.name === name);
    if (first === undefined || others.length === 0 || isTaken) return null;
    const parts = [
      { ...wave, apps: [first] },
      { ...wave, name, apps: others },
    ];
    world.configure({
      ...plan,
      waves: plan.waves.flatMap((one) => (one.name === wave.name ? parts : [one])),
    });
    return `split ${wave.name} of ${plan.name}`;
  },

  'move-app'({ world, plan, random, wave, app }) {
    const others = plan.waves.slice(1).filter(({ name }) => name !== wave.name);
    const to = others[random.between(0, others.length - 1)];
    if (to === undefined || wave.apps.length < 2) return null;
    const waves = plan.waves.map((one) => {
      if (one.name === wave.name) return { ...one, apps: one.apps.filter((its) => its !== app) };
      return one.name === to.name ? { ...one, apps: [...one.apps, app] } : one;
    });
    world.configure({ ...plan, waves });
    return `move ${app} from ${wave.name} to ${to.name}`;
  },

  'second-parameter'({ world, plan }) {
    // Another name for the same Heroku pipeline, before it in the alphabet, that asks for nothing. It would get what the
    // first had given up.
    if (world.parameter(plan.name) === ELSEWHERE) return null;
    const waves = plan.waves.map((one) => ({ ...one, soakMs: 0, ci: null, status: false, windows: [] }));
    world.writeParameter(`a-${plan.name}`, parameterOf({ ...plan, waves }));
    return `name ${plan.name} a second time`;
  },

  'rename-pipeline'({ world, plan, random }) {
    const name = `${plan.name}${random.pick(['', '-x', '-y'])}`;
    world.renameAtHeroku(plan.name, name);
    // Somebody writes it into the parameter, sooner or later.
    world.context.scheduler.after(random.pick([0, 1, 10, 40]) * MINUTE, () => {
      const now = world.planOf(plan.name);
      if (now !== undefined) world.configure(now);
    });
    return `call ${plan.name} ${name} at Heroku`;
  },

  'remake-pipeline'({ world, plan, random }) {
    world.remake(plan);
    // Sluice may not have noticed yet: they say it again until it counts.
    const accept = (times: number) => {
      if (times === 0 || !world.isAnother(plan.name)) return;
      beside(world, `accept ${plan.name} as it is`, world.acceptPipeline(plan.name));
      world.context.scheduler.after(10 * MINUTE, () => accept(times - 1));
    };
    world.context.scheduler.after(random.pick([2, 7, 30]) * MINUTE, () => accept(6));
    return `make ${plan.name} anew`;
  },

  defaults({ world }) {
    return `let all pipelines ${world.changeDefaults() ? 'observe' : 'promote'} that do not say otherwise`;
  },

  'spoil-rows'({ world, random }) {
    return `make ${world.spoilCaches(() => random.chance(0.4), random)} cached rows odd`;
  },

  'break-parameter'({ world, plan, random }) {
    const text = random.pick(['pipeline: [', ELSEWHERE, '']);
    const isSecond = world.parameter(`a-${plan.name}`) !== undefined;
    world.writeParameter(plan.name, isSecond && text === ELSEWHERE ? '' : text);
    return `break the parameter of ${plan.name}`;
  },

  'mend-parameter'({ world, plan }) {
    const first = world.fleet.find(({ name }) => name === plan.name) ?? plan;
    world.configure(first);
    return `mend the parameter of ${plan.name}`;
  },

  'clear-caches'({ world, random }) {
    return `delete ${world.deleteCaches(() => random.chance(0.7))} cached rows`;
  },

  'forged-webhook'({ world, plan }) {
    world.forgeCi(plan.name);
    return `forge a webhook of ${plan.name}`;
  },

  flood({ world, plan, random }) {
    return `${world.flood(plan, random)} results about ${plan.name} at once`;
  },

  'failing-release-phase'({ world, random, anyApp }) {
    if (random.chance(0.3)) {
      world.simulator.setReleasePhase(anyApp, null);
      return `the release phase of ${anyApp} is gone`;
    }
    const fails = random.chance(0.5) ? ('always' as const) : [];
    world.simulator.setReleasePhase(anyApp, { seconds: random.between(10, 900), fails });
    return `the release phase of ${anyApp} ${fails === 'always' ? 'fails' : 'is slow'}`;
  },

  'failing-target'({ world, random, app }) {
    world.simulator.failTarget(app, random.chance(0.5) ? 'no' : null);
    return `promotions to ${app} fail or are mended`;
  },

  'remove-app'({ world, plan, random, app: chosen }) {
    const { simulator, context } = world;
    const app = busyApp(world, plan) ?? chosen;
    if (simulator.app(app).pipelineId === null) return null;
    simulator.removeApp(app);
    context.scheduler.after(random.between(5, 60) * MINUTE, () => {
      if (simulator.app(app).pipelineId !== null) return;
      world.couple(plan, app);
      world.disturb(plan.name);
    });
    return `take ${app} out of the pipeline`;
  },

  scale({ world, plan, random, anyApp }) {
    // Where something soaks, as a rule.
    const soaks = plan.waves.flatMap(({ apps }, at) => ((plan.waves[at + 1]?.soakMs ?? 0) > 0 ? apps : []));
    const app = soaks[random.between(0, soaks.length)] ?? anyApp;
    const quantity = random.pick([0, 0, 0, 2]);
    const minutes = random.pick([3, 15, 40, 90]);
    world.scale(plan, app, quantity);
    if (quantity === 0) world.context.scheduler.after(minutes * MINUTE, () => world.scale(plan, app, 1));
    return `scale ${app} to ${quantity}${quantity === 0 ? ` for ${minutes} minutes` : ''}`;
  },

  mute({ world, plan, random }) {
    const minutes = random.between(2, 30);
    world.mute(plan.name, minutes);
    // What is known of it may be gone by then.
    const isOfIt = ({ sk }: { readonly sk: string }) => sk === keys.map(plan.name).sk;
    if (random.chance(0.5)) world.deleteCaches(isOfIt);
    // When it is over nothing tells; the pipeline goes on at its next turn.
    world.context.scheduler.after(minutes * MINUTE, () => world.disturb(plan.name));
    return `Heroku answers nothing about ${plan.name} for ${minutes} minutes`;
  },
};

/** A command takes its time, beside everything else. A hold never fails; whoever lets go may be asked to be typed again. */
function beside({ context }: World, what: string, command: Promise<void>): void {
  command.catch((error: unknown) => {
    const isAgain = !what.startsWith('hold') && String(error).includes(CONTENDED);
    if (!isAgain) context.violate('command', `${what}: ${error}`);
  });
}

/** True when the app has run the commit, and has first run something else since: it goes back then. */
function isBehind(releases: readonly ReleaseView[], wanted: string): boolean {
  const ran = releases.flatMap(({ status, commit }) => (status === 'succeeded' ? [commit] : []));
  const first = ran.indexOf(wanted);
  return first >= 0 && ran.some((commit) => ran.indexOf(commit) > first);
}

/** An app with a release that has not ended. */
function busyApp({ simulator }: World, { waves }: PipelinePlan): string | undefined {
  const isBusy = (app: string) => simulator.app(app).releases.some(({ status }) => status === 'pending');
  return waves.flatMap((wave) => wave.apps).find(isBusy);
}

function withWave(plan: PipelinePlan, wave: WavePlan): PipelinePlan {
  return { ...plan, waves: plan.waves.map((one) => (one.name === wave.name ? wave : one)) };
}

/** What a person put on an app stands, unless it is the head: that is theirs and Heroku's to deploy to. */
function stand(world: World, plan: PipelinePlan, what: Omit<Stand, 'at'>): void {
  const isHead = plan.waves[0]?.apps.includes(what.app) === true;
  if (!isHead) world.known.stands.add({ ...what, at: world.now() });
}
