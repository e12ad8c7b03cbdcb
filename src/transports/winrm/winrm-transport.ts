/** PowerShell sessions over WinRM. */
import { FirebreakError, type Transport } from '../../domain/index.ts';

export function createWinrmTransport(): Transport {
  return {
    open: async (target) => {
      throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${target.address}:${target.port}: not yet`);
    },
  };
}
