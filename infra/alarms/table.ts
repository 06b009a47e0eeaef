// The alarms as data, in the order of the runbook and of the dashboard: what each watches, when it goes off and what
// people are told. Names are public. Pure.

import type { MetricName } from '../../shared/metrics.ts';
import type { FunctionName } from '../bundle.ts';

/** What an alarm looks at. */
export type Watched =
  | {
      readonly kind: 'sluice';
      readonly metric: MetricName;
      readonly statistic: 'Sum' | 'Maximum' | 'Minimum';
    }
  /** Invocations of a function that ended in an exception or ran out of time. */
  | { readonly kind: 'errors'; readonly of: FunctionName }
  /** Deliveries that the webhook could not handle: it answered 500, or crashed, which its URL answers with 502. */
  | { readonly kind: 'failed-deliveries' }
  /** Invocations that Lambda refused. */
  | { readonly kind: 'throttles'; readonly of: FunctionName }
  /** Events that were put into the dead-letter queue. */
  | { readonly kind: 'dead-letters' };

export interface AlarmSpec {
  /** The short name. */
  readonly name: string;
  /** The heading of its entry in the runbook. @default the name */
  readonly entry?: string;
  readonly watches: Watched;
  readonly breachesWhen: 'above' | 'below';
  readonly threshold: number;
  readonly periodMinutes: number;
  /** It goes off when this many of the last periods breach. */
  readonly breaches: number;
  readonly periods: number;
  /** What a period without data is: a breach, none, or no reason to change. */
  readonly missing: 'breaching' | 'notBreaching' | 'ignore';
  /** What has happened, in a sentence. */
  readonly fact: string;
  /** What it can mislead about. */
  readonly misleads: string;
}

/**
 * What runs without anybody looking. `api` has no alarm: whoever types `sluice hold` reads at once that it failed, and
 * why. The dashboard shows it beside the others.
 */
const UNATTENDED = ['scan', 'promote', 'webhook'] as const satisfies readonly FunctionName[];

/** The limit of reads is 300 (shared/heroku/client.ts): at twice that there is time to look for who uses them up. */
const CALLS_LEFT_MIN = 600;

