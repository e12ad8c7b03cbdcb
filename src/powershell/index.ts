export { toPsValue } from './bind.ts';
export { ModuleLibrary } from './module-library.ts';
export type { AttachedRunner, FileTransfer, PipelineEnd, PipelineRunner, RunOptions } from './pipeline-runner.ts';
export { createSession } from './session.ts';
