// sluice doctor: is everything there that a deployed Sluice needs? What examines is loaded only when it is asked for.

import type { AddVerb, Reach } from './verb.ts';

export const addDoctor: AddVerb = (program, _act, actAlone) => {
  program
    .command('doctor')
    .summary('is everything there that a deployed Sluice needs?')
    .description(
      'Examines a deployed Sluice with your AWS credentials: stack, parameters, tokens and their scopes, every pipeline and app, webhooks, clock, last tick. It tells what to type about each thing that is amiss, and changes nothing. Exit status 1 when something is a problem (✗).',
    )
    .addHelpText('after', '\nExamples:\n  sluice doctor\n  sluice doctor --prefix /sluice-test --json')
    .action(() => actAlone(doctor));
};

async function doctor(reach: Reach): Promise<0 | 1> {
  const { where } = await reach.parameters();
  const { examineDeployed } = await import('./examination.ts');
  const { explainFindings } = await import('../shared/doctor/explain.ts');
  const findings = await examineDeployed(reach);
  reach.say(explainFindings(findings, where), findings);
  return findings.some(({ state }) => state === 'problem') ? 1 : 0;
}
