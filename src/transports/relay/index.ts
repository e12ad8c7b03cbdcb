export { createRelayTransport } from './relay-transport.ts';
