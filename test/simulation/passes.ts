// Whether what `why` calls fine could be, as the world was: every check that passes, whatever else stands in the way, and
// what is there and is not named at all.

import type { Decision, StepDecision } from '../../shared/domain/decision.ts';
import type { CheckerOptions, Known } from './known.ts';
import { type Asked, type Passing, upTo } from './passing.ts';
import { MINUTE } from './time.ts';
import { isNearEdge, isOpenAt } from './windows.ts';

/** A run may have read its rows this long before it looked: it can stand still meanwhile. */
const BEFORE_MS = 3 * MINUTE;

/** Why nothing can move at the earliest time that the decision gives; null: something may. */
export function tooEarly(
  { pipeline, at }: Decision,
  { earliestAt, to, targets, verdicts }: StepDecision,
  { known, options }: { readonly known: Known; readonly options: CheckerOptions },
): string | null {
  // What was not asked, and a hold whose end nobody knows, bound nothing.
  const bounds = (check: string): boolean =>
    verdicts.some((one) => one.check === check && (one.state === 'pass' || one.until !== null));
  if (earliestAt === null || verdicts.some(({ state }) => state === 'unknown')) return null;
  const since = at - options.skewMs - BEFORE_MS;
  const [plan, ...others] = known.plansSince(pipeline, since - 5 * MINUTE);
  if (plan === undefined || others.length > 0) return null;
  const windows = plan.waves.find(({ name }) => name === to)?.windows ?? [];
  const told = new Date(earliestAt).toISOString();
  if (bounds('window') && !isOpenAt(windows, earliestAt) && !isNearEdge(windows, earliestAt))
    return `at ${told} every window is closed`;
  const hold = known.holds.find(
    (one) =>
      bounds('hold') &&
      one.pipeline === pipeline &&
      (one.wave === null || one.wave === to || targets.some(({ name }) => one.apps.includes(name))) &&
      one.from < since &&
      one.until > earliestAt + options.skewMs,
  );
  return hold === undefined ? null : `at ${told} it is held`;
}

/** What the decision calls fine and is not; null: nothing. */
export function falsePassOf(
  decision: Decision,
  step: StepDecision,
  {
    known,
    passing,
    options,
  }: { readonly known: Known; readonly passing: Passing; readonly options: CheckerOptions },
): string | null {
  const { candidate, to, from } = step;
  // What could not be read may be what speaks against it.
  if (candidate === null || step.verdicts.some(({ state }) => state === 'unknown')) return null;
  const now = options.context.scheduler.now();
  const since = decision.at - options.skewMs - BEFORE_MS;
  const { artifact, commit } = candidate;
  const { pipeline } = decision;
  const targets = step.targets.map(({ id }) => options.simulator.app(id));
  const plans = known.plansSince(pipeline, since - 5 * MINUTE);
  const asked: Asked = { pipeline, from, to, artifact, commit, targets, since, until: now, plans };
  // Who goes back to a container goes back to what nobody can compare, and what is too old to move nobody rejects.
  const hadContainers = plans
    .flatMap((plan) => upTo(plan, to))
    .some((app) =>
      options.simulator
        .app(app)
        .releases.some(({ artifactId, commit: its }) => artifactId !== null && its === null),
    );
  const said = new Map(step.verdicts.map(({ check, state }) => [check.split(' ')[0] ?? check, state]));
  const isTooOld = (said.get('order') ?? 'pass') !== 'pass';
  const against: Readonly<Record<string, () => string | null>> = {
    // It may have ended by the clock of the run.
    hold: () => passing.held({ ...asked, until: now + options.skewMs }),
    rejected: () => passing.rejected(asked) ?? (hadContainers || isTooOld ? null : passing.takenBack(asked)),
    soak: () => passing.unsoaked(asked),
    ci: () => passing.red(asked),
    signal: () => passing.unsaid(asked),
    maintenance: () => passing.maintained(asked),
    'heroku-status': () => passing.unwell(asked),
    // Told by the clock of the run.
    window: () => passing.closed({ ...asked, until: decision.at }),
  };
  for (const [check, why] of Object.entries(against)) {
    const found = said.get(check) === 'pass' ? why() : null;
    if (found !== null) return `${check} passes, and ${found}`;
  }
  // What nobody asks about is named where it is there.
  const isChanging = targets.some(({ releases }) =>
    releases.some(
      ({ status, createdAt, updatedAt }) => status === 'pending' || Math.max(createdAt, updatedAt) > since,
    ),
  );
  if (isChanging) return null;
  const undone = said.has('stands') ? null : passing.undone(asked);
  if (undone !== null) return `nothing is said of it: ${undone}`;
  const failed = said.has('attempt')
    ? undefined
    : targets.find((target) => {
        const its = passing.failedAt(pipeline, target, commit);
        return its !== null && its.at < since && (its.attempt.settledAt ?? now) < since;
      });
  return failed === undefined ? null : `nothing is said of it: ${failed.name} had failed to take it`;
}
