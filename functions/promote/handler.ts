// One run for one pipeline, started by its PipelineDue event: checks, promotion, record.

import type { MiddlewareObj } from '@middy/core';
import { instant } from '../../shared/domain/words.ts';
import type { PipelineDue } from '../../shared/events.ts';
import { HerokuError } from '../../shared/heroku/port.ts';
import type { PromotionPorts } from '../../shared/promotion/ports.ts';
import { type RunReport, runPromotion } from '../../shared/promotion/run.ts';
import { frame } from '../frame.ts';
import { reportErrors } from '../report-errors.ts';

export interface PromoteEvent {
  readonly detail: PipelineDue;
}

/** What a run answers that was not made to its end: it is logged, and the next tick starts anew. */
export interface StoppedRun {
  readonly pipeline: string;
  /** `unread`: what Heroku says has stopped it. `stale`: it was asked for too long ago. */
  readonly result: 'unread' | 'stale';
}

/** An event is delivered within two minutes, or not at all. An older one was replayed, with the configuration of then. */
const DUE_MS_MAX = 3 * 60_000;

/** Throws only for what is no trouble with Heroku: AWS, or a bug. */
export function createPromoteFunction(ports: PromotionPorts) {
  return frame<PromoteEvent, RunReport | StoppedRun>()
    .use(stopForHeroku)
    .use(reportErrors('promote', ports.log))
    .handler(async ({ detail }) => {
      const { pipeline, at } = detail;
      if (ports.clock.now() - at <= DUE_MS_MAX) return runPromotion(detail, ports);
      ports.log(
        'warn',
        `${pipeline.name}: no run is made for an event of ${instant(at)}; the next tick sends another.`,
      );
      return { pipeline: pipeline.name, result: 'stale' };
    });
}

/**
 * Heroku's trouble is no error of the function: those are alarmed about, and their events kept. The pipeline stays due,
 * which `scan` counts when it lasts.
 */
const stopForHeroku: MiddlewareObj<PromoteEvent, RunReport | StoppedRun> = {
  onError: (request) => {
    if (!(request.error instanceof HerokuError)) return;
    request.response = { pipeline: request.event.detail.pipeline.name, result: 'unread' };
  },
};
