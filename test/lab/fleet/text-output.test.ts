import { describe, expect, it } from '@jest/globals';
import { TextOutput } from '../../../lab/fleet/winrm/text-output.ts';

const { signal } = new AbortController();
const LONG_MS = 60_000;
const b = (text: string): Buffer => Buffer.from(text);

describe('output of a text command', () => {
  it('comes in the order it was written, neighbours of a stream as one', async () => {
    const output = new TextOutput();
    output.push('stdout', b('a'));
    output.push('stdout', b('b'));
    output.push('stderr', b('!'));
    output.push('stdout', b('c'));
    expect(await output.fetch(100, LONG_MS, signal)).toEqual({
      kind: 'data',
      written: [
        { stream: 'stdout', data: b('ab') },
        { stream: 'stderr', data: b('!') },
        { stream: 'stdout', data: b('c') },
      ],
      exitCode: undefined,
    });
  });

  it('is cut to what fits, and the exit code comes with the last of it', async () => {
    const output = new TextOutput();
    output.push('stdout', b('abcde'));
    output.done(3);
    expect(await output.fetch(4, LONG_MS, signal)).toMatchObject({
      written: [{ data: b('abcd') }],
      exitCode: undefined,
    });
    expect(await output.fetch(4, LONG_MS, signal)).toMatchObject({ written: [{ data: b('e') }], exitCode: 3 });
  });

  it('is waited for by one who asks early, and nobody waits in vain', async () => {
    const output = new TextOutput();
    const early = output.fetch(100, LONG_MS, signal);
    expect(output.waiting).toBe(1);
    output.push('stderr', b('x'));
    expect(await early).toMatchObject({ kind: 'data' });
    expect(output.waiting).toBe(0);
    expect(await output.fetch(100, 1, signal)).toEqual({ kind: 'timed-out' });
    const gone = new AbortController();
    const left = output.fetch(100, LONG_MS, gone.signal);
    gone.abort();
    expect(await left).toEqual({ kind: 'timed-out' });
    const closed = output.fetch(100, LONG_MS, signal);
    output.close();
    expect(await closed).toEqual({ kind: 'closed' });
  });
});
