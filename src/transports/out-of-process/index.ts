export { OutOfProcessChannel } from './out-of-process-channel.ts';
export type { ServerProgram } from './server-program.ts';
