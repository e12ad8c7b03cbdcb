export { WinrmFront } from './front.ts';
export { type Sessions, WinrmService } from './service.ts';
