/** Tells early and plainly that an address is taken, most likely by another lab. */
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
