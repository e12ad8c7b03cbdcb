export { NtlmClient, type NtlmClientOptions } from './client.ts';
export { ntHash } from './keys.ts';
export { isNtlm } from './messages.ts';
export { NtlmServer, type NtlmServerOptions, type NtlmVerdict } from './server.ts';
export type { NtlmSession, SealedMessage } from './session.ts';
