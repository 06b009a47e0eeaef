// The frame that every handler runs in.

import middy from '@middy/core';

/**
 * Middy would answer for a handler shortly before Lambda's time limit. Lambda then freezes the sandbox instead of ending
 * it, and what the run was waiting for goes on in the middle of a later one: a promotion could be sent minutes after its
 * attempt was settled as never sent. A run that takes too long is ended by Lambda.
 */
export function frame<Event, Answer>() {
  return middy<Event, Answer>({ timeoutEarlyInMillis: 0 });
}
