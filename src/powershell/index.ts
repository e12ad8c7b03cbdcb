export { toPsValue } from './bind.ts';
export { type ByteStream, fetchFile } from './fetch-file.ts';
export { ModuleLibrary } from './module-library.ts';
export type { AttachedRunner, FileTransfer, PipelineEnd, PipelineRunner, RunOptions } from './pipeline-runner.ts';
export { pushFile } from './push-file.ts';
export { createSession } from './session.ts';
