/**
 * Invokes on a kept session: time, round trips, connections, our CPU; 1 MB out. The peers are pypsrp, which does the same,
 * and pywinrm, each where Python has it, on the same machine of the lab.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchLab, openSession } from './support/lab.ts';
import { startRelay } from './support/relay.ts';
import {
  type Distribution,
  distributionOf,
  milliseconds,
  type Row,
  ratio,
  type Section,
  timed,
} from './support/report.ts';

const INVOKES = 400;
const LARGE_INVOKES = 30;
const MEGABYTE = 1024 * 1024;
/** Few enough for one row without a Signal. */
const IN_A_ROW = 20;
/** Longer than a shell must be quiet before it is tidied up. */
const QUIET_MS = 1_000;
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
    const peer = pypsrp(lab, address, auth);
    const other = pywinrm(lab, address, auth);
    rows.push({
      what: `trivial invoke on a kept session, ${name}`,
      value: milliseconds(trivial),
      peer: [
        ...(peer === undefined
          ? []
          : [ratio(trivial.median, peer.trivial.median, `pypsrp (${milliseconds(peer.trivial)})`)]),
        ...(other === undefined ? [] : [ratio(trivial.min, other, `pywinrm run_cmd (${other.toFixed(1)} ms)`)]),
      ].join('; '),
    });
    const cpu = process.cpuUsage();
    for (let index = 0; index < INVOKES; index += 1) await session.invoke({ script: '1' }, options);
    const used = process.cpuUsage(cpu);
    rows.push({
      what: `our CPU time for it, ${name}`,
      value: `${((used.user + used.system) / 1000 / INVOKES).toFixed(2)} ms`,
      peer:
        peer === undefined
          ? ''
          : ratio((used.user + used.system) / 1000 / INVOKES, peer.cpu, `pypsrp (${peer.cpu.toFixed(2)} ms)`),
    });
    const large = distributionOf(
      await timed(LARGE_INVOKES, 5, () => session.invoke({ script: `'x' * ${MEGABYTE}` }, options)),
    );
    rows.push({
      what: `invoke that gives 1 MB, ${name}`,
      value: milliseconds(large),
      peer: peer === undefined ? '' : ratio(large.median, peer.large.median, `pypsrp (${milliseconds(peer.large)})`),
    });
    await session.close();
  }
  rows.push(...(await counts(lab, address)));
  return {
    title: 'Invokes',
    text: 'One machine of the lab (a real PowerShell engine) over loopback; pypsrp does the same through its own pool, compared by the median; pywinrm runs `cmd` in a text shell that it makes for each command.',
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
  const requestsOf = async (count: number): Promise<number> => {
    const before = relay.requests;
    for (let index = 0; index < count; index += 1) await session.invoke({ script: '1' }, options);
    return (relay.requests - before) / count;
  };
  const few = await requestsOf(IN_A_ROW);
  await sleep(QUIET_MS);
  const many = await requestsOf(INVOKES);
  const { connections } = relay;
  await session.close();
  await relay.end();
  return [
    { what: 'requests for an invoke (Command, Receive)', value: few.toFixed(2), peer: '' },
    {
      what: `the same with ${INVOKES} in a row (a Signal for each finished one, in batches)`,
      value: many.toFixed(2),
      peer: '',
    },
    { what: 'connections of a host', value: String(connections), peer: '' },
  ];
}

/** Minimum of its `run_cmd` in milliseconds; undefined where it is not installed. */
function pywinrm(lab: BenchLab, address: string, transport: 'basic' | 'ntlm'): number | undefined {
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

interface PypsrpTimes {
  readonly trivial: Distribution;
  readonly large: Distribution;
  /** Milliseconds of its CPU time for a trivial invoke. */
  readonly cpu: number;
}

/** undefined where it is not installed. */
function pypsrp(lab: BenchLab, address: string, auth: 'basic' | 'ntlm'): PypsrpTimes | undefined {
  const script = `
import json, sys, time
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
wsman = WSMan('${address}', port=5985, ssl=False, auth=sys.argv[2], username=sys.argv[1],
    password=sys.stdin.readline().strip(), encryption='never' if sys.argv[2] == 'basic' else 'always')
def times(count, warm_up, script):
    samples = []
    for index in range(warm_up + count):
        shell = PowerShell(pool)
        shell.add_script(script)
        start = time.perf_counter()
        shell.invoke()
        if index >= warm_up: samples.append((time.perf_counter() - start) * 1000)
    return samples
with RunspacePool(wsman) as pool:
    start = time.process_time()
    trivial = times(${INVOKES}, 0, '1')
    cpu = (time.process_time() - start) * 1000 / ${INVOKES}
    print(json.dumps({'trivial': trivial, 'cpu': cpu, 'large': times(${LARGE_INVOKES}, 5, "'x' * ${MEGABYTE}")}))`;
  const { status, stdout } = spawnSync('python3', ['-c', script, lab.user, auth], {
    input: `${lab.password}\n`,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) return undefined;
  const { trivial, large, cpu } = JSON.parse(stdout) as Readonly<Record<'trivial' | 'large', number[]>> & {
    readonly cpu: number;
  };
  return { trivial: distributionOf(trivial), large: distributionOf(large), cpu };
}
