/** Port probes and the RPC scan from this machine. */
export { formatIp, parseIp } from './ip-address.ts';
export { looksLikeAddress, MAX_SCAN_ADDRESSES, parseScanTarget, type ScanTarget } from './scan-target.ts';
export { createScanner } from './scanner.ts';
