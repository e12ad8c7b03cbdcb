/** What the doctor says of a host's certificate. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Authority, type Certificate, selfSigned } from '../../lab/fleet/certificates/index.ts';
import type { Check } from '../../src/app/doctor/index.ts';
import { checkTls } from '../../src/app/doctor/network.ts';
import type { ConnectionSettings, PlannedHost } from '../../src/domain/index.ts';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'firebreak-doctor-tls-'));
const ca = join(folder, 'ca.pem');
const authority = new Authority('Test CA');
writeFileSync(ca, authority.cert);
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function issue(names: readonly string[], validTo?: Date, validFrom?: Date): Certificate {
  return authority.issue({
    commonName: 'web01',
    names,
    usage: 'server',
    ...(validTo === undefined ? {} : { validTo }),
    ...(validFrom === undefined ? {} : { validFrom }),
  });
}

async function seen({ cert, key }: Certificate, connection: ConnectionSettings, at = 'localhost'): Promise<Check> {
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => {}));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = { name: 'web01', address: at, port, useTls: true, connection } as unknown as PlannedHost;
  return checkTls(host, new AbortController().signal);
}

const fingerprintOf = ({ cert }: Certificate): string =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();

describe('the certificate of a host', () => {
  const good = issue(['localhost']);
  const alone = selfSigned({ commonName: 'web01', names: ['localhost'], usage: 'server' });

  it.each<[string, Certificate, ConnectionSettings, Check['state'], RegExp]>([
    ['is trusted', good, { ca }, 'ok', /^localhost, valid until \d{4}-\d\d-\d\d /],
    ['is of an unknown authority', good, {}, 'failed', /not trusted .*ca: FILE/],
    ['is signed by itself', alone, { ca }, 'failed', new RegExp(`fingerprint: ${fingerprintOf(alone)}`)],
    ['is for another name', issue(['web01.corp']), { ca }, 'failed', /is for web01\.corp, not for localhost/],
    [
      'has expired',
      issue(['localhost'], new Date(Date.now() - DAY_MS), new Date(Date.now() - 9 * DAY_MS)),
      { ca },
      'failed',
      /has expired/,
    ],
    ['expires soon', issue(['localhost'], new Date(Date.now() + 5.5 * DAY_MS)), { ca }, 'warning', /5 days left/],
    ['is pinned', alone, { fingerprint: fingerprintOf(alone) }, 'ok', /^the pinned certificate/],
    ['is not the pinned one', good, { fingerprint: fingerprintOf(alone) }, 'failed', /not the pinned one/],
    ['is not verified', alone, { insecure: true }, 'warning', new RegExp(`fingerprint: ${fingerprintOf(alone)}`)],
    [
      'cannot be judged without the file',
      good,
      { ca: join(folder, 'none.pem') },
      'failed',
      /cannot be read \(ENOENT\)/,
    ],
  ])('%s', async (_, certificate, connection, state, text) => {
    const { finding, cause, remedy, ...check } = await seen(certificate, connection);
    expect(check).toEqual({ check: 'tls', state });
    expect(`${finding} ${cause} ${remedy}`).toMatch(text);
  });

  it('may be for the name in the inventory where the address is an IP address, as the transport has it', async () => {
    const { state, finding } = await seen(issue(['web01']), { ca }, '127.0.0.1');
    expect([state, finding]).toEqual(['ok', expect.stringMatching(/^web01, valid until/)]);
    const { finding: other } = await seen(issue(['web02']), { ca }, '127.0.0.1');
    expect(other).toBe('the certificate is for web02, not for 127.0.0.1 or web01');
  });
});
