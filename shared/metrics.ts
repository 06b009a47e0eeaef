// What Sluice measures about itself. The names are public: alarms, the dashboard and people's own alarms use them.
//
// One namespace, one dimension (`service`, the prefix without its first slash), so that a stack has ten custom metrics
// however many pipelines it has: CloudWatch bills each combination of name and dimension.

export const METRIC_NAMESPACE = 'Sluice';

export const METRICS = {
  /** 1 for a scheduled tick that read configuration and Heroku, 0 for one that was stopped. */
  TicksSucceeded: 'Count',
  /** Problems in the configuration, at each tick. */
  ConfigurationProblems: 'Count',
  /** Pipelines with a wave that has been behind for longer than its limit, at each tick. */
  PipelinesBehind: 'Count',
  /** Promotion requests whose answer was lost and whose outcome has stayed unknown for ten minutes, at each tick. */
  OutcomesUnknown: 'Count',
  /**
   * Pipelines that have been due for more than three ticks, or have never been looked at, and no run has finished; and
   * those that could not be read from Heroku just now. At each tick.
   */
  PipelinesUnseen: 'Count',
  /** What is left of Heroku's rate limit, at each tick. */
  HerokuCallsLeft: 'Count',
  PromotionsSucceeded: 'Count',
  PromotionsFailed: 'Count',
  /** Something that must never happen did; the pipeline is held. */
  SafetyAlarms: 'Count',
  /** Deliveries that were refused: not signed, too large, not in the sender's shape. */
  WebhooksRejected: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;

/** Records values of this moment. */
export type Measure = (values: Partial<Readonly<Record<MetricName, number>>>) => void;
