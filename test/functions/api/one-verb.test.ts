// The function of one verb does that verb and no other, whoever is let in.

import { describe, expect, it } from 'vitest';
import { readVerbs } from '../../../functions/environment.ts';
import { CHANGING_VERBS } from '../../../shared/operations/verbs.ts';
import { decision, put, ROUTER } from '../../cli/facts.ts';
import { openDesk } from './desk.ts';

const told = (SLUICE_VERB?: string) => (SLUICE_VERB === undefined ? {} : { SLUICE_VERB });

describe('The function of one verb', () => {
  it.each(CHANGING_VERBS)('is told which: %s', (verb) => {
    expect(readVerbs(told(verb))).toEqual([verb]);
  });

  it('holds, and cannot be made to do anything else', async () => {
    const { post, table } = await openDesk(readVerbs(told('hold')));
    await put(table, decision());
    expect((await post('/hold', { pipeline: 'router', reason: 'x' })).status).toBe(200);
    const before = await table.pipelineRows(ROUTER);
    for (const verb of CHANGING_VERBS.filter((one) => one !== 'hold')) {
      const { status, json } = await post(`/${verb}`, {
        pipeline: 'router',
        commit: '3f2a91bc',
        reason: 'x',
      });
      expect([status, json]).toEqual([404, { error: 'Post to /hold.' }]);
    }
    expect(await table.pipelineRows(ROUTER)).toEqual(before);
  });

  it('does none when it is told a word that is no verb; told nothing, it is the one that does all', () => {
    expect(() => readVerbs(told('resume'))).toThrow(
      "The function's environment has SLUICE_VERB=resume, expected one of hold, unhold, accept, retry, reject, allow",
    );
    expect(() => readVerbs(told(''))).toThrow('SLUICE_VERB=, expected one of');
    expect(readVerbs(told())).toEqual(CHANGING_VERBS);
  });
});
