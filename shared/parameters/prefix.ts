// What a prefix may look like, for the command and for the stack. Pure.

/**
 * SSM keeps what begins with aws or ssm. The stack's name is made from the prefix, so that it begins with a letter, and no
 * hyphen is doubled or stands at an end: CloudFormation's names have hyphens and nothing else.
 */
const PREFIX = /^(?!\/(aws|ssm))(?=\/[a-z])(\/[a-z0-9]+(-[a-z0-9]+)*){1,4}$/i;
/** Alarms, whose names have at most 255 characters, begin with it. */
const LENGTH_MAX = 100;

export const PREFIX_EXPECTED =
  'a path like /sluice or /teams/sluice: at most four parts of letters, digits and single hyphens, a letter first, no slash at the end, not beginning with /aws or /ssm';

export function isPrefix(text: string): boolean {
  return text.length <= LENGTH_MAX && PREFIX.test(text);
}

/** What a part of a parameter's name may consist of. */
export function isNamePart(text: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(text);
}
