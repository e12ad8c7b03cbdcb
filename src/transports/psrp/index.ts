export type { Adopted, Outgoing, PsrpChannel, ReceiveOptions } from './channel.ts';
export { Deadline } from './deadline.ts';
export { fromProtocolError, poolNotOpened, sessionClosed } from './failures.ts';
export { Mutex, waitFor } from './mutex.ts';
export { PsrpRunner } from './psrp-runner.ts';
