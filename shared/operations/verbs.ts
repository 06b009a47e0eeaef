// The verbs that change something: each does one thing, and can be allowed by itself. Pure.

export const CHANGING_VERBS = ['hold', 'unhold', 'accept', 'retry', 'reject', 'allow'] as const;
export type ChangingVerb = (typeof CHANGING_VERBS)[number];

/** To whoever still asks for the verb that did several things at once. */
export const RESUME_IS_GONE =
  'resume is gone: it lifted holds, let count what people did and tried failures again, all in one. Each has a verb of its own: sluice unhold, sluice accept, sluice retry; what was taken back comes again by sluice allow. Which one it takes: sluice why';
