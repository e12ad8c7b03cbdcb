export { createSshTransport } from './ssh-transport.ts';
