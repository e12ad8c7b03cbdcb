/** Installers that are at work on a host, ours and others'. */
import { z } from 'zod';
import type { ErrorRecord, StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const installerSchema = z.object({ Names: z.array(z.string()), Others: z.array(z.string()) });

export interface Installers {
  /** Names of all, ours too. */
  readonly all: readonly string[];
  readonly others: readonly string[];
}

/** @throws FirebreakError those of callHost */
export async function readInstallers(step: StepContext): Promise<Installers> {
  const found = await callHost(step, { module: 'Package', function: 'Get-FbInstaller', result: installerSchema });
  return { all: found.Names, others: found.Others };
}

/** The refusal while somebody else installs. */
export function installerBusy(step: StepContext, names: string): ErrorRecord {
  const message = `another installer is at work on ${step.host.name}: ${names}`;
  return { code: 'FB_PACKAGE_BUSY', message, remedy: 'wait until it has ended, then rerun', retryable: true };
}
