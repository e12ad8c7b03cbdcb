import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createSession, ModuleLibrary } from '../../src/powershell/index.ts';
import { numberOf, type PsCommand, PsObject, type PsValue, textOf } from '../../src/protocol/index.ts';
import { FakeRunner } from './fake-runner.ts';
import { HostFailure } from './records.ts';

const PATH = 'C:\\ProgramData\\Firebreak\\a.msu';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The three host functions over files in memory. */
class HostFiles {
  readonly files = new Map<string, Buffer>();
  readonly chunkSizes: number[] = [];

  behave = (command: PsCommand): PsValue[] => {
    const argument = (name: string): PsValue => command.parameters.find((each) => each.name === name)?.value ?? null;
    const path = textOf(argument('Path')) ?? '';
    const result = (values: { readonly [name: string]: PsValue }): PsValue[] => [
      new PsObject({ extended: new Map(Object.entries(values)) }),
    ];
    switch (command.text) {
      case 'Firebreak.Host\\Get-FbFileHash': {
        const file = this.files.get(path);
        return result({
          Exists: file !== undefined,
          Sha256: file ? sha256(file) : null,
          Length: BigInt(file?.length ?? 0),
        });
      }
      case 'Firebreak.Host\\Add-FbFileChunk': {
        const bytes = argument('Bytes');
        const offset = numberOf(argument('Offset')) ?? -1;
        if (!(bytes instanceof Uint8Array)) throw new Error('Bytes must be a byte array');
        const before = (this.files.get(path) ?? Buffer.alloc(0)).subarray(0, offset);
        if (before.length < offset) throw new HostFailure('FB_TRANSFER_FAILED,Add-FbFileChunk', 'too short');
        this.chunkSizes.push(bytes.length);
        this.files.set(path, Buffer.concat([before, bytes]));
        return result({ Length: BigInt(offset + bytes.length) });
      }
      case 'Firebreak.Host\\Complete-FbFile': {
        const temporary = textOf(argument('TemporaryPath')) ?? '';
        const file = this.files.get(temporary) ?? Buffer.alloc(0);
        if (sha256(file) !== argument('Sha256'))
          throw new HostFailure('FB_TRANSFER_HASH,Complete-FbFile', 'wrong hash');
        this.files.delete(temporary);
        this.files.set(path, file);
        return result({ Sha256: sha256(file), Length: BigInt(file.length) });
      }
      default:
        return [];
    }
  };
}

function push(host: HostFiles, source: () => Readable, expected: string, onProgress?: (bytes: number) => void) {
  const session = createSession(new FakeRunner(host.behave), new ModuleLibrary());
  return session.push(source, PATH, {
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    sha256: expected,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

describe('push', () => {
  const data = Buffer.from(Array.from({ length: 100_001 }, (_each, index) => index % 251));

  it('sends chunks of one size, checks and renames', async () => {
    const host = new HostFiles();
    const progress: number[] = [];
    const pieces = (): Readable =>
      Readable.from([data.subarray(0, 7), data.subarray(7, 60_000), data.subarray(60_000)]);
    const transferred = await push(host, pieces, sha256(data), (bytes) => progress.push(bytes));
    expect(transferred).toEqual({ bytes: 100_001, sha256: sha256(data), skipped: false });
    expect([...host.files.keys()]).toEqual([PATH]);
    expect(host.files.get(PATH)?.equals(data)).toBe(true);
    const [size = 0] = host.chunkSizes;
    expect(host.chunkSizes.slice(0, -1).every((each) => each === size)).toBe(true);
    // base64 in CLIXML: the chunk must fit into one request of the runner
    expect((size * 4) / 3).toBeLessThan(40_000);
    expect(progress.at(-1)).toBe(100_001);
  });

  it('sends an empty file', async () => {
    const host = new HostFiles();
    const empty = Buffer.alloc(0);
    expect(await push(host, () => Readable.from([]), sha256(empty))).toMatchObject({ bytes: 0, skipped: false });
    expect(host.files.get(PATH)?.length).toBe(0);
  });

  it('sends nothing when the host has the file already', async () => {
    const host = new HostFiles();
    host.files.set(PATH, data);
    const source = (): Readable => {
      throw new Error('must not be read');
    };
    expect(await push(host, source, sha256(data).toUpperCase())).toEqual({
      bytes: 100_001,
      sha256: sha256(data),
      skipped: true,
    });
  });

  it('starts over what an earlier attempt left behind', async () => {
    const host = new HostFiles();
    host.files.set(`${PATH}.${sha256(data).slice(0, 8)}.part`, Buffer.alloc(500_000, 1));
    await push(host, () => Readable.from([data]), sha256(data));
    expect(host.files.get(PATH)?.equals(data)).toBe(true);
  });

  it('never completes a file that differs from the expected hash', async () => {
    const host = new HostFiles();
    await expect(push(host, () => Readable.from([data]), sha256(Buffer.from('other')))).rejects.toMatchObject({
      code: 'FB_TRANSFER_HASH',
      retryable: false,
    });
    expect(host.files.has(PATH)).toBe(false);
  });

  it('says that bytes were changed on the way', async () => {
    const host = new HostFiles();
    const { behave } = host;
    host.behave = (command) => {
      const result = behave(command);
      for (const file of host.files.values()) file[0] = 99;
      return result;
    };
    await expect(push(host, () => Readable.from([data]), sha256(data))).rejects.toMatchObject({
      code: 'FB_TRANSFER_HASH',
      retryable: true,
    });
  });

  it('fails with the cause when the source cannot be read or the host refuses', async () => {
    const broken = (): Readable =>
      new Readable({
        read() {
          this.destroy(new Error('disk on fire'));
        },
      });
    await expect(push(new HostFiles(), broken, sha256(data))).rejects.toMatchObject({
      code: 'FB_TRANSFER_FAILED',
      message: expect.stringContaining('disk on fire'),
    });
    const host = new HostFiles();
    const { behave } = host;
    host.behave = (command) => {
      if (command.text.endsWith('Add-FbFileChunk')) throw new HostFailure('IOException', 'disk full');
      return behave(command);
    };
    await expect(push(host, () => Readable.from([data]), sha256(data))).rejects.toMatchObject({
      code: 'FB_TRANSFER_FAILED',
      message: expect.stringContaining('disk full'),
    });
  });
});
