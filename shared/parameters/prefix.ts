// What a prefix may look like, for the command and for the stack. Pure.

/** Names below a prefix stay within SSM's 15 levels and 1,011 characters. SSM keeps what begins with aws or ssm; a stack's name, which is made from it, begins with a letter. */
const PREFIX = /^(?!\/(aws|ssm))(?=\/[a-z])(\/[A-Za-z0-9_.-]{1,60}){1,4}$/i;

export const PREFIX_EXPECTED =
  'a path like /sluice or /sluice/prod: at most four parts of letters, digits and _.- , a letter first, no slash at the end, not beginning with /aws or /ssm';

export function isPrefix(text: string): boolean {
  return PREFIX.test(text);
}

/** What a part of a parameter's name may consist of. */
export function isNamePart(text: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(text);
}
