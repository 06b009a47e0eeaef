// One run for one pipeline, started by its PipelineDue event: checks, promotion, record.

import middy from '@middy/core';
import type { PipelineDue } from '../../shared/events.ts';
import type { PromotionPorts } from '../../shared/promotion/ports.ts';
import { type RunReport, runPromotion } from '../../shared/promotion/run.ts';
import { reportErrors } from '../report-errors.ts';

export interface PromoteEvent {
  readonly detail: PipelineDue;
}

export function createPromoteFunction(ports: PromotionPorts) {
  return middy<PromoteEvent, RunReport>()
    .use(reportErrors('promote', ports.log))
    .handler((event) => runPromotion(event.detail, ports));
}
