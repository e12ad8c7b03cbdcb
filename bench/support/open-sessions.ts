/** Opens as many sessions as standard input says and prints how much RSS one of them takes. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Session } from '../../src/domain/index.ts';
import { openSession } from './lab.ts';

interface Wanted {
  readonly auth: 'basic' | 'ntlm';
  readonly sessions: number;
  readonly perHost: number;
  readonly user: string;
  readonly password: string;
  readonly addresses: readonly string[];
}

const AT_ONCE = 8;
const wanted = JSON.parse(readFileSync(0, 'utf8')) as Wanted;
const options = { signal: new AbortController().signal, timeoutMs: 60_000 };
const open: Session[] = [];

async function openOne(index: number): Promise<void> {
  const address = wanted.addresses[Math.floor(index / wanted.perHost)] ?? '';
  const session = await openSession({ address, auth: wanted.auth, user: wanted.user, password: wanted.password });
  await session.invoke({ script: '1' }, options);
  open.push(session);
}

function rss(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

// what the first sessions load is there for all of them
for (let index = 0; index < AT_ONCE; index += 1) await openOne(index);
const before = rss();
let next = AT_ONCE;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let index = next++; index < wanted.sessions; index = next++) await openOne(index);
  }),
);
const kilobytes = (rss() - before) / 1000 / (wanted.sessions - AT_ONCE);
process.stdout.write(JSON.stringify({ kilobytes }));
await Promise.all(open.map((session) => session.close()));
