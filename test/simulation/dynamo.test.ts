// The simulated table keeps the contract of every table: the same suite runs on dynalite and on the local AWS.

import { createDocumentTable, type Documents } from '../../shared/table/dynamo.ts';
import { tableContract } from '../shared/table/contract.ts';
import { carryOut, Items } from './dynamo.ts';

const items = new Items();
const db = { send: async (command: unknown) => carryOut(items, command) } as unknown as Documents;

tableContract(() => createDocumentTable('simulated', db));
