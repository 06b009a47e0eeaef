// What commands cost a DynamoDB table that is paid by request, from the sizes of what is read and written.
// Source: DynamoDB Developer Guide, "Read and write capacity units": 4 KB a read unit, half of it where the read need not
// be consistent; 1 KB a write unit.

import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

export class Units {
  #read = 0;
  #write = 0;

  readonly onCommand = (command: unknown, answer: Record<string, unknown>): void => {
    if (command instanceof GetCommand) this.#add(answer['Item'], command.input.ConsistentRead);
    if (command instanceof QueryCommand) this.#add(answer['Items'], command.input.ConsistentRead);
    if (command instanceof PutCommand) this.#write += unitsOf(command.input.Item, WRITE_BYTES);
    // Changes of one attribute of a small row.
    if (command instanceof UpdateCommand) this.#write += 1;
  };

  /** What has been used since this was asked last. */
  take(): { readonly read: number; readonly write: number } {
    const used = { read: this.#read, write: this.#write };
    this.#read = 0;
    this.#write = 0;
    return used;
  }

  #add(found: unknown, isConsistent: boolean | undefined): void {
    this.#read += unitsOf(found, READ_BYTES) * (isConsistent === true ? 1 : 0.5);
  }
}

function unitsOf(stored: unknown, unit: number): number {
  return Math.max(1, Math.ceil(bytesOf(stored) / unit));
}

/** Names and values of attributes; a number counts as a text of its digits, which is a little more than it takes. */
function bytesOf(stored: unknown): number {
  if (stored === null || stored === undefined) return 0;
  if (Array.isArray(stored)) return stored.reduce((sum: number, one) => sum + bytesOf(one), 0);
  if (typeof stored !== 'object') return Buffer.byteLength(String(stored));
  return Object.entries(stored).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);
}
