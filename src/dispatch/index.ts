export { openTaskQueue, type TakenTask, type TaskQueue } from './fleet.ts';
export { createInProcessDispatcher } from './in-process.ts';
