// A middleware for a function behind a URL: an error of ours becomes an answer without details, and one line in the log.

import type { MiddlewareObj } from '@middy/core';
import type { Log } from '../shared/events.ts';
import { answer, type UrlAnswer, type UrlEvent } from './url.ts';

export function answerErrors(functionName: string, log: Log): MiddlewareObj<UrlEvent, UrlAnswer> {
  return {
    onError: (request) => {
      const { error } = request;
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      log('error', `${functionName} failed: ${why}`, { function: functionName });
      request.response = answer(500, { error: 'This could not be handled. Try again later.' });
    },
  };
}
