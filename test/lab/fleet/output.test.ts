import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Output } from '../../../lab/fleet/winrm/output.ts';

const never = new AbortController().signal;

describe('output of a pipeline', () => {
  it('gives all bytes in order, whatever the chunks and the sizes asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        async (chunks, maxBytes) => {
          const output = new Output();
          for (const chunk of chunks) output.push(Buffer.from(chunk));
          output.done();
          const got: Buffer[] = [];
          for (let isDone = false; !isDone; ) {
            const fetched = await output.fetch(maxBytes, 1_000, never);
            if (fetched.kind !== 'data') throw new Error(fetched.kind);
            expect(Buffer.concat(fetched.chunks).length).toBeLessThanOrEqual(maxBytes);
            got.push(...fetched.chunks);
            isDone = fetched.isDone;
          }
          expect(Buffer.concat(got)).toEqual(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))));
        },
      ),
    );
  });

  it('hands data to the Receive that waits', async () => {
    const output = new Output();
    const waiting = output.fetch(10, 60_000, never);
    output.push(Buffer.from('x'));
    expect(await waiting).toEqual({ kind: 'data', chunks: [Buffer.from('x')], isDone: false });
    expect(output.waiting).toBe(0);
  });

  it('tells a waiting Receive that the shell has gone, and that its client has', async () => {
    const output = new Output();
    const waiting = output.fetch(10, 60_000, never);
    output.close();
    expect(await waiting).toEqual({ kind: 'closed' });

    const other = new Output();
    const client = new AbortController();
    const left = other.fetch(10, 60_000, client.signal);
    client.abort();
    expect(await left).toEqual({ kind: 'timed-out' });
    other.push(Buffer.from('kept'));
    expect(await other.fetch(10, 60_000, never)).toMatchObject({ chunks: [Buffer.from('kept')] });
  });

  it('gives what is left before it says that the shell has gone', async () => {
    const output = new Output();
    output.push(Buffer.from('last'));
    output.close();
    expect(await output.fetch(10, 60_000, never)).toMatchObject({ kind: 'data', isDone: false });
    expect(await output.fetch(10, 60_000, never)).toEqual({ kind: 'closed' });
  });
});
