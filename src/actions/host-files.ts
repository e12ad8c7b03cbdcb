/** Files on the host. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const fileSchema = z.object({ Exists: z.boolean(), Sha256: z.string().nullable(), Length: z.number() });
export type HostFile = z.infer<typeof fileSchema>;

/** Hashing some gigabytes on a slow disk takes minutes. */
const HASH_TIMEOUT_MS = 600_000;

/** @throws FirebreakError those of callHost */
export function readHostFile(step: StepContext, path: string): Promise<HostFile> {
  return callHost(step, {
    module: 'Host',
    function: 'Get-FbFileHash',
    parameters: { Path: path },
    result: fileSchema,
    timeoutMs: HASH_TIMEOUT_MS,
  });
}
