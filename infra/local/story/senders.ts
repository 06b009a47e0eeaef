// The story's webhook senders: what GitHub, direwolf and Heroku would send, signed as they sign. Posts to loopback.

import { createHmac } from 'node:crypto';
import { signGeneric } from '../../../shared/signals/signature.ts';

export const STORY_SECRETS: Readonly<Record<string, string>> = {
  github: 'the story’s GitHub secret',
  heroku: 'the story’s Heroku secret',
  direwolf: 'the story’s direwolf secret',
};

/** A GitHub `status` event about a commit. */
export async function sendStatus(
  url: string,
  status: { commit: string; context: string; state: string; at: number; delivery: string },
): Promise<void> {
  const at = new Date(status.at).toISOString();
  const body = JSON.stringify({
    id: Number.parseInt(status.commit.slice(0, 8), 16),
    sha: status.commit,
    context: status.context,
    state: status.state,
    description: null,
    target_url: null,
    created_at: at,
    updated_at: at,
    repository: { full_name: 'example/router' },
  });
  const mac = createHmac('sha256', STORY_SECRETS['github'] ?? '')
    .update(body)
    .digest('hex');
  await post(`${url}/github`, body, {
    'x-github-event': 'status',
    'x-github-delivery': status.delivery,
    'x-hub-signature-256': `sha256=${mac}`,
  });
}

/** The generic callback: a test suite's result for an app. */
export async function sendSuite(
  url: string,
  suite: { name: string; app: string; state: string; at: number },
): Promise<void> {
  const { name, app, state, at } = suite;
  const body = JSON.stringify({ name, app, state, at: new Date(at).toISOString() });
  const signature = signGeneric(STORY_SECRETS[name] ?? '', body, Math.floor(at / 1000));
  await post(`${url}/signals/${name}`, body, { 'x-sluice-signature': signature });
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
