// A change that soaks on the head inside what is deployed after it, as GitHub tells what contains what: the functions as
// they are deployed, on a simulated Heroku.

import { afterEach, describe, expect, it } from 'vitest';
import { explainPipeline } from '../shared/explain/pipeline.ts';
import type { Containment } from '../shared/github/port.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** What GitHub knows: each commit with all that it contains. It is asked nothing while it is away. */
class Repository {
  readonly #contents = new Map<string, ReadonlySet<string>>();
  readonly asked: string[] = [];
  away: string | null = null;

  /** A commit on top of others. */
  push(commit: string, ...parents: readonly string[]): string {
    const inside = parents.flatMap((parent) => [...(this.#contents.get(parent) ?? [])]);
    this.#contents.set(commit, new Set([commit, ...inside]));
    return commit;
  }

  async contains(
    repo: string,
    { earlier, later }: { readonly earlier: string; readonly later: string },
  ): Promise<Containment> {
    this.asked.push(repo);
    if (this.away !== null) return { kind: 'unread', why: this.away };
    const inside = this.#contents.get(later);
    if (inside === undefined || !this.#contents.has(earlier)) {
      return { kind: 'untold', why: 'GitHub does not know one of the commits' };
    }
    return { kind: 'told', contains: inside.has(earlier) };
  }
}

async function open(): Promise<Repository> {
  const github = new Repository();
  world = await World.open({ config: {}, github });
  world.addPipeline('web', [1, 1], (wave) => (wave === 2 ? '    soak: 30m\n' : ''));
  world.config = { web: `repo: example/web\n${world.config['web'] ?? ''}` };
  await world.ticks(2);
  github.push(world.runs('web-1'));
  return github;
}
const said = async () => JSON.stringify(explainPipeline(await world.account('web')));

describe('A change that soaks on the head', () => {
  it('goes on inside later merges, and each costs one question', async () => {
    const github = await open();
    const first = github.push(world.merge('web-1', 'first'), world.runs('web-2'));
    await world.ticks(20);
    const second = github.push(world.merge('web-1', 'second'), first);
    await world.ticks(5);
    expect(await said()).toContain("inside what was deployed after it, as GitHub's compare has it.");
    await world.ticks(8);
    expect(world.runs('web-2')).toBe(first);
    expect(github.asked).toEqual(['example/web']);
    await world.ticks(20);
    expect(world.runs('web-2')).toBe(second);
  });

  it('does not go on inside a force push that dropped it', async () => {
    const github = await open();
    const base = world.runs('web-2');
    const dropped = github.push(world.merge('web-1', 'dropped'), base);
    await world.ticks(20);
    const forced = github.push(world.merge('web-1', 'forced'), base);
    await world.ticks(25);
    expect(world.runs('web-2')).toBe(base);
    await world.ticks(10);
    expect(world.runs('web-2')).toBe(forced);
    expect((await world.attempts('web')).map(({ commit }) => commit)).not.toContain(dropped);
  });

  it('goes on inside a merge commit that brings two branches together', async () => {
    const github = await open();
    const base = world.runs('web-2');
    const branch = github.push('b'.repeat(40), base);
    const first = github.push(world.merge('web-1', 'first'), base);
    await world.ticks(20);
    github.push(world.merge('web-1', 'both'), first, branch);
    await world.ticks(13);
    expect(world.runs('web-2')).toBe(first);
  });

  it('counts for nothing inside later merges while GitHub is away, which is said, and holds up no other pipeline', async () => {
    const github = await open();
    world.addPipeline('other', [1, 1]);
    await world.ticks(2);
    github.away = 'GitHub refuses the token (401)';
    const base = world.runs('web-2');
    const first = github.push(world.merge('web-1', 'first'), base);
    const other = world.merge('other-1', 'other');
    await world.ticks(20);
    expect(world.runs('other-2')).toBe(other);
    const second = github.push(world.merge('web-1', 'second'), first);
    await world.ticks(12);
    expect(world.runs('web-2')).toBe(base);
    expect(await said()).toContain(
      `GitHub has not said whether ${second.slice(0, 8)} contains ${first.slice(0, 8)}`,
    );
    expect(await said()).toContain('GitHub refuses the token (401)');
    github.away = null;
    await world.ticks(7);
    expect(world.runs('web-2')).toBe(first);
  });

  it('goes on its way by itself, however long GitHub is away', async () => {
    const github = await open();
    github.away = 'GitHub refuses the token (401)';
    const first = github.push(world.merge('web-1', 'first'), world.runs('web-2'));
    await world.ticks(33);
    expect(world.runs('web-2')).toBe(first);
  });

  it('is decided on the same when every cached row is gone', async () => {
    const github = await open();
    const base = world.runs('web-2');
    github.push(world.merge('web-1', 'dropped'), base);
    await world.ticks(20);
    github.push(world.merge('web-1', 'forced'), base);
    await world.ticks(5);
    await world.forget();
    await world.ticks(15);
    expect(world.runs('web-2')).toBe(base);
  });
});
