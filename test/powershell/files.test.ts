import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FirebreakError } from '../../src/domain/index.ts';
import { createSession, ModuleLibrary, type RunOptions } from '../../src/powershell/index.ts';
import { numberOf, type PsCommand, PsObject, type PsValue, textOf } from '../../src/protocol/index.ts';
import { FakeRunner } from './fake-runner.ts';
import { HostFailure } from './records.ts';

const PATH = 'C:\\ProgramData\\Firebreak\\a.msu';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const options = { signal: new AbortController().signal, timeoutMs: 120_000 };
const data = Buffer.from(Array.from({ length: 100_001 }, (_each, index) => index % 251));
const part = (bytes: Uint8Array): string => `${PATH}.${sha256(bytes).slice(0, 8)}.part`;

/** The host's functions for files over files in memory. */
class HostFiles {
  readonly files = new Map<string, Buffer>();
  readonly chunkSizes: number[] = [];
  readonly offsets: number[] = [];
  /** Input chunks of one call after which the connection breaks. */
  breakAfter = Number.POSITIVE_INFINITY;

  behave = async (command: PsCommand, run: RunOptions): Promise<PsValue[]> => {
    const argument = (name: string): PsValue => command.parameters.find((each) => each.name === name)?.value ?? null;
    const number = (name: string): number => numberOf(argument(name)) ?? -1;
    const path = textOf(argument('Path')) ?? '';
    const file = this.files.get(path);
    const result = (values: { readonly [name: string]: PsValue }): PsValue[] => [
      new PsObject({ extended: new Map(Object.entries(values)) }),
    ];
    const described = {
      Exists: file !== undefined,
      Sha256: file === undefined ? null : sha256(file),
      Length: BigInt(file?.length ?? 0),
    };
    switch (command.text) {
      case 'Firebreak.Host\\Get-FbFileHash':
        return result(described);
      case 'Firebreak.Host\\Get-FbTransfer': {
        const partial = this.files.get(textOf(argument('TemporaryPath')) ?? '');
        return result({ ...described, PartialLength: BigInt(partial?.length ?? 0) });
      }
      case 'Firebreak.Host\\Add-FbFileChunk': {
        const start = number('Offset');
        this.offsets.push(start);
        const before = (file ?? Buffer.alloc(0)).subarray(0, start);
        if (before.length < start) throw new HostFailure('FB_TRANSFER_FAILED,Add-FbFileChunk', 'too short');
        const chunks: Uint8Array[] = [before];
        const write = (): number => this.files.set(path, Buffer.concat(chunks)).get(path)?.length ?? 0;
        for await (const bytes of run.input ?? []) {
          if (!(bytes instanceof Uint8Array)) throw new Error('the input must be byte arrays');
          this.chunkSizes.push(bytes.length);
          chunks.push(bytes);
          if (chunks.length > this.breakAfter) {
            write();
            throw new HostFailure('PipelineStopped', 'the line broke');
          }
        }
        return result({ Length: BigInt(write()) });
      }
      case 'Firebreak.Host\\Read-FbFile': {
        const content = (file ?? Buffer.alloc(0)).subarray(number('Offset'), number('Offset') + number('Count'));
        this.offsets.push(number('Offset'));
        const pieces: PsValue[] = [];
        for (let at = 0; at < content.length; at += 30_000)
          pieces.push(new Uint8Array(content.subarray(at, at + 30_000)));
        return pieces;
      }
      case 'Firebreak.Host\\Complete-FbFile': {
        const temporary = textOf(argument('TemporaryPath')) ?? '';
        const arrived = this.files.get(temporary) ?? Buffer.alloc(0);
        this.files.delete(temporary);
        if (sha256(arrived) !== argument('Sha256'))
          throw new HostFailure('FB_TRANSFER_HASH,Complete-FbFile', 'wrong hash');
        this.files.set(path, arrived);
        return result({ Sha256: sha256(arrived), Length: BigInt(arrived.length) });
      }
      default:
        return [];
    }
  };
}

const sessionOn = (host: HostFiles) =>
  createSession(new FakeRunner((command, run) => host.behave(command, run)), new ModuleLibrary());

