// Why a command ends without having done what was asked. Each says what, where, and what to type next.

/** Refused or not found: exit status 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Wrong usage: exit status 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Nobody said why. What was typed is right but for that, and is told with it. */
export class NoReason extends UsageError {
  override readonly name = 'NoReason';

  constructor() {
    super("required option '--reason <text>' not specified");
  }
}
