// The one write: POST /pipeline-promotions, sent exactly once. heroku-client must not send it, because it repeats a
// POST up to four times after a network error, even after it has reported a timeout. Touches the network.

import * as z from 'zod';
import { isAboutArtifact } from '../domain/refusal.ts';
import type { ExchangeResult } from './exchange.ts';
import { exchangeOnce } from './exchange.ts';
import { apiOrigin, userAgent } from './origin.ts';
import type { Promote, PromotionOutcome, PromotionRequest } from './port.ts';
import { HerokuError } from './port.ts';
import { hintFor } from './refusal.ts';
import type { TokenSource } from './secret.ts';
import { cleanText, readToken } from './secret.ts';

export interface PromoteOptions {
  /** The origin of the API, `https://api.heroku.com`; http only to the loopback interface. */
  readonly url: string;
  readonly token: TokenSource;
  /** For the whole of it, reading the token included. Keep it well inside the function's own time limit. */
  readonly deadlineMs?: number;
  /** The time, epoch ms; the machine's unless something else is given. */
  readonly now?: () => number;
  /** Sends the one request; over the network unless something else is given. */
  readonly send?: typeof exchangeOnce;
}

/**
 * Refusals after which nothing can have been promoted: the API itself looked at the request and turned it down
 * (statuses Heroku documents), or HTTP says the request was not acted on. Left out on purpose, and so `unknown`:
 * 408, which a proxy may send after it has passed the request on; 425, whose sender suspects a replay of a request
 * somebody has already acted on; 444, 460 and 499, proxies' notes on a connection that broke; and statuses nobody
 * has defined. A wrong `unknown` costs a few minutes of waiting, a wrong `rejected` a second promotion.
 */
const definiteRefusals = new Set([
  400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 426, 428,
  429, 431, 451,
]);

const promotion = z.object({
  id: z.string().min(1),
  source: z
    .object({ release: z.object({ id: z.string().min(1) }) })
    .optional()
    .catch(undefined),
});
const refusal = z.object({
  id: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/**
 * Makes the promoter. Throws a TypeError when `url` is not an origin; the promoter itself never throws and keeps
 * nothing open once it has answered. Answers and statuses: Heroku Platform API reference, Pipeline Promotion.
 */
export function createPromote(options: PromoteOptions): Promote {
  const origin = apiOrigin(options.url, 'the Heroku API address');
  const { deadlineMs = 15_000, now = Date.now, send = exchangeOnce } = options;
  return async (request) => {
    const missing = missingId(request);
    if (missing !== null) return unknown(`Nothing was sent: ${missing} of the promotion is empty.`);
    const started = performance.now();
    const token = await tokenWithin(options.token, deadlineMs);
    if (token.kind === 'unknown') return token;
    // The last thing before the request: whatever came before may have taken its time.
    if (now() > request.notAfter) {
      return unknown('Nothing was sent: the run stood still for too long after it had marked the attempt.');
    }
    const result = await send({
      origin,
      method: 'POST',
      path: '/pipeline-promotions',
      headers: {
        Accept: 'application/vnd.heroku+json; version=3',
        Authorization: `Bearer ${token.value}`,
        'Content-Type': 'application/json',
        'Request-Id': request.attemptId,
        'User-Agent': userAgent,
      },
      body: bodyOf(request),
      deadlineMs: Math.max(1, deadlineMs - (performance.now() - started)),
    });
    const outcome = judge(result, token.value);
    if (outcome.kind === 'rejected' && outcome.status === 401) {
      // Nothing is sent again, whatever the source answers: the next run has the new token.
      await tokenWithin(options.token, Math.max(1, deadlineMs - (performance.now() - started)), token.value);
    }
    return outcome;
  };
}

/** An empty source release would be left unpinned by a lenient server, which then promotes whatever runs by then. */
function missingId(request: PromotionRequest): string | null {
  if (!request.pipelineId) return 'pipelineId';
  if (!request.sourceAppId) return 'sourceAppId';
  if (!request.sourceReleaseId) return 'sourceReleaseId';
  if (request.targetAppIds.length === 0 || request.targetAppIds.some((id) => !id)) return 'targetAppIds';
  return request.attemptId ? null : 'attemptId';
}

function bodyOf(request: PromotionRequest): string {
  return JSON.stringify({
    pipeline: { id: request.pipelineId },
    source: { app: { id: request.sourceAppId }, release: { id: request.sourceReleaseId } },
    targets: request.targetAppIds.map((id) => ({ app: { id } })),
  });
}

type Unknown = Extract<PromotionOutcome, { kind: 'unknown' }>;

function unknown(message: string): Unknown {
  return { kind: 'unknown', message };
}

async function tokenWithin(
  source: TokenSource,
  deadlineMs: number,
  refused?: string,
): Promise<{ readonly kind: 'token'; readonly value: string } | Unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unknown>((resolve) => {
    timer = setTimeout(
      () => resolve(unknown(`Nothing was sent: the Heroku token did not arrive within ${deadlineMs} ms.`)),
      deadlineMs,
    );
  });
  const read = readToken(source, refused).then(
    (value) => ({ kind: 'token', value }) as const,
    (error: unknown) =>
      unknown(
        `Nothing was sent. ${error instanceof HerokuError ? error.message : 'The token could not be read.'}`,
      ),
  );
  const first = await Promise.race([read, late]);
  clearTimeout(timer);
  return first;
}

function judge(result: ExchangeResult, token: string): PromotionOutcome {
  const call = 'POST /pipeline-promotions';
  if (result.kind === 'none') {
    const sent = result.sent ? 'may have reached Heroku' : 'was not sent, no connection was made';
    return unknown(`${call} has no answer (${cleanText(result.reason, token)}); it ${sent}.`);
  }
  const { status } = result;
  const json = parseJson(result.text);
  if (status >= 200 && status < 300) {
    const made = promotion.safeParse(json);
    if (!made.success) return unknown(`${call}: Heroku answered ${status} without a promotion id.`);
    const { id, source } = made.data;
    return { kind: 'accepted', promotionId: id, sourceReleaseId: source?.release.id ?? null };
  }
  const said = refusal.safeParse(json).data;
  const id = cleanText(said?.id ?? `http_${status}`, token);
  const message = cleanText(said?.message ?? `Heroku answered ${status} without a message.`, token);
  if (definiteRefusals.has(status)) {
    const hint = isAboutArtifact({ status, id }) ? {} : { hint: hintFor(status, json, token) };
    return { kind: 'rejected', status, id, message, ...hint };
  }
  return unknown(`${call}: Heroku answered ${status} ${id} (${message}); it may have been done.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
