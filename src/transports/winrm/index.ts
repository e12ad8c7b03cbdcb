export { createWinrmTransport } from './winrm-transport.ts';
