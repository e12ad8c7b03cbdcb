/** Files to, from and by the machines of a real lab. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLab } from '../../ps-modules/support/module-lab.ts';

const { signal } = new AbortController();
const options = { signal, timeoutMs: 120_000 };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** More than one pipeline carries. */
const content = randomBytes(30 * 1024 * 1024);
const wanted = sha256(content);
const source = (start: number): Readable => Readable.from(pieces(start));
function* pieces(start: number): Generator<Buffer> {
  for (let at = start; at < content.length; at += 1_000_000) yield content.subarray(at, at + 1_000_000);
}

let lab: ModuleLab;
let folder: string;
beforeAll(async () => {
  lab = await ModuleLab.start([{ name: 'srv', profile: 'windows-server-2019' }]);
  folder = mkdtempSync(join(tmpdir(), 'fb-files-'));
});
afterAll(async () => {
  await lab?.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('files over WinRM', () => {
  const path = 'C:\\Data\\new\\large.bin';

  it('come to the host, are proved, and are not sent twice', async () => {
    const session = await lab.session('srv');
    const push = () => session.push(source, path, { ...options, sha256: wanted });
    expect(await push()).toEqual({ bytes: content.length, sha256: wanted, skipped: false });
    expect(await push()).toMatchObject({ skipped: true });
    expect(await lab.call('srv', 'Host\\Get-FbFileHash', { Path: path })).toMatchObject({ Sha256: wanted });
  });

  it('come back the same', async () => {
    const session = await lab.session('srv');
    const file = join(folder, 'large.bin');
    expect(await session.fetch(path, file, options)).toEqual({ bytes: content.length, sha256: wanted, skipped: false });
    expect(sha256(readFileSync(file))).toBe(wanted);
  });

  it('go on after a transfer that was given up', async () => {
    const session = await lab.session('srv');
    const again = 'C:\\Data\\again.bin';
    const stop = new AbortController();
    const onProgress = (bytes: number): void => {
      if (bytes > 26 * 1024 * 1024) stop.abort();
    };
    const givenUp = session.push(source, again, { ...options, signal: stop.signal, sha256: wanted, onProgress });
    await expect(givenUp).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    lab.forget('srv');
    const starts: number[] = [];
    const recorded = (start: number): Readable => {
      starts.push(start);
      return source(start);
    };
    const next = await lab.session('srv');
    expect(await next.push(recorded, again, { ...options, sha256: wanted })).toMatchObject({ skipped: false });
    expect(starts).toHaveLength(1);
    expect(starts[0]).toBeGreaterThanOrEqual(24 * 1024 * 1024);
  });
});

describe('files that the host pulls by HTTP', () => {
  /** A web server that closes the line after so many bytes of an answer. */
  let cutAfter = Number.POSITIVE_INFINITY;
  const ranges: (string | undefined)[] = [];
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/patches/large.bin') {
        response.writeHead(404).end();
        return;
      }
      const { range } = request.headers;
      ranges.push(range);
      const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      if (start >= content.length) {
        response.writeHead(416).end();
        return;
      }
      response.writeHead(range === undefined ? 200 : 206, { 'content-length': content.length - start });
      const cut = content.subarray(start, start + Math.min(cutAfter, content.length - start));
      response.write(cut, () => {
        if (cut.length < content.length - start) response.destroy();
        else response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/patches`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const temporary = 'C:\\Data\\pulled.bin.part';
  const save = (file: string) =>
    lab.call('srv', 'Host\\Save-FbWebFile', { Uri: `${base}/${file}`, TemporaryPath: temporary });

  it('are gone on with where the line was cut, and proved', async () => {
    cutAfter = 10_000_000;
    await expect(save('large.bin')).rejects.toThrow();
    cutAfter = Number.POSITIVE_INFINITY;
    expect(await save('large.bin')).toMatchObject({ Length: content.length });
    expect(ranges).toHaveLength(2);
    const [, second = ''] = ranges;
    expect(Number(/^bytes=(\d+)-$/.exec(second ?? '')?.[1])).toBeGreaterThan(0);
    const finished = { TemporaryPath: temporary, Path: 'C:\\Data\\pulled.bin', Sha256: wanted };
    expect(await lab.call('srv', 'Host\\Complete-FbFile', finished)).toMatchObject({ Sha256: wanted });
  });

  it('are started over when the part that is there is the whole file or more', async () => {
    expect(await save('large.bin')).toMatchObject({ Length: content.length });
    expect(await save('large.bin')).toMatchObject({ Length: content.length });
  });

  it('fail with the server’s answer', async () => {
    await expect(save('missing.bin')).rejects.toThrow(/FB_TRANSFER_FAILED.*404|404.*FB_TRANSFER_FAILED/s);
  });
});
