/** The contract over PowerShell on this machine, which is the lab engine. Needs the built engine (npm test builds it). */
import { createTransports } from '../../src/transports/index.ts';
import { createLabPowerShell, localTarget } from '../transports/local/support/lab-powershell.ts';
import { describeTransport } from './transport-contract.ts';

describeTransport('local', () => {
  const shell = createLabPowerShell();
  const { local } = createTransports();
  const target = localTarget({ shell: shell.program });
  const { signal } = new AbortController();
  return Promise.resolve({
    open: (more) => local.open(target, { signal, timeoutMs: 120_000, ...more }),
    openSessions: () => Promise.resolve(shell.running().length),
    close: () => Promise.resolve(shell.remove()),
  });
});
