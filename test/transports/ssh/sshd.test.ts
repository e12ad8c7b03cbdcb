/** Our client against a real OpenSSH server with the engine's own PSRP server as its subsystem. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSshTransport } from '../../../src/transports/ssh/index.ts';
import { never } from '../support/open-session.ts';
import { HAS_SSHD, type Sshd, startSshd } from './support/sshd.ts';

const real = HAS_SSHD ? describe : describe.skip;
const options = { signal: never, timeoutMs: 30_000 };

real('PSRP over the subsystem', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.end());

  it('opens a session with a key and gives typed values', async () => {
    const session = await createSshTransport().open(sshd.target(), options);
    try {
      const { output } = await session.invoke(
        { script: 'param($n) $n + 1; [datetime]"2003-09-10"; $null; @{ a = "ü" }', parameters: { n: 41 } },
        options,
      );
      expect(output).toEqual([42, '2003-09-10T00:00:00.0000000', null, { a: 'ü' }]);
      expect(session.shell.edition).toBe('Desktop');
    } finally {
      await session.close();
    }
  });
});
