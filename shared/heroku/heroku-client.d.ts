// The part of heroku-client 3.1.4 that Sluice builds on, which the package does not type.
// Types only; written from lib/request.js as published. `transport.ts` is its only reader.

declare module 'heroku-client/lib/request.js' {
  import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

  interface Options {
    readonly host: string;
    readonly path: string;
    readonly method: 'GET';
    readonly partial: true;
    readonly userAgent: string;
    readonly headers: Record<string, string>;
  }

  /** One request. Everything but the constructor and `request` is an internal step that may be overridden. */
  class Request {
    constructor(options: Options);
    agent: Agent;
    secure: boolean;
    readonly promise: Promise<unknown>;
    readonly reject: (error: Error) => void;
    request(): Promise<unknown>;
    isRetryAllowed(error: Error): boolean;
    logRequest(request: ClientRequest): void;
    writeBody(request: ClientRequest): void;
    setRequestTimeout(request: ClientRequest): void;
    handleResponse(response: IncomingMessage): void;
    parseBody(text: string): unknown;
    handleSuccess(response: IncomingMessage, text: string): void;
    handleFailure(response: IncomingMessage, text: string): void;
  }

  export = Request;
}
