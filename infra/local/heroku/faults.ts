// Trouble on demand: what a network and an API can do to a client. Kept in memory, except for what belongs to an app.

import { ApiError, rateLimited, unauthorized, unavailable } from './errors.ts';

/** Which requests a fault hits: every API request when left out. The status API is hit only when its route is named. */
export interface FaultScope {
  readonly method?: string;
  /** As in `calls.byRoute`, e.g. `POST /pipeline-promotions`. */
  readonly route?: string;
  /** Requests of that kind that are spared first. */
  readonly skip?: number;
  /** How many requests it hits; all of them when left out. */
  readonly times?: number;
}

export type When = 'before' | 'after';

type Effect =
  | { readonly kind: 'error'; readonly error: () => ApiError }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'reset' | 'hang'; readonly when: When }
  | { readonly kind: 'truncate' | 'garble' };

/** What the faults make of one request. */
export interface Trouble {
  error: ApiError | null;
  delayMs: number;
  /** `reset` closes the connection, `hang` never answers, `truncate` cuts the body in half. */
  cut: 'reset' | 'hang' | 'truncate' | null;
  /** Whether the request has its effect before it is cut. */
  when: When;
  /** The answer is a web page, as from a proxy that has lost its way. */
  isGarbled: boolean;
}

interface Armed {
  readonly effect: Effect;
  readonly scope: FaultScope;
  skip: number;
  left: number;
}

/** Each arms a fault and gives back a function that lifts it. */
export class Faults {
  #armed: Armed[] = [];
  readonly #markApp: (app: string, mark: 'twoFactor' | 'forbidden', on: boolean) => void;

  constructor(markApp: (app: string, mark: 'twoFactor' | 'forbidden', on: boolean) => void) {
    this.#markApp = markApp;
  }

  unauthorized(scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'error', error: unauthorized }, scope);
  }

  rateLimited(scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'error', error: rateLimited }, scope);
  }

  unavailable(scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'error', error: unavailable }, scope);
  }

  /** Any other refusal, e.g. 402 `delinquent` or 403 `suspended`. */
  refuse(status: number, id: string, message: string, scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'error', error: () => new ApiError(status, id, message) }, scope);
  }

  /** The answer leaves this much later, by the machine's clock. The effect is not delayed. */
  slow(ms: number, scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'slow', ms }, scope);
  }

  /** Closes the connection without an answer, before or after the request has had its effect. */
  reset(when: When, scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'reset', when }, scope);
  }

  /** Never answers, before or after the request has had its effect. */
  hang(when: When, scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'hang', when }, scope);
  }

  /** Sends half of the body and closes the connection. */
  truncate(scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'truncate' }, scope);
  }

  /** The request has its effect, and its answer is 200 with a web page instead of JSON. */
  garble(scope: FaultScope = {}): () => void {
    return this.#arm({ kind: 'garble' }, scope);
  }

  /** The app wants a second factor for its releases and for promotions to it. */
  twoFactor(app: string, on = true): () => void {
    this.#markApp(app, 'twoFactor', on);
    return () => this.#markApp(app, 'twoFactor', false);
  }

  /** The token's account loses its access to the app. */
  forbidden(app: string, on = true): () => void {
    this.#markApp(app, 'forbidden', on);
    return () => this.#markApp(app, 'forbidden', false);
  }

  /** Lifts every fault but those that belong to an app. */
  clear(): void {
    this.#armed = [];
  }

  /** Spends the faults that hit this request. */
  strike(method: string, route: string, isApi: boolean): Trouble {
    const trouble: Trouble = { error: null, delayMs: 0, cut: null, when: 'after', isGarbled: false };
    for (const armed of this.#armed) {
      if (armed.left > 0 && isHit(armed.scope, method, route, isApi)) {
        if (armed.skip > 0) {
          armed.skip -= 1;
        } else {
          armed.left -= 1;
          apply(armed.effect, trouble);
        }
      }
    }
    return trouble;
  }

  #arm(effect: Effect, scope: FaultScope): () => void {
    const armed: Armed = {
      effect,
      scope,
      skip: scope.skip ?? 0,
      left: scope.times ?? Number.POSITIVE_INFINITY,
    };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }
}

function isHit(scope: FaultScope, method: string, route: string, isApi: boolean): boolean {
  if (scope.route === undefined && !isApi) return false;
  return (scope.method ?? method) === method && (scope.route ?? route) === route;
}

function apply(effect: Effect, trouble: Trouble): void {
  switch (effect.kind) {
    case 'error':
      trouble.error = effect.error();
      break;
    case 'slow':
      trouble.delayMs += effect.ms;
      break;
    case 'reset':
    case 'hang':
      trouble.cut = effect.kind;
      trouble.when = effect.when;
      break;
    case 'truncate':
      trouble.cut = 'truncate';
      break;
    case 'garble':
      trouble.isGarbled = true;
      break;
  }
}
