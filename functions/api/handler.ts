// The operator's changes: `POST /hold`, `/unhold`, `/accept`, `/retry`, `/reject` and `/allow`, behind URLs that take only
// requests signed with AWS credentials. The actor in the audit is whom AWS names, never anything in the request.

import type { Log } from '../../shared/events.ts';
import { CONTENDED, OperationRefused } from '../../shared/operations/refused.ts';
import type { OperationPorts } from '../../shared/operations/request.ts';
import { CHANGING_VERBS, type ChangingVerb, RESUME_IS_GONE } from '../../shared/operations/verbs.ts';
import { AnotherRun } from '../../shared/promotion/ledger.ts';
import { UnreadRecord } from '../../shared/table/shapes.ts';
import { answerErrors } from '../answer-errors.ts';
import { bytesOf, readJson } from '../body.ts';
import { frame } from '../frame.ts';
import { answer, type UrlAnswer, type UrlEvent } from '../url.ts';
import { ACTS } from './acts.ts';

export interface ApiPorts extends OperationPorts {
  readonly log: Log;
}

/** The largest body, decoded: a reason is a few words. */
export const BODY_BYTES_MAX = 65_536;

/**
 * The function behind `ApiUrl`. `only`: the verbs that this one does; it knows no others. Bodies, and what is answered
 * with 200, the records that `sluice <verb> --json` lists under `done`:
 *
 *   hold    {"pipeline", "wave"?, "reason", "expiresAt"?}   {"hold", "openAttempts", "next"}
 *   unhold  {"pipeline", "wave"?, "reason", "holds"?}       {"lifted", "stay", "next"}
 *   accept  {"pipeline", "wave"?, "reason", "seenAt"?, "means"?}   {"accept", "next"}
 *   retry   {"pipeline", "wave"?, "reason"}                 {"retry", "next"}
 *   reject  {"pipeline", "commit", "reason"}                {"rejection", "next"}
 *   allow   {"pipeline", "commit", "reason"}                {"lifted", "next"}
 *
 * `means` is the id of another Heroku pipeline that waits behind the name.
 * Instants are ISO-8601 with their zone; `expiresAt` is null for never, and a day when it is left out. `holds` are ids.
 * Refusals are `{"error": sentence}`: 404 unknown path, pipeline, wave, hold or commit, or nothing to do (`"kind"` says
 * "nothing" then, or "others" where somebody else's holds are left); 405 not POST;
 * 403 without a caller whom AWS names; 413 over 64 KB; 400 not JSON, not in shape, or what makes no sense; 409 when others
 * write at the same moment; 410 /resume, which is gone. 500 for what fails on our side, without details.
 */
export function createApi(ports: ApiPorts, only: readonly ChangingVerb[] = CHANGING_VERBS) {
  return frame<UrlEvent, UrlAnswer>()
    .use(answerErrors('api', ports.log))
    .handler((event) => receive(event, ports, only));
}

async function receive(event: UrlEvent, ports: ApiPorts, only: readonly ChangingVerb[]): Promise<UrlAnswer> {
  if (event.rawPath === '/resume') return answer(410, { error: `${RESUME_IS_GONE}.` });
  const verb = only.find((one) => event.rawPath === `/${one}`);
  if (verb === undefined) {
    return answer(404, { error: `Post to ${only.map((one) => `/${one}`).join(', ')}.` });
  }
  if (event.requestContext.http.method !== 'POST') {
    return answer(405, { error: 'Only POST is taken here.' }, { allow: 'POST' });
  }
  const actor = event.requestContext.authorizer?.iam?.userArn;
  if (typeof actor !== 'string' || actor === '') {
    ports.log('warn', 'api refused: AWS names no caller. Is the auth type of its URL still AWS_IAM?');
    return answer(403, {
      error: 'AWS does not say who asks, and nobody else is believed: nothing was changed.',
    });
  }
  const bytes = bytesOf(event);
  if (bytes.length > BODY_BYTES_MAX) {
    return answer(413, { error: `The body is larger than ${BODY_BYTES_MAX} bytes.` });
  }
  const json = readJson(bytes);
  if (!json.ok) return answer(400, { error: json.error });
  try {
    const done = await ACTS[verb](json.value, actor, ports);
    if (!done.ok) return answer(400, { error: done.error });
    const { scope, pipeline, records } = done.value;
    ports.log('info', `${actor} ${verb} ${scope}`, { pipeline, actor });
    return answer(200, records);
  } catch (error) {
    if (error instanceof OperationRefused) {
      const { kind, message } = error;
      const isIdle = kind === 'nothing' || kind === 'others';
      return answer(kind === 'senseless' ? 400 : 404, { error: message, ...(isIdle && { kind }) });
    }
    if (error instanceof AnotherRun) return answer(409, { error: CONTENDED });
    if (error instanceof UnreadRecord) return answer(409, { error: error.message });
    throw error;
  }
}
