/** Port probes from this machine. */
export { createScanner } from './scanner.ts';
