// The live picture of a local run, as it is seen on a terminal.

import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { createReporter, type Reporter } from '../../../infra/local/reporter.ts';
import { createScreen } from '../../../infra/local/screen.ts';
import { HAPPENED } from '../../../infra/local/telling.ts';
import type { Decision } from '../../../shared/domain/decision.ts';
import { answers, decision, minutes, moves, NEW, NOW, OLD, same, wave } from '../../cli/facts.ts';
import { type FakeTerminal, fakeTerminal } from './terminal.ts';

const MANY = ['checkout-service', 'billing', 'search-and-recommendations-europe', 'web'];

/** A pipeline of two waves, production of which waits for `verdicts`; behind in nothing without any. */
function aPipeline(name: string, ...verdicts: readonly (typeof answers.held)[]): Decision {
  const step =
    verdicts.length === 0
      ? same('staging', 'production')
      : moves(['staging', 'production'], NEW, `${name}-staging`, [`${name}-production`], verdicts);
  const waves = [
    wave('staging', [`${name}-staging`], verdicts.length === 0 ? OLD : NEW, minutes(-4)),
    wave('production', [`${name}-production`], OLD, minutes(-200)),
  ];
  return { ...decision(), pipelineId: `id-of-${name}`, pipeline: name, waves, steps: [step] };
}

function reporterOn(terminal: FakeTerminal): Reporter {
  return createReporter({ json: false, colour: true, seconds: false, out: terminal, err: terminal });
}

const decide = (reporter: Reporter, made: Decision): void =>
  reporter.event({ type: 'DecisionChanged', decision: made } as Parameters<Reporter['event']>[0], NOW);

/** Below the last empty line. */
const pictureOn = ({ screen }: FakeTerminal): readonly string[] => {
  const end = screen.at(-1) === '' ? screen.slice(0, -1) : screen;
  return end.slice(end.lastIndexOf('') + 1);
};

it('shows what every wave runs and what it comes to, in the words of status and why', () => {
  const terminal = fakeTerminal(80, 30);
  const reporter = reporterOn(terminal);
  decide(reporter, aPipeline('web', answers.soaking(minutes(26))));
  decide(reporter, aPipeline('api', answers.failedBefore));
  decide(reporter, aPipeline('edge'));
  reporter.draw(NOW);
  expect(pictureOn(terminal)).toMatchInlineSnapshot(`
    [
      "  api  staging    3f2a91bc  first wave",
      "       production 9bb01a2c  ✗ does not get 3f2a91bc: attempt",
      "  edge staging    9bb01a2c  first wave",
      "       production 9bb01a2c  ✓ same as staging",
      "  web  staging    3f2a91bc  first wave",
      "       production 9bb01a2c  … waits for 3f2a91bc: soak until 12:26Z (in 26m)",
    ]
  `);
});

it('has room for long names below 80 columns, and breaks no line', () => {
  for (const columns of [40, 60, 80, 100]) {
    const terminal = fakeTerminal(columns, 40);
    const reporter = reporterOn(terminal);
    for (const name of MANY) decide(reporter, aPipeline(name, answers.soaking(minutes(26))));
    reporter.draw(NOW);
    const lines = pictureOn(terminal);
    expect(lines).toHaveLength(8);
    expect(lines.filter((line) => /stag|prod/.test(line))).toHaveLength(8);
  }
});

it('shows of twenty pipelines what moves and what waits for a person, and counts the rest', () => {
  const terminal = fakeTerminal(80, 24);
  const reporter = reporterOn(terminal);
  for (let index = 1; index <= 20; index++) {
    const name = `service-${String(index).padStart(2, '0')}`;
    const verdicts =
      index === 7
        ? [answers.failedBefore]
        : index === 12
          ? [answers.held]
          : index > 15
            ? [answers.soaking(minutes(9))]
            : [];
    decide(reporter, aPipeline(name, ...verdicts));
  }
  const promoted = {
    id: 'A',
    pipelineId: 'id-of-service-19',
    pipeline: 'service-19',
    from: 'staging',
    to: 'production',
  };
  const attempt = { ...promoted, ...NEW, targets: [], claimedAt: NOW, outcome: '' };
  reporter.event({ type: 'AttemptOpened', attempt } as unknown as Parameters<Reporter['event']>[0], NOW);
  reporter.draw(NOW);
  const lines = pictureOn(terminal);
  expect(lines.length).toBeLessThanOrEqual(16);
  expect(lines.find((line) => line.includes('service-19'))).toContain('→ is being given 3f2a91bc');
  expect(lines.find((line) => line.includes('service-07'))).toContain('✗ does not get 3f2a91bc: attempt');
  expect(lines.find((line) => line.includes('service-12'))).toContain('… waits for 3f2a91bc: hold');
  expect(lines.at(-1)).toBe('  … 26 waves left out: 26 with nothing to take. ./sluice status');
});