function push(
  host: HostFiles,
  source: (start: number) => Readable,
  expected: string,
  onProgress?: (bytes: number) => void,
) {
  return sessionOn(host).push(source, PATH, {
    ...options,
    sha256: expected,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

const from =
  (bytes: Buffer) =>
  (start: number): Readable =>
    Readable.from([bytes.subarray(start)]);

describe('push', () => {
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

  it('carries a large file in several pipelines, each below what a host takes in one command', async () => {
    const host = new HostFiles();
    const large = Buffer.alloc(60 * 1024 * 1024, 7);
    await push(host, from(large), sha256(large));
    expect(host.files.get(PATH)?.equals(large)).toBe(true);
    expect(host.offsets).toHaveLength(3);
    const steps = host.offsets.map((at, index) => (host.offsets[index + 1] ?? large.length) - at);
    expect(Math.max(...steps) * (4 / 3)).toBeLessThan(50 * 1000 * 1000);
  });

  it('goes on where an interrupted transfer stopped', async () => {
    const host = new HostFiles();
    host.breakAfter = 2;
    await expect(push(host, from(data), sha256(data))).rejects.toMatchObject({ code: 'FB_TRANSFER_FAILED' });
    const arrived = host.files.get(part(data))?.length ?? 0;
    expect(arrived).toBeGreaterThan(0);
    host.breakAfter = Number.POSITIVE_INFINITY;
    const starts: number[] = [];
    const source = (start: number): Readable => {
      starts.push(start);
      return from(data)(start);
    };
    expect(await push(host, source, sha256(data))).toMatchObject({ bytes: data.length, skipped: false });
    expect(starts).toEqual([arrived]);
    expect(host.files.get(PATH)?.equals(data)).toBe(true);
  });

  it.each([
    ['other bytes', Buffer.alloc(50_000, 1)],
    ['more bytes than the file has', Buffer.alloc(500_000, 1)],
  ])('starts over when what was left behind is %s', async (_what, left) => {
    const host = new HostFiles();
    host.files.set(part(data), left);
    await push(host, from(data), sha256(data));
    expect(host.offsets).toEqual([left.length, 0]);
    expect(host.files.get(PATH)?.equals(data)).toBe(true);
  });

  it('never completes a file that differs from the expected hash', async () => {
    const host = new HostFiles();
    await expect(push(host, from(data), sha256(Buffer.from('other')))).rejects.toMatchObject({
      code: 'FB_TRANSFER_HASH',
      retryable: false,
    });
    expect(host.files.has(PATH)).toBe(false);
  });

  it('says that bytes were changed on the way', async () => {
    const host = new HostFiles();
    const { behave } = host;
    host.behave = async (command, run) => {
      const result = await behave(command, run);
      for (const file of host.files.values()) file[0] = 99;
      return result;
    };
    await expect(push(host, from(data), sha256(data))).rejects.toMatchObject({
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
    host.behave = async (command, run) => {
      if (command.text.endsWith('Add-FbFileChunk')) throw new HostFailure('IOException', 'disk full');
      return behave(command, run);
    };
    await expect(push(host, from(data), sha256(data))).rejects.toMatchObject({
      code: 'FB_TRANSFER_FAILED',
      message: expect.stringContaining('disk full'),
    });
  });
});

describe('fetch', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fb-fetch-'));
    file = join(folder, 'new', 'a.msu');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fetch = (host: HostFiles, onProgress: (bytes: number) => void = () => undefined) =>
    sessionOn(host).fetch(PATH, file, { ...options, onProgress });

  const failure = async (promise: Promise<unknown>): Promise<FirebreakError> =>
    promise.then(
      () => {
        throw new Error('it did not fail');
      },
      (thrown: FirebreakError) => thrown,
    );

  it('copies the bytes, making the folder, and leaves nothing else behind', async () => {
    const host = new HostFiles();
    host.files.set(PATH, data);
    const progress: number[] = [];
    const transferred = await fetch(host, (bytes) => progress.push(bytes));
    expect(transferred).toEqual({ bytes: data.length, sha256: sha256(data), skipped: false });
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(readdirSync(join(folder, 'new'))).toEqual(['a.msu']);
    expect(progress).toEqual([30_000, 60_000, 90_000, 100_001]);
  });

  it('makes an empty file of an empty file', async () => {
    const host = new HostFiles();
    host.files.set(PATH, Buffer.alloc(0));
    expect(await fetch(host)).toMatchObject({ bytes: 0, skipped: false });
    expect(readFileSync(file)).toHaveLength(0);
  });

  it('fetches nothing that is here already', async () => {
    const host = new HostFiles();
    host.files.set(PATH, data);
    await fetch(host);
    host.offsets.length = 0;
    expect(await fetch(host)).toMatchObject({ skipped: true });
    expect(host.offsets).toEqual([]);
  });

  it('goes on where an interrupted transfer stopped', async () => {
    file = join(folder, 'a.msu');
    const host = new HostFiles();
    host.files.set(PATH, data);
    writeFileSync(`${file}.${sha256(data).slice(0, 8)}.part`, data.subarray(0, 40_000));
    expect(await fetch(host)).toMatchObject({ bytes: data.length });
    expect(host.offsets).toEqual([40_000]);
    expect(readFileSync(file).equals(data)).toBe(true);
  });

  it('says that the file changed under way, and starts afresh the next time', async () => {
    const host = new HostFiles();
    host.files.set(PATH, data);
    const { behave } = host;
    let isChanging = true;
    host.behave = async (command, run) => {
      const result = await behave(command, run);
      if (isChanging && command.text.endsWith('Get-FbFileHash')) host.files.set(PATH, Buffer.alloc(data.length, 1));
      return result;
    };
    expect(await failure(fetch(host))).toMatchObject({ code: 'FB_TRANSFER_HASH' });
    expect(readdirSync(join(folder, 'new'))).toEqual([]);
    isChanging = false;
    host.files.set(PATH, data);
    expect(await fetch(host)).toMatchObject({ skipped: false });
  });

  it('says that there is no such file, and that one became shorter', async () => {
    const host = new HostFiles();
    expect(await failure(fetch(host))).toMatchObject({ code: 'FB_TRANSFER_FAILED', retryable: false });
    host.files.set(PATH, data);
    const { behave } = host;
    host.behave = async (command, run) => (command.text.endsWith('Read-FbFile') ? [] : behave(command, run));
    expect((await failure(fetch(host))).message).toContain('shorter');
  });
});
