// One run for one pipeline, started by its PipelineDue event: checks, promotion, record.

import middy, { type MiddlewareObj } from '@middy/core';
import type { PipelineDue } from '../../shared/events.ts';
import { HerokuError } from '../../shared/heroku/port.ts';
import type { Measure } from '../../shared/metrics.ts';
import type { PromotionPorts } from '../../shared/promotion/ports.ts';
import { type RunReport, runPromotion } from '../../shared/promotion/run.ts';
import { reportErrors } from '../report-errors.ts';

export interface PromoteEvent {
  readonly detail: PipelineDue;
}

/** What a run answers that what Heroku says has stopped: it is logged, and the next tick starts anew. */
export interface StoppedRun {
  readonly pipeline: string;
  readonly result: 'unread';
}

export interface PromoteFunctionPorts extends PromotionPorts {
  readonly measure: Measure;
}

/** Throws only for what is no trouble with Heroku: AWS, or a bug. */
export function createPromoteFunction(ports: PromoteFunctionPorts) {
  return middy<PromoteEvent, RunReport | StoppedRun>()
    .use(stopForHeroku(ports.measure))
    .use(reportErrors('promote', ports.log))
    .handler((event) => runPromotion(event.detail, ports));
}

/** Heroku's trouble is no error of the function: those are alarmed about, and their events kept. */
function stopForHeroku(measure: Measure): MiddlewareObj<PromoteEvent, RunReport | StoppedRun> {
  return {
    onError: (request) => {
      if (!(request.error instanceof HerokuError)) return;
      measure({ RunsStopped: 1 });
      request.response = { pipeline: request.event.detail.pipeline.name, result: 'unread' };
    },
  };
}
