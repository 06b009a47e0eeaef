// One GET through heroku-client, with its hazards closed: it never repeats a request by itself, never hangs, never
// crashes on a 304, keeps UTF-8 whole and tells status and headers. Touches the network.

import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import HerokuRequest from 'heroku-client/lib/request.js';
import { networkReason, readBody } from './body.ts';
import { userAgent } from './origin.ts';

export interface ReadRequest {
  readonly origin: URL;
  /** Path and query, ready to send. */
  readonly path: string;
  /** The `Range` header of a list; null for a single object, which has none. */
  readonly range: string | null;
  readonly token: string;
  /** Shared by all reads, so that connections are kept. heroku-client makes one agent a request. */
  readonly agent: Agent;
  /** Ends the request at its total deadline. heroku-client's own timeout counts only silence. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON, or `notJson`. */
  readonly body: unknown;
}

/** Stands for a body that is not JSON; no schema accepts it. */
const notJson: unique symbol = Symbol('not JSON');

/** No answer came. The message is a few words and holds nothing that was sent. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Sends one GET and gives its answer, whatever the status. Throws only `NoAnswer`. */
export async function readOnce(request: ReadRequest): Promise<Answer> {
  try {
    const read = new Read(request);
    return await read.answer();
  } catch (error) {
    throw new NoAnswer(request.signal.aborted ? 'no complete answer in time' : networkReason(error));
  }
}

class Read extends HerokuRequest {
  readonly #signal: AbortSignal;
  readonly #ranged: boolean;
  #response: IncomingMessage | null = null;
  #stop: (() => void) | null = null;

  constructor(request: ReadRequest) {
    super({
      host: request.origin.origin,
      path: request.path,
      method: 'GET',
      // Paging is ours: heroku-client would walk the whole history for `max=1`.
      partial: true,
      userAgent,
      headers: {
        Accept: 'application/vnd.heroku+json; version=3',
        Authorization: `Bearer ${request.token}`,
        // This exact spelling replaces heroku-client's default, which would sort releases by uuid.
        Range: request.range ?? '',
      },
    });
    this.agent = request.agent;
    // heroku-client takes any port 443 for TLS.
    this.secure = request.origin.protocol === 'https:';
    this.#signal = request.signal;
    this.#ranged = request.range !== null;
  }

  async answer(): Promise<Answer> {
    try {
      const body = await this.request();
      return this.#with(body);
    } catch (error) {
      // heroku-client throws for every status but 2xx, with the body on the error.
      if (error instanceof Error && 'statusCode' in error && 'body' in error) return this.#with(error.body);
      throw error;
    } finally {
      if (this.#stop !== null) this.#signal.removeEventListener('abort', this.#stop);
    }
  }

  #with(body: unknown): Answer {
    return { status: this.#response?.statusCode ?? 0, headers: this.#response?.headers ?? {}, body };
  }

  /** Left alone it says yes to nearly everything, four times, also after the caller was told of a timeout. */
  override isRetryAllowed(): boolean {
    return false;
  }

  /** Left alone it prints headers and bodies when DEBUG is set; a slug's body holds a link to the code. */
  override logRequest(): void {}

  override writeBody(request: ClientRequest): void {
    if (!this.#ranged) request.removeHeader('Range');
    request.removeHeader('Content-type');
  }

  override setRequestTimeout(request: ClientRequest): void {
    // A change of protocol closes the request with neither an answer nor an error.
    request.once('close', () => {
      if (this.#response === null) this.reject(new Error('the connection was closed without an answer'));
    });
    this.#stop = () => {
      const late = new Error('deadline');
      request.destroy(late);
      this.reject(late);
    };
    if (this.#signal.aborted) this.#stop();
    else this.#signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** Left alone it never settles on a body cut short and crashes the process on a 304. */
  override handleResponse(response: IncomingMessage): void {
    this.#response = response;
    readBody(response)
      .then((text) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) this.handleSuccess(response, text);
        else this.handleFailure(response, text);
      })
      .catch(this.reject);
  }

  override parseBody(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      return notJson;
    }
  }
}
