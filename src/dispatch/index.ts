export { createInProcessDispatcher } from './in-process.ts';
