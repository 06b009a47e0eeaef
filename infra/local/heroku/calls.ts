// What was asked of the simulator: every HTTP request that costs a token of the real rate limit.
// Keeps no header but the client's Request-Id, so no token.

const LOG_LENGTH = 500;

export interface Call {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Its place in `byRoute`, e.g. `GET /pipelines/{id}/latest-deployments`. */
  readonly route: string;
  readonly body: unknown;
  readonly requestId: string | null;
}

export class Calls {
  total = 0;
  byRoute: Record<string, number> = {};
  /** Oldest first; the last 500. */
  log: Call[] = [];

  count(call: Call): void {
    this.total += 1;
    this.byRoute[call.route] = (this.byRoute[call.route] ?? 0) + 1;
    this.log.push(call);
    if (this.log.length > LOG_LENGTH) this.log.shift();
  }

  reset(): void {
    this.total = 0;
    this.byRoute = {};
    this.log = [];
  }
}
