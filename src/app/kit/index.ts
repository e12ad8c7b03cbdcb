export { type BuiltKit, buildKit, type KitRequest } from './build.ts';
export { type Import, type ImportOptions, importKit } from './import.ts';
