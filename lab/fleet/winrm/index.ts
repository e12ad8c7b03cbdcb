export { type FrontOptions, WinrmFront } from './front.ts';
export { type Sessions, WinrmService } from './service.ts';
