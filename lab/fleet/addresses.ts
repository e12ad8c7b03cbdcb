/** Loopback addresses of the machines and of the vantage, from the first two or three numbers of a range. */
import { LabError } from './errors.ts';

const PER_BLOCK = 240;
/** Below it are addresses that people use by hand. */
const FIRST = 11;

export interface AddressRange {
  /** @throws LabError `lab.usage` when the range is used up */
  hostAddress(index: number): string;
  /** The machine's own second source address: no shield makes an exception for it. */
  readonly vantage: string;
}

/**
 * @param prefix `127.83` or `127.83.7`
 * @throws LabError `lab.usage`
 */
export function addressRange(prefix: string): AddressRange {
  const parts = prefix.split('.').map(Number);
  const isValid = parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  if (!/^127(\.\d+){1,2}$/.test(prefix) || !isValid) {
    throw new LabError(
      'lab.usage',
      `"${prefix}" is no address range: expected two or three numbers such as 127.83 or 127.83.7`,
    );
  }
  const blocks = parts.length === 3 ? 1 : 255;
  return {
    hostAddress(index) {
      const block = Math.floor(index / PER_BLOCK);
      if (block >= blocks)
        throw new LabError('lab.usage', `the address range ${prefix} has room for ${blocks * PER_BLOCK} hosts`);
      const last = FIRST + (index % PER_BLOCK);
      return parts.length === 3 ? `${prefix}.${last}` : `${prefix}.${block}.${last}`;
    },
    vantage: parts.length === 3 ? `${prefix}.254` : `${prefix}.255.254`,
  };
}
