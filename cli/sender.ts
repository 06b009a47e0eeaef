// Sends the operator's changes to the function of their verb, or to `api`, which does every verb: one POST, signed with the
// operator's AWS credentials, never sent again to a function that may have had it. Touches the network.

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import { fromInstants } from '../shared/json.ts';
import { OperationRefused } from '../shared/operations/refused.ts';
import type { ChangingVerb } from '../shared/operations/verbs.ts';
import { wordsOf } from './aws.ts';
import { Refusal } from './errors.ts';

/** Sends a change and gives its records, instants in epoch ms. @throws Refusal with what came in their place. */
export type Send = (
  verb: ChangingVerb,
  body: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

type SignerOptions = ConstructorParameters<typeof SignatureV4>[0];

export interface SenderOptions {
  /** The stack's `ApiUrl`, without a slash at its end. */
  readonly url: string;
  /** The same for one verb each; what an older stack has not, goes to `url`. */
  readonly verbUrls?: Readonly<Record<string, string>>;
  readonly region: string;
  readonly credentials: SignerOptions['credentials'];
  /** Begins messages: `--prefix /sluice in eu-west-1`. */
  readonly where: string;
  /** For messages: what can be written without the function. */
  readonly tableName: string;
  /** @default the machine's own */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** @default the machine's own */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Lambda starts no function for the moment, and has not started this one: it is asked again after each of these, ms. */
const THROTTLED_MS = [250, 500, 1000, 2000];

/** The function has 30 seconds. */
const DEADLINE_MS = 35_000;
const UNSURE = 'Whether it was done: sluice status.';

export function createSender(options: SenderOptions): Send {
  const { url: every, verbUrls = {}, region, credentials } = options;
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
  const { fetch = globalThis.fetch, sleep = setTimeout } = options;
  const post = async (url: string, verb: ChangingVerb, text: string): Promise<Answer> => {
    const to = new URL(`${url}/${verb}`);
    const signed = await signer.sign({
      method: 'POST',
      protocol: to.protocol,
      hostname: to.hostname,
      path: to.pathname,
      headers: { host: to.host, 'content-type': 'application/json' },
      body: text,
    });
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const init = { method: 'POST', headers: signed.headers, body: text, redirect: 'manual', signal } as const;
    return fetch(to.href, init)
      .then(async (response) => ({ status: response.status, records: parsed(await response.text()) }))
      .catch((error: unknown) => {
        throw lost(error, { ...options, url });
      });
  };
  const ask = async (url: string, verb: ChangingVerb, text: string): Promise<Answer> => {
    for (const ms of THROTTLED_MS) {
      const answer = await post(url, verb, text);
      if (answer.status !== 429) return answer;
      await sleep(ms);
    }
    return post(url, verb, text);
  };
  return async (verb, body) => {
    const text = JSON.stringify(body);
    const own = verbUrls[verb] ?? every;
    const first = await ask(own, verb, text);
    // AWS has not let the caller in there; whoever may do every verb is let in here.
    const second = own !== every && isShutOut(first) ? await ask(every, verb, text) : first;
    const isFirst = second === first || isShutOut(second);
    const { status, records } = isFirst ? first : second;
    if (status === 200 && records !== null) return records;
    throw refusalOf(status, records ?? {}, { ...options, url: isFirst ? own : every, verb });
  };
}

interface Answer {
  readonly status: number;
  /** Null: no JSON. */
  readonly records: Readonly<Record<string, unknown>> | null;
}

/** AWS's own refusal of this caller: the function has seen nothing. */
function isShutOut({ status, records }: Answer): boolean {
  return (
    status === 403 && records?.['error'] === undefined && !isOfCredentials(wordsFor(status, records ?? {}))
  );
}

const isOfCredentials = (words: string): boolean => /expired|security token|signature/i.test(words);

/** AWS's words come under `Message` or `message`. */
function wordsFor(status: number, { Message, message = Message }: Readonly<Record<string, unknown>>): string {
  return typeof message === 'string' ? message.replace(/\.$/, '') : `status ${status}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text, fromInstants);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The function's own refusals are sentences under `error`. */
function refusalOf(
  status: number,
  records: Readonly<Record<string, unknown>>,
  { where, url, verb, ...options }: SenderOptions & { readonly verb: ChangingVerb },
): Refusal | OperationRefused {
  const { error, kind } = records;
  if (status < 500 && typeof error === 'string') {
    const isIdle = kind === 'nothing' || kind === 'others';
    return isIdle ? new OperationRefused(kind, error) : new Refusal(error);
  }
  const words = wordsFor(status, records);
  if (status === 403 && isOfCredentials(words)) {
    return new Refusal(
      `${where}: AWS does not take these credentials: ${words}. Sign in again: aws sso login`,
    );
  }
  if (status === 403) {
    return new Refusal(
      `${where}: AWS refuses: ${words}. To ${verb} takes lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function behind ${url}: docs/runbook.md, "Who may".`,
    );
  }
  if (status === 429) {
    return new Refusal(`${where}: Lambda has too many requests at the moment. Type it again in a minute.`);
  }
  return new Refusal(
    `${where}: ${url} answered ${status}, which is no answer of Sluice's to this. ${UNSURE} Why: the log of the function api, docs/runbook.md, "Logs". ${withoutIt(options)}`,
  );
}

/** The request got nowhere, or its answer did not come. */
function lost(error: unknown, { where, url, ...options }: SenderOptions): Refusal {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new Refusal(`${where}: ${url} gave no answer within ${DEADLINE_MS / 1000} s. ${UNSURE}`);
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  const isUnsent = code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ECONNREFUSED';
  return new Refusal(
    `${where}: ${url} cannot be reached from here: ${wordsOf(cause)}. ${isUnsent ? 'Nothing was sent.' : UNSURE} ${withoutIt(options)}`,
  );
}

function withoutIt({ tableName }: Pick<SenderOptions, 'tableName'>): string {
  return `When it cannot wait, write the table yourself: sluice … --table ${tableName}`;
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** What the signer hashes with: SHA-256, or its HMAC where there is a secret. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Data): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
