/** What stays on a host that was compromised, until it is rebuilt. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';
import type { InfectionRecord } from './infection.ts';

const written = z.object({
  Families: z.array(z.string()),
  At: z.string(),
  Run: z.string(),
  Judgement: z.string(),
  By: z.string(),
});

/** Families of earlier cleanings are kept. @throws FirebreakError those of callHost */
export function recordInfection(
  step: StepContext,
  names: readonly string[],
  judgement: { readonly text: string; readonly by: string } | null,
): Promise<InfectionRecord> {
  return callHost(step, {
    module: 'Infection',
    function: 'Set-FbInfectionRecord',
    parameters: { Family: [...names], Run: step.run, Judgement: judgement?.text ?? '', By: judgement?.by ?? '' },
    result: written,
  });
}
