/**
 * The contract over SSH: PSRP as the subsystem, and PowerShell started by exec where there is none. Needs the built
 * engine (npm test builds it).
 */
import { join } from 'node:path';
import { Secret } from '../../src/domain/index.ts';
import { createTransports } from '../../src/transports/index.ts';
import { sshPort, startTestLab } from '../lab/support/lab.ts';
import { describeTransport, type TransportUnderTest } from './transport-contract.ts';

async function underTest(ssh: true | 'exec'): Promise<TransportUnderTest> {
  const lab = await startTestLab({ engine: 'real', hosts: [{ name: 'web-01', profile: 'windows-server-2019', ssh }] });
  const transport = createTransports().ssh;
  const { signal } = new AbortController();
  return {
    open: (more) =>
      transport.open(
        {
          host: 'web-01',
          transport: 'ssh',
          address: lab.host('web-01').address,
          port: sshPort(lab, 'web-01'),
          useTls: false,
          auth: 'negotiate',
          user: lab.user,
          password: new Secret(lab.password),
          allowUnencrypted: false,
          settings: { knownHosts: join(lab.dir, 'known_hosts'), agent: false },
        },
        { signal, timeoutMs: 120_000, ...more },
      ),
    async openSessions() {
      const { hosts } = await lab.ask<{ hosts: readonly { sessions: number }[] }>('status');
      return hosts.reduce((sum, { sessions }) => sum + sessions, 0);
    },
    close: () => lab.end(),
  };
}

describeTransport('ssh, subsystem', () => underTest(true));
describeTransport('ssh, powershell.exe by exec', () => underTest('exec'));
