// Lifts holds, those that are named, and does nothing else: others' are listed, each with what would lift it.

import { type Hold, scopeOf, unholdCommand } from '../domain/hold.ts';
import { shortId } from '../domain/words.ts';
import { type Account, activeHolds } from '../explain/account.ts';
import { OperationRefused } from './refused.ts';
import { liftBy, type OperationPorts, type ScopedAsker, tellRuns } from './request.ts';

/** Which holds: without ids, those of exactly that scope that the actor placed. */
export interface Named {
  readonly wave: string | null;
  /** Ids of holds, or the ends of ids: whoever placed them, whatever they hold. */
  readonly ids: readonly string[];
  /** Null where only AWS can say who asks: anybody's of that scope may be the asker's then. */
  readonly actor: string | null;
}

export interface Unholding {
  readonly lift: readonly Hold[];
  /** What goes on holding the pipeline, or a wave of it. */
  readonly stay: readonly Hold[];
}

export interface Unheld {
  readonly lifted: readonly Hold[];
  readonly stay: readonly Hold[];
}

/** @throws OperationRefused when nothing would be lifted. */
export function unholding(account: Account, named: Named): Unholding {
  const active = activeHolds(account);
  const lift =
    named.ids.length > 0
      ? [...new Set(named.ids.map((id) => byId(account, active, id)))]
      : active.filter(({ wave, owner }) => wave === named.wave && (named.actor ?? owner) === owner);
  const stay = active.filter((hold) => !lift.includes(hold));
  if (lift.length === 0) {
    const kind = stay.length > 0 ? 'others' : 'nothing';
    throw new OperationRefused(kind, nothingToLift(account, named, stay));
  }
  return { lift, stay };
}

function byId({ name }: Account, active: readonly Hold[], asked: string): Hold {
  const found = active.filter(({ id }) => id.toUpperCase().endsWith(asked.toUpperCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = active.map((hold) => `${shortId(hold.id)} (${scopeOf(hold, { name })}, by ${hold.owner})`);
  const list = known.length === 0 ? 'nothing holds it' : `expected one of ${known.join(', ')}`;
  throw new OperationRefused(
    'not-found',
    `Hold ${JSON.stringify(asked)} of ${name}: ${found.length === 0 ? 'not found' : `found ${found.length}`}, ${list}.`,
  );
}

function nothingToLift({ name }: Account, { wave, actor }: Named, stay: readonly Hold[]): string {
  const yours = actor === null ? 'no hold of yours' : `no hold of ${actor}'s`;
  const others = stay.map(
    (hold) =>
      ` ${hold.owner} holds ${scopeOf(hold, { name })}: ${hold.reason.replace(/\.$/, '')}. To lift that one: ${unholdCommand(name, [hold])}`,
  );
  const hint = others.length === 0 ? ` What it waits for: sluice why ${name}` : others.join('');
  return `Nothing to lift on ${scopeOf({ wave }, { name })}: ${yours} is on exactly that.${hint}`;
}

export async function unhold(
  account: Account,
  asker: ScopedAsker & { readonly ids: readonly string[] },
  ports: OperationPorts,
): Promise<Unheld> {
  const { lift, stay } = unholding(account, asker);
  const by = liftBy(asker, ports.clock.now());
  const lifted: Hold[] = [];
  for (const hold of lift) {
    const { row: _, ...record } = hold;
    const kept = { ...record, liftedAt: by.at, liftedBy: by.by, liftReason: by.reason };
    if ((await ports.table.liftHold(hold, by)) === 'won') lifted.push(kept);
  }
  if (lifted.length > 0) await tellRuns(account, 'unhold', ports);
  return { lifted, stay };
}
