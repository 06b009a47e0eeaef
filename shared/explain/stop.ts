// What a hold or a resume has done, in words, right after it was done. Pure.

import { type Hold, isActive, scopeOf } from '../domain/hold.ts';
import type { Accept, Retry } from '../domain/said.ts';
import { type Account, shortName } from './account.ts';
import { command, type Explanation, quiet, type Row, row, strong, words } from './text.ts';
import { when } from './time.ts';

/** `isDefault`: nobody said for how long. */
export function explainHold(account: Account, hold: Hold, isDefault: boolean): Explanation {
  const { now, name } = account;
  const scope = scopeOf(hold, { name });
  const until = hold.expiresAt === null ? 'somebody lifts it' : when(hold.expiresAt, now);
  const hint = isDefault ? quiet(', a day, as nothing else was said: --for, --until, --no-expiry') : '';
  const wave = hold.wave === null ? '' : ` --wave ${hold.wave}`;
  const open = account.open.filter((attempt) => hold.wave === null || attempt.to === hold.wave);
  return [
    [
      [row(0, words('Held: ', strong(scope)))],
      [
        row(1, quiet('until'), words(until, hint)),
        row(1, quiet('by'), hold.owner),
        row(1, quiet('reason'), hold.reason),
        row(1, quiet('lift it'), command(`sluice resume ${name}${wave} --reason "…"`)),
      ],
      open.map((attempt) =>
        row(
          0,
          `${shortName(attempt)} is on its way to ${attempt.to} already: Heroku finishes what it has begun.`,
        ),
      ),
    ],
  ];
}

/** `account` is what was known before. */
export function explainResume(
  account: Account,
  done: {
    readonly lifted: readonly Hold[];
    readonly accept: Accept | null;
    readonly retry: Retry | null;
  },
  wave: string | null,
): Explanation {
  const { name, now } = account;
  const lifted = done.lifted.map((hold) =>
    row(
      1,
      '✓ lifted',
      `the hold on ${scopeOf(hold, { name })} by ${hold.owner}, since ${when(hold.placedAt, now)}: ${hold.reason}`,
    ),
  );
  const accepted = (done.accept?.accepted ?? []).map((stand) => {
    const what = `${runningName(account, stand.app.id, stand.artifact)} on ${stand.app.name}`;
    return stand.isAside
      ? row(1, '✓ accepted', `${what}: what it was put in the place of goes on; that app stays as it is`)
      : row(1, '✓ accepted', `${what}: from now on it counts as brought by the pipeline`);
  });
  const retried = (done.retry?.retried ?? []).map(({ app, attemptId }) =>
    row(1, '✓ again', `${app.name} may be given what it failed to take (attempt ${attemptId.slice(-8)})`),
  );
  const scope = wave === null ? name : `${name} ${wave}`;
  return [
    [
      [row(0, words('Resumed: ', strong(scope), '; the next tick looks at it.'))],
      [...lifted, ...accepted, ...retried],
      stillHeld(account, done.lifted, wave),
    ],
  ];
}

/** A wave that was resumed is not let go while the whole pipeline is held: that is somebody else's decision. */
function stillHeld(account: Account, lifted: readonly Hold[], wave: string | null): readonly Row[] {
  if (wave === null) return [];
  const { holds, now, name } = account;
  return holds
    .filter((hold) => hold.wave === null && isActive(hold, now) && !lifted.some((one) => one.id === hold.id))
    .map((hold) =>
      row(
        0,
        words(
          `Still held, as all of ${name} is, by ${hold.owner}: ${hold.reason}. To lift that: `,
          command(`sluice resume ${name} --reason "…"`),
        ),
      ),
    );
}

/** Why there was nothing to resume, and what to look at. */
export function nothingToResume(account: Account, wave: string | null): string {
  const { name } = account;
  const scope = wave === null ? name : `${name} ${wave}`;
  const whole = account.holds.filter((hold) => hold.wave === null && isActive(hold, account.now));
  const hint =
    wave !== null && whole.length > 0
      ? ` All of ${name} is held by ${whole[0]?.owner}; to lift that: sluice resume ${name} --reason "…"`
      : ` What it waits for: sluice why ${name}`;
  return `Nothing to resume on ${scope}: no hold is on it, nobody's change stands in the way, and nothing failed.${hint}`;
}

function runningName({ decision }: Account, appId: string, artifact: string): string {
  const entry = decision?.waves.flatMap((wave) => wave.apps).find((one) => one.app.id === appId);
  return shortName({ artifact, commit: entry?.artifact === artifact ? entry.commit : null });
}