/** `tickMinutes`: the distance of ticks. What is measured at each tick is judged in ticks, not in minutes. */
export function alarmTable(tickMinutes: number): readonly AlarmSpec[] {
  const silentMinutes = Math.max(5, 3 * tickMinutes);
  const last = (ticks: number): string =>
    tickMinutes === 1 ? `the last ${ticks} minutes` : `the last ${ticks} ticks`;
  const eachTick = { breachesWhen: 'above', threshold: 0, periodMinutes: tickMinutes } as const;
  // One hiccup, AWS's or Heroku's, makes many runs fail within one minute. Three bad minutes are none; and when Heroku is
  // down, ticks stop and no run is started: then no-tick goes off, and this does not.
  const threeOfFive = { ...eachTick, breaches: 3, periods: 5, missing: 'notBreaching' } as const;
  // Told at each tick. Without a tick nothing is known, so nothing changes: no-tick says that.
  const told = { ...eachTick, missing: 'ignore' } as const;
  // Something that happened: once is enough, and five minutes without another are no cure.
  const happened = {
    breachesWhen: 'above',
    threshold: 0,
    periodMinutes: 5,
    breaches: 1,
    periods: 1,
    missing: 'notBreaching',
  } as const;
  // Deliveries come when they come: they are counted in quarters of an hour.
  const deliveries = { ...happened, periodMinutes: 15 } as const;
  return [
    {
      name: 'no-tick',
      watches: { kind: 'sluice', metric: 'TicksSucceeded', statistic: 'Sum' },
      breachesWhen: 'below',
      threshold: 1,
      periodMinutes: silentMinutes,
      breaches: 1,
      periods: 1,
      missing: 'breaching',
      fact: `No scheduled tick has succeeded for ${silentMinutes} minutes: nothing is looked at, so nothing is promoted.`,
      misleads:
        'While Heroku is down or refuses the token it is on with nothing wrong in AWS; and a promotion that was under way goes on at Heroku all the same.',
    },
    {
      name: 'configuration',
      watches: { kind: 'sluice', metric: 'ConfigurationProblems', statistic: 'Maximum' },
      ...told,
      // Somebody who changes several parameters one after the other is not woken.
      breaches: 5,
      periods: 5,
      fact: 'Part of the configuration is wrong; the pipelines it is about are skipped, the others go on.',
      misleads:
        'A pipeline that is skipped still stands in `sluice status` as its last run left it; and an error in the defaults skips every pipeline.',
    },
    {
      name: 'pipeline-behind',
      watches: { kind: 'sluice', metric: 'PipelinesBehind', statistic: 'Maximum' },
      ...told,
      breaches: 3,
      periods: 3,
      fact: 'At least one pipeline has a wave that has lacked something for longer than its limit.',
      misleads:
        'Behind is not broken: a check that stops a bad artifact does its work, holds and closed windows count as well, and so do pipelines that are only observed.',
    },
    {
      name: 'outcome-unknown',
      watches: { kind: 'sluice', metric: 'OutcomesUnknown', statistic: 'Maximum' },
      ...told,
      // The ten minutes are in the metric.
      breaches: 1,
      periods: 1,
      fact: 'The answer to a promotion request was lost, and for ten minutes nothing has told whether it happened.',
      misleads: 'It may have happened. Sluice sends nothing to those apps until it knows.',
    },
    {
      name: 'promotion-failed',
      watches: { kind: 'sluice', metric: 'PromotionsFailed', statistic: 'Sum' },
      ...happened,
      fact: 'A promotion failed: an app did not take it, or Heroku refused it.',
      misleads:
        'It is off again after five minutes, mended or not. Apps that took it keep it; the others run what they ran.',
    },
    {
      name: 'safety',
      watches: { kind: 'sluice', metric: 'SafetyAlarms', statistic: 'Sum' },
      ...happened,
      fact: 'Something that must never happen did: Heroku promoted, or an app runs, something else than was checked.',
      misleads:
        'It is off again after five minutes; the pipeline stays held until somebody lifts the hold. What was promoted is not taken back.',
    },
    {
      name: 'pipeline-unseen',
      watches: { kind: 'sluice', metric: 'PipelinesUnseen', statistic: 'Maximum' },
      ...told,
      // What passes by itself is over by then; what each tick counts has lasted for three ticks already.
      breaches: 10,
      periods: 10,
      fact: `For ${last(10)} at least one pipeline has been due without a run that finished, or could not be read from Heroku: nothing is promoted there.`,
      misleads:
        'Nothing else may show: an event for a bus or a rule that is gone is lost without an error. A pipeline at rest does not count, so it can go off long after the cause. While ticks are stopped it goes off as well: no-tick comes first.',
    },
    {
      name: 'scan-errors',
      watches: { kind: 'errors', of: 'scan' },
      ...threeOfFive,
      fact: `scan has thrown in three of ${last(5)}: AWS did not do what it needs, or it has a bug.`,
      misleads:
        'Trouble with Heroku is none of these: such a tick ends in order, and counts as one that did not succeed.',
    },
    {
      name: 'promote-errors',
      watches: { kind: 'errors', of: 'promote' },
      ...threeOfFive,
      fact: `Runs of promote have thrown in three of ${last(5)}: AWS did not do what they need, or there is a bug.`,
      misleads:
        'It does not say which: one pipeline that fails at every tick looks like all of them failing. Trouble with Heroku is none of these: that is pipeline-unseen.',
    },
    {
      name: 'webhook-errors',
      watches: { kind: 'failed-deliveries' },
      ...deliveries,
      // One that AWS drops is a hiccup, and the sweep finds what a lost hint would have told; a lost result it does not.
      threshold: 2,
      fact: 'Three or more webhook deliveries in a quarter of an hour could not be handled: a fault on our side.',
      misleads:
        'Off means that fewer fail, not that the lost ones came again: some senders try again by themselves, GitHub does not.',
    },
    ...UNATTENDED.map(
      (of): AlarmSpec => ({
        name: `${of}-throttles`,
        entry: 'throttles',
        watches: { kind: 'throttles', of },
        ...threeOfFive,
        fact: `Lambda has refused to start ${of} in three of ${last(5)}.`,
        misleads:
          'Concurrency is shared by everything in the account and region: the cause may be none of ours. What is refused is tried again for a minute, and the next tick makes up for it.',
      }),
    ),
    {
      name: 'webhook-rejections',
      watches: { kind: 'sluice', metric: 'WebhooksRejected', statistic: 'Sum' },
      ...deliveries,
      // The URL is public: a stranger tries once or twice, and unknown paths do not count. A sender with an old secret is
      // refused at every delivery, and one merge makes several.
      threshold: 5,
      fact: "More than five webhook deliveries in a quarter of an hour were refused: not signed by a live secret, too large, or not in their sender's shape.",
      misleads:
        'Anybody can post to the URL; what is refused changes nothing. A sender that posts seldom can be refused for days without it.',
    },
    {
      name: 'dead-letters',
      watches: { kind: 'dead-letters' },
      ...threeOfFive,
      fact: `In three of ${last(5)} events were put into the dead-letter queue: they could not be delivered to their function, or their run failed for good.`,
      misleads:
        'Off means that no more come, not that the queue is empty. Nothing in it has to be sent again: the next tick makes up for it.',
    },
    {
      name: 'heroku-calls-low',
      watches: { kind: 'sluice', metric: 'HerokuCallsLeft', statistic: 'Minimum' },
      ...told,
      breachesWhen: 'below',
      threshold: CALLS_LEFT_MIN,
      breaches: 3,
      periods: 3,
      fact: `Fewer than ${CALLS_LEFT_MIN} calls are left of Heroku's rate limit; at 300 Sluice stops reading.`,
      misleads: 'The limit is counted per Heroku user: whoever shares it with Sluice may be who uses it up.',
    },
  ];
}

/** The headings of the runbook, in its order: alarms about the same thing share an entry. */
export function entriesOf(table: readonly AlarmSpec[]): readonly string[] {
  return [...new Set(table.map(({ name, entry = name }) => entry))];
}
