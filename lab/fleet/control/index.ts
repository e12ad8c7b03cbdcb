export { controlOperations, type LabFacts } from './operations.ts';
export { type Control, type ControlHandler, controlPath, openControl } from './server.ts';
