/** Invokes on a kept session: time, round trips, connections, our CPU; 1 MB out. The peer is pywinrm on the same machine of the lab. */
import { spawnSync } from 'node:child_process';
import { type BenchLab, openSession } from './support/lab.ts';
import { startRelay } from './support/relay.ts';
import { distributionOf, milliseconds, type Row, ratio, type Section, timed } from './support/report.ts';

const INVOKES = 400;
const LARGE_INVOKES = 30;
const MEGABYTE = 1024 * 1024;
const { signal } = new AbortController();
const options = { signal, timeoutMs: 60_000 };
const AUTHS = [
  ['basic', 'Basic'],
  ['ntlm', 'NTLM, sealed'],
] as const;

export async function benchInvoke(lab: BenchLab): Promise<Section> {
  const [address = ''] = lab.addresses;
  const rows: Row[] = [];
  for (const [auth, name] of AUTHS) {
    const session = await openSession({ address, auth, user: lab.user, password: lab.password });
    const trivial = distributionOf(await timed(INVOKES, 50, () => session.invoke({ script: '1' }, options)));
    const peer = pywinrm(lab, address, auth === 'basic' ? 'basic' : 'ntlm');
    rows.push({
      what: `trivial invoke on a kept session, ${name}`,
      value: milliseconds(trivial),
      peer: peer === undefined ? '' : `${ratio(trivial.min, peer, `pywinrm run_cmd (${peer.toFixed(1)} ms)`)}`,
    });
    const cpu = process.cpuUsage();
    for (let index = 0; index < INVOKES; index += 1) await session.invoke({ script: '1' }, options);
    const used = process.cpuUsage(cpu);
    rows.push({
      what: `our CPU time for it, ${name}`,
      value: `${((used.user + used.system) / 1000 / INVOKES).toFixed(2)} ms`,
      peer: '',
    });
    const large = distributionOf(
      await timed(LARGE_INVOKES, 5, () => session.invoke({ script: `'x' * ${MEGABYTE}` }, options)),
    );
    rows.push({ what: `invoke that gives 1 MB, ${name}`, value: milliseconds(large), peer: '' });
    await session.close();
  }
  rows.push(...(await counts(lab, address)));
  return {
    title: 'Invokes',
    text: 'One machine of the lab (a real PowerShell engine) over loopback; the peer runs `cmd` in a text shell that it makes for each command.',
    rows,
  };
}

async function counts(lab: BenchLab, address: string): Promise<readonly Row[]> {
  const relay = await startRelay(address, 5985);
  const session = await openSession({
    address: '127.0.0.1',
    port: relay.port,
    auth: 'basic',
    user: lab.user,
    password: lab.password,
  });
  await session.invoke({ script: '1' }, options);
  const before = relay.requests;
  for (let index = 0; index < INVOKES; index += 1) await session.invoke({ script: '1' }, options);
  const requests = (relay.requests - before) / INVOKES;
  const { connections } = relay;
  await session.close();
  await relay.end();
  return [
    {
      what: 'requests for an invoke (Command, Receive; the Signal behind them is not waited for)',
      value: requests.toFixed(2),
      peer: '',
    },
    { what: 'connections of a host', value: String(connections), peer: '' },
  ];
}

/** Minimum of its `run_cmd` in milliseconds; undefined where it is not installed. */
function pywinrm(lab: BenchLab, address: string, transport: string): number | undefined {
  const script = `
import sys, time, winrm
session = winrm.Session('http://${address}:5985/wsman', auth=(sys.argv[1], sys.stdin.readline().strip()), transport='${transport}')
times = []
for _ in range(12):
    start = time.perf_counter()
    session.run_cmd('ver')
    times.append((time.perf_counter() - start) * 1000)
print(min(times))`;
  const { status, stdout } = spawnSync('python3', ['-c', script, lab.user], {
    input: `${lab.password}\n`,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const value = Number.parseFloat(stdout ?? '');
  return status === 0 && Number.isFinite(value) ? value : undefined;
}
