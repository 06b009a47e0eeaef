// A middleware: an error that leaves a function is logged once, with what to do about it, and goes on its way.

import type { MiddlewareObj } from '@middy/core';
import type { Log } from '../shared/events.ts';
import { HerokuError } from '../shared/heroku/port.ts';

export function reportErrors(functionName: string, log: Log): MiddlewareObj {
  return {
    onError: ({ error, event }) => {
      const detail = (event as { detail?: { pipeline?: { name?: string } } } | undefined)?.detail;
      const pipeline = detail?.pipeline?.name;
      const hint = error instanceof HerokuError ? ` ${error.hint}` : '';
      const message = error instanceof Error ? error.message : String(error);
      log('error', `${pipeline === undefined ? functionName : pipeline}: ${message}${hint}`, {
        function: functionName,
        ...(pipeline !== undefined && { pipeline }),
      });
    },
  };
}
