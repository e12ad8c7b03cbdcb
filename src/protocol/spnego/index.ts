export { Acceptor, type AcceptorStep } from './acceptor.ts';
export { tlsServerEndPoint } from './channel-binding.ts';
export { createInitiator, type Initiator } from './initiator.ts';
export { isKerberosFirst, KerberosInitiator, type KerberosMechanism } from './kerberos.ts';
