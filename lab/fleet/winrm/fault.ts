/** A request that is answered by a fault. Must not know which service answers. */
import { FAULTS, type WsmanFault } from '../../../src/protocol/index.ts';

export class Fault extends Error {
  readonly fault: WsmanFault;

  constructor(fault: WsmanFault, reason?: string) {
    super(reason ?? fault.reason);
    this.fault = reason === undefined ? fault : { ...fault, reason };
  }
}

/** ERROR_OPERATION_ABORTED: the shell went away under a waiting Receive. */
export const ABORTED: WsmanFault = {
  ...FAULTS.internalError,
  windowsCode: 995,
  reason: 'The I/O operation has been aborted because of either a thread exit or an application request. ',
};
