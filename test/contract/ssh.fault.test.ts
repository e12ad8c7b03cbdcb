/**
 * Faults of SSH: of its own messages before the lab's machines, of PowerShell's packets behind OpenSSH (Debian:
 * openssh-server). Needs the built engine (npm test builds it).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { Secret, type Target } from '../../src/domain/index.ts';
import { createTransports } from '../../src/transports/index.ts';
import { sshPort, startTestLab } from '../lab/support/lab.ts';
import { HAS_SSHD, startSshd } from '../transports/ssh/support/sshd.ts';
import { describeFaults, type Expected, type FaultBed, type FaultCase, RUNS, runsOn, warmUp } from './fault-suite.ts';
import { startBridge } from './support/bridge.ts';
import { type PacketCase, packetCases } from './support/packet-cases.ts';
import { type PacketPoint, PacketRelay } from './support/packet-relay.ts';
import { SSH_FAULTS, SSH_POINTS, type SshFault, type SshPoint, SshRelay } from './support/ssh-relay.ts';

const HOSTS = ['web-01', 'web-02'] as const;
const hostOf = (index: number) => HOSTS[index % HOSTS.length] ?? HOSTS[0];
const startLab = () =>
  startTestLab({
    engine: 'real',
    hosts: HOSTS.map((name) => ({ name, profile: 'windows-server-2019', ssh: true })),
  });

interface SshCase extends FaultCase {
  readonly at: SshPoint;
  readonly fault: SshFault;
}

function expectedOf(at: SshPoint, fault: SshFault): Expected {
  if (fault === 'late answer' || at.startsWith('close')) return 'success';
  // its middle is padding, which nothing protects yet
  if (at === 'new keys' && fault === 'a changed byte') return 'either';
  return at.startsWith('invoke') ? 'error' : 'not begun';
}

const cases: readonly SshCase[] = SSH_POINTS.flatMap((at) =>
  SSH_FAULTS.filter((fault) => {
    // the banner is a line: it has no length; what stands before it is no fault (RFC 4253 4.2)
    if (at === 'banner') return !/length|byte|HTML/.test(fault);
    // to who cannot read it, one wrong byte is like another
    return !/ \d/.test(at) || !/byte|HTML/.test(fault);
  }).map((fault) => ({
    title: `at ${at}: ${fault}`,
    at,
    fault,
    expected: expectedOf(at, fault),
    waits: waitsOf(at, fault),
  })),
);

/** A changed length makes us wait for more than there is. */
function waitsOf(at: SshPoint, fault: SshFault): FaultCase['waits'] {
  if (at.startsWith('close') || /cut|reset|late/.test(fault)) return undefined;
  return at.startsWith('invoke') ? 'invoke' : 'open';
}

async function startBed(): Promise<FaultBed<SshCase>> {
  const lab = await startLab();
  const folder = mkdtempSync(join(tmpdir(), 'fbfaults-'));
  const known = readFileSync(join(lab.dir, 'known_hosts'), 'utf8');
  const { ssh } = createTransports();
  const target = (host: string, address: string, port: number): Target => {
    const knownHosts = join(folder, `${address}-${port}`);
    const real = lab.host(host).address;
    const keys = known.split('\n').filter((line) => line.startsWith(`${real} `) || line.startsWith(`[${real}]`));
    const name = port === 22 ? address : `[${address}]:${port}`;
    writeFileSync(
      knownHosts,
      keys
        .map((line) => line.replace(/^\S+/, name))
        .join('\n')
        .concat('\n'),
    );
    return {
      host,
      transport: 'ssh',
      address,
      port,
      useTls: false,
      auth: 'negotiate',
      user: lab.user,
      password: new Secret(lab.password),
      allowUnencrypted: false,
      settings: { knownHosts, agent: false },
    };
  };
  await Promise.all(HOSTS.map((host) => warmUp(ssh, target(host, lab.host(host).address, sshPort(lab, host)))));
  return {
    transport: ssh,
    async way({ at, fault }, index) {
      const host = hostOf(index);
      const relay = await SshRelay.start({ host: lab.host(host).address, port: sshPort(lab, host), at, fault });
      return {
        target: target(host, '127.0.0.1', relay.port),
        doubled: [],
        get fired() {
          return relay.fired;
        },
        phase(phase) {
          relay.phase = phase;
        },
        disarm() {
          relay.isArmed = false;
        },
        end: () => relay.end(),
      };
    },
    runs: () => runsOn(lab, HOSTS),
    async end() {
      await lab.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeFaults('ssh', cases, startBed);

/** As over any other carrier but for the end of the connection, so these only. */
const BEHIND_SSHD: ReadonlySet<PacketPoint> = new Set(['the command', 'the output']);
const behind = packetCases((at) => BEHIND_SSHD.has(at));

async function startSshdBed(): Promise<FaultBed<PacketCase>> {
  const lab = await startLab();
  const bridge = await startBridge(lab, hostOf);
  const keys = Array.from({ length: behind.length * RUNS }, (_, key) => key);
  const sshd = await startSshd({
    hasPowerShell: false,
    config: ['MaxStartups 100', ...keys.map((key) => `Subsystem case${key} ${bridge.program(key)}`)],
  });
  const { ssh } = createTransports();
  const target = (key: number): Target => sshd.target({ configuration: `case${key}` });
  await Promise.all(HOSTS.map((_, index) => warmUp(ssh, target(index))));
  return {
    transport: ssh,
    // each of them takes a few processes to log on
    atOnce: 8,
    way({ at, fault }, index, run) {
      const relay = new PacketRelay(at, fault);
      const key = index * RUNS + run;
      bridge.relays.set(key, relay);
      return Promise.resolve({
        target: target(key),
        get fired() {
          return relay.fired;
        },
        get doubled() {
          return relay.doubled;
        },
        disarm() {
          relay.isArmed = false;
        },
        end: () => Promise.resolve(),
      });
    },
    runs: () => runsOn(lab, HOSTS),
    async end() {
      await sshd.end();
      await bridge.end();
      await lab.end();
    },
  };
}

(HAS_SSHD ? describe : describe.skip)('behind OpenSSH', () => {
  describeFaults('packets over ssh', behind, startSshdBed);
});
