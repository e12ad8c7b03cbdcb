export { Acceptor, type AcceptorStep } from './acceptor.ts';
export { createInitiator, type Initiator } from './initiator.ts';
