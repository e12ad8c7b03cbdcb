/** A lab for benchmarks, in a temporary folder, and sessions on its machines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLab } from '../../src/app/lab/index.ts';
import { Secret, type Session, type Target } from '../../src/domain/index.ts';
import { createTransports } from '../../src/transports/index.ts';

export interface BenchLab {
  readonly user: string;
  readonly password: string;
  readonly addresses: readonly string[];
  end(): Promise<void>;
}

/** Machines that take Basic over HTTP as well as Negotiate. */
export async function startBenchLab(hosts: number): Promise<BenchLab> {
  const dir = mkdtempSync(join(tmpdir(), 'firebreak-bench-'));
  const fleet = join(dir, 'fleet.yaml');
  const names = Array.from({ length: hosts }, (_each, index) => `bench${index + 1}`);
  writeFileSync(fleet, JSON.stringify({ hosts: names.map((name) => ({ name, profile: 'windows-server-2019' })) }));
  const running = await runLab({
    dir: join(dir, 'lab'),
    hosts: { fleet },
    addresses: '127.90',
    onProgress: () => undefined,
  });
  const file = JSON.parse(readFileSync(join(dir, 'lab', 'lab.json'), 'utf8')) as {
    readonly hosts: readonly { readonly address: string }[];
  };
  const inventory = readFileSync(running.lab.inventory, 'utf8');
  return {
    user: /user: (\S+)/.exec(inventory)?.[1] ?? 'Administrator',
    password: readFileSync(join(dir, 'lab', 'password'), 'utf8').trim(),
    addresses: file.hosts.map((host) => host.address),
    async end() {
      await running.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type BenchTarget = Pick<Target, 'address' | 'auth' | 'user'> & {
  readonly password: string;
  readonly port?: number;
};

export function openSession({ address, port = 5985, auth, user, password }: BenchTarget): Promise<Session> {
  const target: Target = {
    host: address,
    transport: 'winrm',
    address,
    port,
    useTls: false,
    auth,
    user,
    password: new Secret(password),
    allowUnencrypted: true,
    settings: {},
  };
  return createTransports().winrm.open(target, { signal: new AbortController().signal, timeoutMs: 60_000 });
}
