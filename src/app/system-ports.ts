/** The real clock and the real randomness. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, FirebreakError, type Random } from '../domain/index.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (cause) {
      throw new FirebreakError('FB_CANCELLED', 'waiting was cancelled', { cause });
    }
  },
};

export const systemRandom: Random = {
  id: (bytes) => randomBytes(bytes).toString('hex'),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
