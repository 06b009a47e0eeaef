// Log lines and metrics as CloudWatch takes them: JSON on standard output. No call to AWS, no permission.

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Log } from '../shared/events.ts';
import { METRIC_NAMESPACE, METRICS, type Measure, type MetricName } from '../shared/metrics.ts';
import { serviceOf } from '../shared/service.ts';

export interface Telemetry {
  readonly log: Log;
  readonly measure: Measure;
  /** Puts the invocation's request id into every line that follows. */
  begin(requestId: string): void;
}

/** `prefix` tells two stacks of one account apart: `service` in each line and each metric. */
export function createTelemetry(functionName: string, prefix: string): Telemetry {
  const serviceName = serviceOf(prefix);
  const logger = new Logger({ serviceName, persistentKeys: { function: functionName } });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName });
  return {
    log: (level, message, fields = {}) => logger[level](message, fields),
    measure(values) {
      for (const [name, value] of Object.entries(values)) {
        metrics.addMetric(name, METRICS[name as MetricName], value);
      }
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
    begin: (requestId) => logger.appendKeys({ requestId }),
  };
}
