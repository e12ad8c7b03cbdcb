/** Tells early and plainly that an address is taken, most likely by another lab; or which port may be used. */
import { createServer } from 'node:net';
import { LabError } from './errors.ts';

/** @throws LabError `lab.listen` */
export function requireFreePort(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (cause: NodeJS.ErrnoException) => {
      reject(new LabError('lab.listen', `${address}:${port} cannot be used (${cause.code ?? cause.message})`));
    });
    server.listen({ host: address, port }, () => server.close(() => resolve()));
  });
}

/** The first one that this user may listen on. @throws LabError `lab.listen` when there is none */
export async function firstFreePort(address: string, ports: readonly number[]): Promise<number> {
  for (const port of ports.slice(0, -1)) {
    const isFree = await requireFreePort(address, port).then(
      () => true,
      () => false,
    );
    if (isFree) return port;
  }
  const last = ports[ports.length - 1]!;
  await requireFreePort(address, last);
  return last;
}
