import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KeepAlive } from '../../../src/transports/winrm/keep-alive.ts';

describe('keep-alive', () => {
  let acts: number;
  let keepAlive: KeepAlive;
  beforeEach(() => {
    jest.useFakeTimers();
    acts = 0;
    keepAlive = new KeepAlive(() => {
      acts += 1;
      return Promise.resolve();
    });
  });
  afterEach(() => {
    keepAlive.end();
    jest.useRealTimers();
  });

  it('acts after each interval of quiet', async () => {
    keepAlive.intervalMs = 1000;
    await jest.advanceTimersByTimeAsync(999);
    expect(acts).toBe(0);
    await jest.advanceTimersByTimeAsync(2001);
    expect(acts).toBe(3);
  });

  it('never while something is under way, and a full interval after it', async () => {
    keepAlive.intervalMs = 1000;
    const work = keepAlive.during(() => new Promise<void>((done) => setTimeout(done, 5000)));
    await jest.advanceTimersByTimeAsync(5000);
    await work;
    expect(acts).toBe(0);
    await jest.advanceTimersByTimeAsync(999);
    expect(acts).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(acts).toBe(1);
  });

  it('does nothing without an interval, nor after its end', async () => {
    await keepAlive.during(() => Promise.resolve());
    await jest.advanceTimersByTimeAsync(10_000);
    keepAlive.intervalMs = 1000;
    keepAlive.end();
    await keepAlive.during(() => Promise.resolve());
    await jest.advanceTimersByTimeAsync(10_000);
    expect(acts).toBe(0);
  });
});
