/** Scripts ad hoc where none can run. */
import { expect, it } from '@jest/globals';
import type { Connector } from '../../src/app/connect.ts';
import { exec } from '../../src/app/exec.ts';
import { relayedHost } from '../engine/support/behind-relay.ts';

it('a host behind a relay refuses a script without a touch on the relay', async () => {
  const connector = {
    open: () => Promise.reject(new Error('must not be asked')),
  } as unknown as Connector;
  const [result] = await exec(connector, {
    hosts: [relayedHost('old01')],
    script: 'Get-Date',
    forks: 1,
    timeoutMs: 1000,
    signal: new AbortController().signal,
    onRecord: () => {},
    onResult: () => {},
  });
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'FB_STEP_REFUSED', message: 'old01 has no PowerShell: it is reached through relay mgmt01' },
  });
});
