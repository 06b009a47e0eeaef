// Lets only so many at a time do what takes the processor; the others wait their turn. Touches nothing.

export interface Slots {
  /** Waits for a slot and gives the function that frees it; freeing it twice is freeing it once. */
  take(): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const give = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    take: async () => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let isTaken = true;
      return () => {
        if (isTaken) give();
        isTaken = false;
      };
    },
  };
}
