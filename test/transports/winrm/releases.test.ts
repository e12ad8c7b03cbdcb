/** Finished commands that are freed, and those that cannot be. */
import { describe, expect, it } from '@jest/globals';
import { Releases } from '../../../src/transports/winrm/releases.ts';

describe('finished commands', () => {
  it('are freed before the next one when there are too many', async () => {
    const freed: string[] = [];
    const releases = new Releases(async (id) => void freed.push(id));
    for (const id of ['a', 'b', 'c', 'd']) releases.add(id);
    await releases.makeRoom(4);
    releases.end();
    expect(freed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('do not keep the next one waiting for a host that is away, once for each', async () => {
    const asked: string[] = [];
    const releases = new Releases((id) => {
      asked.push(id);
      return Promise.reject(new Error('no connection within 15 s'));
    });
    for (const id of ['a', 'b', 'c', 'd']) releases.add(id);
    await releases.makeRoom(4);
    releases.end();
    expect(asked).toEqual(['a']);
  });
});
