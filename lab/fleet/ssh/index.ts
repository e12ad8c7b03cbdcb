export { EngineMachine } from './engine-machine.ts';
export { SshFront } from './front.ts';
export { knownHostsLines, newSshKey, type SshKey } from './keys.ts';
export type { SshMachine } from './machine.ts';
