// A webhook delivery of GitHub's, signed, as the function's URL hands it over.

import { createHmac } from 'node:crypto';
import type { UrlEvent } from '../../functions/url.ts';

export const WEBHOOK_SECRET = 'webhook-secret';

export interface CiResult {
  readonly state: 'success' | 'failure';
  /** When it came about, epoch ms; GitHub's clock is right. */
  readonly at: number;
}

/** The status `build` of a commit. The same result is the same delivery, however often it is sent. */
export function deliveryOf(commit: string, { state, at }: CiResult, secret: string): UrlEvent {
  const when = new Date(at).toISOString();
  const body = JSON.stringify({
    id: Math.floor(at),
    sha: commit,
    context: 'build',
    state,
    updated_at: when,
    created_at: when,
    target_url: null,
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    rawPath: '/github',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'status',
      'x-github-delivery': `${commit.slice(0, 16)}-${at}`,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
    requestContext: { http: { method: 'POST' } },
  } as UrlEvent;
}