it('stays below the lines without flicker, and leaves nothing of an older picture', () => {
  const terminal = fakeTerminal(80, 24);
  const reporter = reporterOn(terminal);
  for (const name of MANY) decide(reporter, aPipeline(name, answers.soaking(minutes(26))));
  reporter.draw(NOW);
  const before = terminal.writes;
  reporter.draw(NOW);
  expect(terminal.writes).toBe(before);
  for (let count = 0; count < 50; count++) {
    const text = `something that takes more than one line, as it tells all that there is to know about event ${count}`;
    reporter.say({ mark: HAPPENED, pipeline: 'web', wave: '', text }, NOW);
    if (count % 7 === 0) reporter.problem(`a problem ${'x'.repeat(count)} of its own`, NOW);
    if (count % 3 === 0) decide(reporter, aPipeline('web', ...(count % 2 === 0 ? [] : [answers.held])));
    reporter.draw(NOW);
  }
  expect(pictureOn(terminal)).toHaveLength(8);
  const events = terminal.all.filter((line) => /about event|event \d+$/.test(line));
  expect(events.length).toBeGreaterThanOrEqual(50);
  // A wave of the picture is nowhere but in the picture.
  expect(terminal.all.filter((line) => line.includes('first wave'))).toHaveLength(4);
});

it('is put in place line by line when it changes', () => {
  const terminal = fakeTerminal(40, 10);
  const screen = createScreen(terminal, terminal);
  screen.show(['one', 'two', 'three']);
  screen.print('said');
  screen.show(['one', '2']);
  screen.print('said again');
  expect(terminal.screen).toEqual(['said', 'said again', 'one', '2', '']);
});

it('lets no word from outside steer the terminal', () => {
  let written = '';
  const out = { isTTY: true, columns: 80, rows: 24, write: (text: string) => (written += text) };
  const reporter = createReporter({ json: false, colour: false, seconds: false, out, err: out });
  const bad = '\u001b]0;owned\u0007\u009b2J\u202eweb\u200b\r\n08:00  ✓ fake';
  decide(reporter, { ...aPipeline(bad, { ...answers.held, reason: bad, check: `ci ${bad}` }) });
  reporter.say({ mark: HAPPENED, pipeline: bad, wave: bad, text: bad }, NOW);
  reporter.problem(bad, NOW);
  reporter.note(bad.replace('\n', ''));
  reporter.draw(NOW);
  const ours = stripVTControlCharacters(written).replaceAll(/[\n\r]/g, '');
  expect(ours).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  expect(written).not.toContain(']0;owned\u0007');
  expect(written).not.toContain('\u001b]');
  expect(written).not.toMatch(/^08:00/m);
});

it('is no part of JSON, which has instants as ISO and nothing that a terminal would obey', () => {
  let out = '';
  let err = '';
  const reporter = createReporter({
    json: true,
    colour: false,
    seconds: false,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  decide(reporter, aPipeline('web\u009b', answers.soaking(minutes(26))));
  reporter.problem('broken \u202e', NOW);
  reporter.ticked({ at: NOW, ok: true, problems: [] });
  reporter.draw(NOW);
  expect(out).toMatch(/^\{"at":"2026-11-23T12:00:00.000Z","type":"DecisionChanged",.*\}\n$/);
  expect(out).toContain('"pipeline":"web\\u009b"');
  expect(out).not.toMatch(/[^\d]1\d{12}[^\d]/);
  expect(err).toBe('{"at":"2026-11-23T12:00:00.000Z","problem":"broken \\u202e"}\n');
});
