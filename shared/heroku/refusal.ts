// Turns an answer that is not the one asked for into a HerokuError that says what to do. Pure.
// Statuses and error ids: Heroku Platform API reference, "Errors"; the error body may name the app it is about.

import * as z from 'zod';
import type { HerokuErrorCode } from './port.ts';
import { HerokuError } from './port.ts';
import { cleanText, newTokenHint } from './secret.ts';
import type { Answer } from './transport.ts';

const text = z.string().optional().catch(undefined);
const errorBody = z
  .object({ id: text, message: text, app: z.object({ id: text, name: text }).optional().catch(undefined) })
  .catch({ id: undefined, message: undefined, app: undefined });

/**
 * What to tell of an answer other than 2xx: call, status, Heroku's own id and message, the app and the Request-Id.
 * `call` is the method and path, such as `GET /apps/x/releases`.
 */
export function refusalOf(call: string, answer: Answer, token: string): HerokuError {
  const { status } = answer;
  const say = (text: string): string => cleanText(text, token);
  const body = errorBody.parse(answer.body);
  const app = say(body.app?.name ?? body.app?.id ?? /^GET \/apps\/([^/?]+)/.exec(call)?.[1] ?? '');
  const about = app && (status === 402 || status === 403) ? ` for app ${app}` : '';
  const said = `${say(body.id ?? 'no error id')}${body.message ? `: "${say(body.message)}"` : ''}`;
  const requestId = answer.headers['request-id'];
  const trace = typeof requestId === 'string' ? ` (Request-Id ${say(requestId)})` : '';
  const message = `${call} was answered ${status}${about}, ${said}${trace}.`;
  return new HerokuError(codeOf(status), message, hintOf(status, body.id, app || 'APP'));
}

/** 408 is a request that Heroku got too slowly, and a 1xx or 3xx no answer of this API: all may be fine next time. */
function codeOf(status: number): HerokuErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'rate-limited';
  if (status === 402 || status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unavailable';
}

/** What a person can do about the answer, whoever asked. */
export function hintFor(status: number, body: unknown, token: string): string {
  const { id, app } = errorBody.parse(body);
  return hintOf(status, id, cleanText(app?.name ?? app?.id ?? 'APP', token));
}

function hintOf(status: number, id: string | undefined, app: string): string {
  if (status === 401) return newTokenHint;
  if (status === 402)
    return `Settle the bill of the account that owns app ${app}; its owner is in \`heroku apps:info -a ${app}\`.`;
  if (status === 403 && id === 'two_factor') {
    return `App ${app} asks for a second factor, which a machine user cannot give: lift that for the app or take it out of the pipeline's waves.`;
  }
  if (id === 'verification_needed' || id === 'verification_required')
    return 'Verify the account that the token is of, with a way to pay: https://dashboard.heroku.com/account/billing';
  if (status === 403)
    return `Give the machine user view and deploy access: \`heroku access:add USER -a ${app} -p view,deploy\`.`;
  if (status === 404)
    return 'It is gone, or the token cannot see it: compare with `heroku apps --all` and `heroku pipelines`.';
  if (status === 429)
    return 'Wait a few minutes. If people share this account, give Sluice a machine user of its own.';
  if (status >= 300 && status < 400) return 'Check the parameter heroku/api-url: the API does not redirect.';
  return status >= 500 || status === 408 ? unavailableHint : 'Report the message with its Request-Id.';
}

export const unavailableHint =
  'Nothing to do: Sluice asks again at the next tick. If it lasts, see `heroku status`.';
