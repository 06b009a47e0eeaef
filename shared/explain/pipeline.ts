// `why`: every wave of a pipeline that is behind, explained; or what runs everywhere, when none is. Pure.

import type { Decision, StepDecision } from '../domain/decision.ts';
import { isRejecting } from '../domain/rejection.ts';
import { listOf } from '../domain/words.ts';
import { type Account, isBehind, onlyObserves, runsIn, shortName } from './account.ts';
import { noteRows } from './besides.ts';
import { effectOf } from './history.ts';
import { holdWords } from './hold.ts';
import { passMark } from './marks.ts';
import { explainStep } from './step.ts';
import { type Block, type Explanation, quiet, row, type Section, strong, words } from './text.ts';
import { when } from './time.ts';

/** The pipeline, or one wave of it. */
export function explainPipeline(account: Account, wave: string | null = null): Explanation {
  const { decision } = account;
  if (decision === null) {
    return [
      [[row(0, strong(account.name), 'No run has looked at it yet: the next tick that reaches it decides.')]],
    ];
  }
  const head = heading(account, decision);
  if (wave !== null) return [head, explainWave(account, decision, wave)];
  const behind = decision.steps.filter((step) => isBehind(account, step));
  if (behind.length === 0) return [head, nothingBehind(account, decision)];
  const others = decision.steps.filter((step) => !behind.includes(step)).map((step) => step.to);
  const rest: Section[] = others.length === 0 ? [] : [[[row(0, quiet(`Not behind: ${listOf(others)}.`))]]];
  return [head, ...behind.map((step) => explainStep(account, decision, step)), ...rest];
}

function heading(account: Account, decision: Decision): Section {
  const { now } = account;
  const mode = onlyObserves(decision) ? 'only observed, ' : '';
  const title = words(
    strong(account.name),
    quiet(`  ${mode}decided ${when(decision.at, now)}, unchanged since`),
  );
  return [[row(0, title), ...news(account, decision)], noteRows(decision)];
}

/** What people did after the decision: it does not know of that yet. */
function news({ holds, lifted, rejections, said = [], now }: Account, decision: Decision): Block {
  const scope = (wave: string | null) => wave ?? 'every wave';
  const placed = holds
    .filter((hold) => hold.placedAt > decision.at && hold.liftedAt === null)
    .map((hold) => row(1, words(`New since then: ${scope(hold.wave)} is held by `, holdWords(hold, now))));
  const let_ = lifted.map((hold) =>
    row(
      1,
      `New since then: ${hold.liftedBy} lifted the hold on ${scope(hold.wave)} by ${hold.owner}; the next tick looks again.`,
    ),
  );
  const rejected = rejections
    .filter((one) => isRejecting(one) && one.at > decision.at)
    .map((one) => {
      const name = shortName({ artifact: one.artifact ?? '', commit: one.commit });
      return row(1, `New since then: ${one.actor} rejected ${name}: ${one.reason}`);
    });
  const spoken = said.map((word) =>
    row(
      1,
      `New since then: ${word.actor} said ${word.kind} (${effectOf(word)}): ${word.reason.replace(/\.$/, '')}; the next tick looks again.`,
    ),
  );
  return [...placed, ...let_, ...rejected, ...spoken];
}

function explainWave(account: Account, decision: Decision, name: string): Section {
  const step = decision.steps.find((one) => one.to === name);
  if (step === undefined) return [explainHead(account, decision, name)];
  return isBehind(account, step)
    ? explainStep(account, decision, step)
    : [explainSame(account, decision, step)];
}

/** Nothing leads to the first wave but Heroku's own deploys. */
function explainHead(account: Account, decision: Decision, name: string): Block {
  const text = 'is the first wave: Heroku deploys to it, Sluice never does';
  return [row(0, words(strong(name), `  ${text}`)), ...runs(account, decision, name)];
}

function explainSame(account: Account, decision: Decision, step: StepDecision): Block {
  const text = `is not behind: ${step.from} has nothing to give it that it does not run`;
  return [row(0, words(strong(step.to), '  ', passMark(text))), ...runs(account, decision, step.to)];
}

function nothingBehind(account: Account, decision: Decision): Section {
  const names = new Set(decision.waves.flatMap((wave) => runsIn(wave).names));
  const [only] = names;
  const text =
    decision.steps.length === 0
      ? 'There is one wave only, so there is nothing to promote.'
      : names.size === 1
        ? `Nothing is behind: every wave runs ${only}.`
        : 'Nothing is behind: no wave has anything to give to the next.';
  return [[row(0, passMark(text))], decision.waves.flatMap((wave) => runs(account, decision, wave.name))];
}

function runs({ now }: Account, decision: Decision, name: string): Block {
  const wave = decision.waves.find((one) => one.name === name);
  if (wave === undefined) return [];
  const { names, since } = runsIn(wave);
  return [row(1, name, listOf(names), since === null ? '' : quiet(`since ${when(since, now)}`))];
}
