/** CLIXML decoding in MB/s; the peer is a bare parse of the same text by saxes. */
import { SaxesParser } from 'saxes';
import { decodeClixml } from '../src/protocol/index.ts';
import { type BenchLab, openSession } from './support/lab.ts';
import { megabytesPerSecond, type Row, type Section } from './support/report.ts';

const ROUNDS = 12;
const { signal } = new AbortController();
/** Shapes that hosts send: many small objects, few large texts, bytes. */
const SHAPES = [
  [
    '5,000 objects with ten properties',
    `1..5000 | ForEach-Object { [pscustomobject]@{ Id = $_; Name = "service-$_"; Path = "C:\\Windows\\System32\\svc$_.exe"; Start = [datetime]::UtcNow; Size = [long] $_ * 1024; Ok = $true; Note = $null; Guid = [guid]::Empty; Ratio = $_ / 3; Tags = @('a', 'b') } }`,
  ],
  ['1 MB of text', `'a <b> & "c"' * 100000`],
  ['1 MB of bytes', `, (New-Object byte[] 1048576)`],
] as const;

export async function benchClixml(lab: BenchLab): Promise<Section> {
  const [address = ''] = lab.addresses;
  const session = await openSession({ address, auth: 'basic', user: lab.user, password: lab.password });
  const rows: Row[] = [];
  for (const [what, script] of SHAPES) {
    const wrapped = `[System.Management.Automation.PSSerializer]::Serialize(@(${script}))`;
    const { output } = await session.invoke<string>({ script: wrapped }, { signal, timeoutMs: 60_000 });
    const text = output[0] ?? '';
    const bytes = Buffer.byteLength(text);
    const ours = best(() => decodeClixml(text));
    const bare = best(() => parse(text));
    rows.push({
      what: `${what} (${(bytes / 1_000_000).toFixed(1)} MB of CLIXML)`,
      value: megabytesPerSecond(bytes, ours),
      peer: `${(bare / ours).toFixed(2)} × the speed of a bare parse by saxes (${megabytesPerSecond(bytes, bare)})`,
    });
  }
  await session.close();
  return { title: 'CLIXML', text: 'Decoding of what the engine serializes, the best of twelve rounds.', rows };
}

function best(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    work();
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

function parse(text: string): void {
  const parser = new SaxesParser();
  parser.write(text).close();
}
