// The webhook function on fakes of its ports, with the senders' verbs: what was recorded, who was woken, what was logged.

import type { UrlAnswer, UrlEvent } from '../../../functions/url.ts';
import { createWebhook } from '../../../functions/webhook/handler.ts';
import type { Measure } from '../../../shared/metrics.ts';
import type { Signal } from '../../../shared/signals/signal.ts';
import type { SchemeName } from '../../../shared/signals/signature.ts';
import { T0 } from '../../shared/signals/payloads.ts';
import { signed } from '../../shared/signals/signing.ts';

export type Step = 'secret' | 'signal' | 'delivery' | 'event';

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export const SECRETS: Readonly<Record<string, string>> = {
  github: 'github-secret',
  circleci: 'circleci-secret',
  heroku: 'heroku-secret',
  direwolf: 'direwolf-secret',
};

/** What Lambda hands over beside the event; the webhook uses none of it. */
export const NO_CONTEXT = {} as Parameters<ReturnType<typeof createWebhook>>[1];

const VENDORS: readonly string[] = ['github', 'circleci', 'heroku'];

export class Receiver {
  now = T0;
  secrets: Record<string, string> = { ...SECRETS };
  /** As the table keys them: a row is written over by itself. */
  readonly rows = new Map<string, Signal>();
  readonly deliveries = new Set<string>();
  readonly events: { concerns: readonly string[]; at: number }[] = [];
  readonly logs: { level: string; message: string; fields: Record<string, unknown> | undefined }[] = [];
  /** What was measured, in order. */
  readonly measured: Parameters<Measure>[0][] = [];
  /** What was done, in order. */
  readonly steps: Step[] = [];
  /** The step that fails, as if the process or AWS did. */
  failing: Step | null = null;

  readonly #webhook = createWebhook({
    secrets: {
      webhookSecret: async (source) => {
        this.#do('secret');
        return this.secrets[source] ?? null;
      },
    },
    table: {
      writeSignal: async (signal) => {
        this.#do('signal');
        const { source, identity, commit, app, order = '' } = signal;
        const key = JSON.stringify([source, identity, commit, app]);
        const before = this.rows.get(key);
        if (before !== undefined && (before.order ?? '') >= order) return 'same';
        this.rows.set(key, signal);
        return before?.state === signal.state ? 'same' : 'changed';
      },
      noteDelivery: async (source, deliveryId) => {
        this.#do('delivery');
        const key = `${source} ${deliveryId}`;
        if (this.deliveries.has(key)) return 'lost';
        this.deliveries.add(key);
        return 'won';
      },
    },
    bus: {
      signalReceived: async (event) => {
        this.#do('event');
        this.events.push(event);
      },
    },
    clock: { now: () => this.now, sleep: async () => undefined },
    log: (level, message, fields) => this.logs.push({ level, message, fields }),
    measure: (values) => this.measured.push(values),
  });

  #do(step: Step): void {
    if (this.failing === step) throw new Error(`the ${step} failed on table sluice-prod`);
    this.steps.push(step);
  }

  get signals(): readonly Signal[] {
    return [...this.rows.values()];
  }

  /** Everything the log has kept, as one text. */
  get logged(): string {
    return JSON.stringify(this.logs);
  }

  /** True while no request has left a trace. */
  get isUntouched(): boolean {
    return this.rows.size + this.deliveries.size + this.events.length === 0;
  }

  /** A request as Lambda hands it over: in base64, as it does with bodies that are not plain text. */
  async request({ method = 'POST', path, headers = {}, body = '' }: Request): Promise<Answered> {
    return this.hand({
      rawPath: path,
      headers,
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
      requestContext: { http: { method } },
    });
  }

  async hand(event: UrlEvent): Promise<Answered> {
    const answer = await this.#webhook(event, NO_CONTEXT);
    return { ...answer, status: answer.statusCode, json: JSON.parse(answer.body) };
  }

  /** A delivery of the source, signed with its secret. */
  async deliver(source: string, payload: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    return this.post(source, JSON.stringify(payload) ?? '', headers);
  }

  /** Bytes of the source's, signed with its secret. */
  async post(
    source: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const isVendor = VENDORS.includes(source);
    const scheme = (isVendor ? source : 'generic') as SchemeName;
    const signature = signed(scheme, SECRETS[source] ?? '', body, this.now);
    const path = isVendor ? `/${source}` : `/signals/${source}`;
    return this.request({ path, body, headers: { ...signature, ...headers } });
  }
}

export type Answered = UrlAnswer & { readonly status: number; readonly json: Record<string, unknown> };
