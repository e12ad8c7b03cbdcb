/** Faults of PowerShell on this machine: of its packets, and of its process. Needs the built engine (npm test builds it). */
import { createTransports } from '../../src/transports/index.ts';
import { startTestLab } from '../lab/support/lab.ts';
import { localTarget } from '../transports/local/support/lab-powershell.ts';
import { describeFaults, type FaultBed, RUNS, runsOn, warmUp } from './fault-suite.ts';
import { startBridge } from './support/bridge.ts';
import { type PacketCase, packetCases } from './support/packet-cases.ts';
import { PacketRelay } from './support/packet-relay.ts';

const HOSTS = ['pc-01', 'pc-02'] as const;
const hostOf = (index: number) => HOSTS[index % HOSTS.length] ?? HOSTS[0];

async function startBed(): Promise<FaultBed<PacketCase>> {
  const lab = await startTestLab({
    engine: 'real',
    hosts: HOSTS.map((name) => ({ name, profile: 'windows-server-2019', ssh: true })),
  });
  const bridge = await startBridge(lab, hostOf);
  const { local } = createTransports();
  const target = (index: number) => localTarget({ shell: bridge.program(index) });
  await Promise.all(HOSTS.map((_, index) => warmUp(local, target(index))));
  return {
    transport: local,
    atOnce: 12,
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
      await bridge.end();
      await lab.end();
    },
  };
}

describeFaults('local', packetCases(), startBed);
