/** The contract over WinRM. Needs the built engine (npm test builds it). */
import { Secret } from '../../src/domain/index.ts';
import { createTransports } from '../../src/transports/index.ts';
import { startTestLab } from '../lab/support/lab.ts';
import { describeTransport } from './transport-contract.ts';

for (const auth of ['basic', 'negotiate'] as const) {
  describeTransport(`winrm, ${auth}`, async () => {
    const lab = await startTestLab({ engine: 'real', hosts: [{ name: 'pc-01', profile: 'windows-10-1903-enu' }] });
    const winrm = createTransports().winrm;
    const target = {
      host: 'pc-01',
      transport: 'winrm' as const,
      address: lab.host('pc-01').address,
      port: 5985,
      useTls: false,
      auth,
      user: lab.user,
      password: new Secret(lab.password),
      allowUnencrypted: auth === 'basic',
      settings: {},
    };
    const { signal } = new AbortController();
    return {
      open: (more) => winrm.open(target, { signal, timeoutMs: 120_000, ...more }),
      close: () => lab.end(),
    };
  });
}
