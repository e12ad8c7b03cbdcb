export { controlOperations } from './operations.ts';
export { type ControlHandler, controlPath, openControl } from './server.ts';
