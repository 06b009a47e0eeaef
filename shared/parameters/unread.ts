// What it means that one secret cannot be read: SSM asks KMS in the reader's name, and a key of the account's own lets
// nobody use it who is not named. Pure.

import { deployCommand, prefixOption } from './names.ts';

/** True for what SSM answers about the key of one parameter; the others may well be readable. */
export function isAboutKey(error: unknown): error is Error {
  return error instanceof Error && /^(AccessDeniedException|InvalidKeyId|KMS\w+)$/.test(error.name);
}

export const unreadMessage = (parameter: string, why: string): string =>
  `The parameter ${parameter} cannot be read: ${why.replace(/\.$/, '')}.`;

export const unreadHint = (prefix: string): string =>
  `If it is encrypted with a key of your own, deploy with the ARN of that key: ${deployCommand(prefix)} -c secretKeys=ARN. Which key it is: sluice doctor${prefixOption(prefix)}`;
