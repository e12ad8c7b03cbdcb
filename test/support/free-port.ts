/** A TCP port for a server that is started a little later, by somebody else. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to connections and to servers that do not ask for a port (Linux 32768, Windows 49152). */
const PORTS = [10_000, 32_000] as const;
const ATTEMPTS = 50;

/** Free on 127.0.0.1 now, and given to nobody by chance afterwards. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${PORTS.join(' and ')}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
