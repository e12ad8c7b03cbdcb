/** Files to a host in MB/s; the peer is a bare HTTP upload of the same bytes in base64 to a server that only counts them. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { type BenchLab, openSession } from './support/lab.ts';
import { megabytesPerSecond, type Row, ratio, type Section } from './support/report.ts';

const BYTES = 64 * 1024 * 1024;
const { signal } = new AbortController();

export async function benchPush(lab: BenchLab): Promise<Section> {
  const content = randomBytes(BYTES);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const bare = await upload(content);
  const [address = ''] = lab.addresses;
  const rows: Row[] = [];
  for (const auth of ['basic', 'ntlm'] as const) {
    const session = await openSession({ address, auth, user: lab.user, password: lab.password });
    const path = `C:\\Windows\\Temp\\bench-${auth}.bin`;
    const before = performance.now();
    await session.push((start) => Readable.from(pieces(content, start)), path, { signal, timeoutMs: 600_000, sha256 });
    const ms = performance.now() - before;
    rows.push({
      what: `push of ${BYTES / 1024 / 1024} MiB over WinRM, ${auth === 'basic' ? 'Basic' : 'NTLM, sealed'}, hash checked`,
      value: megabytesPerSecond(BYTES, ms),
      peer: `${ratio(bare, ms, 'the speed of a bare upload')} (${megabytesPerSecond(BYTES, bare)})`,
    });
    await session.close();
  }
  return {
    title: 'Files',
    text: 'The bytes travel as base64 in CLIXML in base64 in SOAP: that is the protocol.',
    rows,
  };
}

function* pieces(content: Buffer, start: number): Generator<Buffer> {
  for (let at = start; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

async function upload(content: Buffer): Promise<number> {
  let got = 0;
  const server = createServer((request, response) => {
    request.on('data', (data: Buffer) => {
      got += data.length;
    });
    request.on('end', () => response.end(String(got)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const before = performance.now();
  const body = content.toString('base64');
  await (await fetch(`http://127.0.0.1:${bound.port}/`, { method: 'POST', body })).text();
  const ms = performance.now() - before;
  await new Promise((resolve) => server.close(resolve));
  return ms;
}
