/** How a simulated pipeline fails. */
import type { PipelineEnd } from '../../src/powershell/index.ts';
import { messageObject, PsObject } from '../../src/protocol/index.ts';

export class HostFailure extends Error {
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.id = id;
  }
}

export function errorEnd(error: unknown): PipelineEnd {
  if (!(error instanceof HostFailure)) throw error;
  const exception = new PsObject({ adapted: new Map([['Message', error.message]]) });
  const record = messageObject({ Exception: exception, FullyQualifiedErrorId: error.id });
  return { state: 'failed', error: record };
}
