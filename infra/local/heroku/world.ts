// The world in motion: the state, the clock, the agenda of things that happen by themselves, and look-ups.
// Nothing runs on timers: whoever reads or changes the world first brings it to the present with `advance`,
// so a clock that jumps and a process that is killed and restarted give the same story.

import { uuidOf } from './ids.ts';
import { settleTarget } from './promotions.ts';
import { settle } from './releases.ts';
import type { AgendaItem, AppState, ArtifactState, PipelineState, SimulatorState } from './state.ts';

export class World {
  readonly state: SimulatorState;
  readonly #clock: { now(): number };
  readonly #onChange: (state: SimulatorState) => void;
  #changed = false;

  constructor(
    state: SimulatorState,
    clock: { now(): number },
    onChange: (state: SimulatorState) => void = () => {},
  ) {
    this.state = state;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  now(): number {
    return this.#clock.now();
  }

  mint(): string {
    this.state.minted += 1;
    return uuidOf(`${this.state.seed}:${this.state.minted}`);
  }

  plan(at: number, what: AgendaItem['what']): void {
    this.state.planned += 1;
    this.state.agenda.push({ at, order: this.state.planned, what });
  }

  /** Makes everything that was due by now happen, in its order. */
  advance(): void {
    const now = this.now();
    for (;;) {
      let next: AgendaItem | undefined;
      for (const item of this.state.agenda) {
        if (item.at <= now && (next === undefined || isBefore(item, next))) next = item;
      }
      if (next === undefined) return;
      const done = next;
      this.state.agenda = this.state.agenda.filter((item) => item !== done);
      this.#changed = true;
      if (done.what.kind === 'promote') settleTarget(this, done.what, done.at);
      else settle(this, done.what, done.at);
    }
  }

  /** Remembers that the state differs from what was last handed to `onChange`. */
  touch(): void {
    this.#changed = true;
  }

  /** Hands a changed state out; called before any answer leaves. */
  flush(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#onChange(this.state);
  }

  /** One change by a test or by the demo story: at the present, and handed out at once. */
  change<T>(act: () => T): T {
    this.advance();
    const result = act();
    this.#changed = true;
    this.flush();
    return result;
  }

  /** Brings the world to the present and reads it. */
  read<T>(look: () => T): T {
    this.advance();
    this.flush();
    return look();
  }

  apps(): AppState[] {
    return Object.values(this.state.apps);
  }

  app(nameOrId: string): AppState | undefined {
    return this.state.apps[nameOrId] ?? this.apps().find((app) => app.name === nameOrId);
  }

  pipelines(): PipelineState[] {
    return Object.values(this.state.pipelines);
  }

  pipeline(nameOrId: string): PipelineState | undefined {
    return this.state.pipelines[nameOrId] ?? this.pipelines().find(({ name }) => name === nameOrId);
  }

  appsOf(pipelineId: string): AppState[] {
    return this.apps().filter((app) => app.coupling?.pipelineId === pipelineId);
  }

  artifact(id: string | null): ArtifactState | null {
    return id === null ? null : (this.state.artifacts[id] ?? null);
  }
}

function isBefore(a: AgendaItem, b: AgendaItem): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
