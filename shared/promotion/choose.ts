// Choosing which candidate of a step moves: the newest that passes everything asked about the artifact itself. Asks through
// what it is given, and touches nothing else.

import type { ArtifactKey } from '../domain/artifact.ts';
import { type Candidate, hangsOnGitHub } from '../domain/candidate.ts';
import { ASKED_AT_A_TIME } from '../domain/ceiling.ts';
import type { Deliberation } from '../domain/decide.ts';
import type { PassedOver } from '../domain/decision.ts';
import { type Choice, withCandidate } from '../domain/difference.ts';
import { type Facts, nameOf } from '../domain/facts.ts';
import { boundedVerdict, firstBlocker, type Verdict } from '../domain/verdict.ts';
import { instant } from '../domain/words.ts';

/** The first that passes everything asked about it, with the newer ones that did not; else the one that is shown. */
export async function choose(
  choice: Choice,
  facts: Facts,
  ask: (choice: Choice, candidate: Candidate) => Promise<Deliberation>,
): Promise<Deliberation> {
  const { eligible, shown } = choice;
  const asked: Deliberation[] = [];
  for (const count of ASKED_AT_A_TIME) {
    const next = eligible.slice(asked.length, asked.length + count);
    if (next.length === 0) break;
    asked.push(...(await Promise.all(next.map((candidate) => ask(choice, candidate)))));
    const index = asked.findIndex((one) => blockerOfArtifact(one) === undefined);
    const found = asked[index];
    if (found === undefined) continue;
    const isSoaked = found.difference.candidate?.soaked === true;
    const over = asked.slice(0, index);
    if (!isSoaked) return { ...withNextToSoak(found, choice, facts), lacking: lackingIn(over) };
    // Something newer may have completed its soak as well, and GitHub has not said so: that is told.
    const open = choice.hanging === null ? [] : [await ask(choice, choice.hanging)];
    return {
      ...found,
      passedOver: passedOver([...open, ...over], facts),
      lacking: lackingIn(over),
    };
  }
  if (shown === null) return { difference: withCandidate(choice, null, facts), answers: [] };
  const told = asked.find(({ difference }) => difference.candidate?.artifact === shown.artifact);
  const lacking = lackingIn(asked.filter((one) => one !== told));
  return { ...(told ?? (await ask(choice, shown))), lacking };
}

/** Where a soak hangs on what GitHub has not said, the next that completes its own by what is known is told as well. */
function withNextToSoak(found: Deliberation, { eligible, now }: Choice, facts: Facts): Deliberation {
  const { candidate } = found.difference;
  if (candidate === null || !hangsOnGitHub(candidate)) return found;
  const next = eligible.find((one) => one !== candidate && !hangsOnGitHub(one) && (one.soakedAt ?? 0) > now);
  if (next === undefined) return found;
  const name = nameOf(facts, next.artifact);
  const told = ` By itself, ${name} completes its soak at ${instant(next.soakedAt ?? now)}, if nothing replaces it.`;
  const answers = found.answers.map((one) =>
    one.check === 'soak' && one.state === 'unknown' ? { ...one, reason: `${one.reason}${told}` } : one,
  );
  return { ...found, answers };
}

function blockerOfArtifact({ difference, answers }: Deliberation): Verdict | undefined {
  // What a target failed to take is no reason to give it something older: a person looks, or something newer passes it by.
  const asked = [...difference.obstacles, ...answers].filter(({ check }) => check !== 'attempt');
  return firstBlocker(asked.filter(({ about }) => about === 'artifact'));
}

function lackingIn(asked: readonly Deliberation[]): readonly ArtifactKey[] {
  return asked.flatMap(({ difference }) => difference.candidate?.artifact ?? []);
}

/** So many are told of: the newest are what people look for. */
const PASSED_OVER_MAX = 4;

function passedOver(asked: readonly Deliberation[], facts: Facts): readonly PassedOver[] {
  return asked.slice(0, PASSED_OVER_MAX).flatMap((one): PassedOver[] => {
    const { candidate } = one.difference;
    const blocker =
      blockerOfArtifact(one) ?? firstBlocker(one.answers.filter(({ check }) => check === 'soak'));
    if (candidate === null || blocker === undefined) return [];
    const { artifact } = candidate;
    const { check, state, reason } = boundedVerdict(blocker);
    return [{ artifact, commit: facts.commits[artifact] ?? null, check, state, reason }];
  });
}
