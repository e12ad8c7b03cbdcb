/** What the state store knows: runs, one run, standing shields. */
import type { RunInfo, RunView } from '../domain/index.ts';
import {
  type DischargeOutcome,
  dischargeObligations,
  listShields,
  type Observer,
  type StandingShield,
  type VerifiedShield,
  verifyShields,
} from '../engine/index.ts';
import { viewOf } from './run.ts';
import type { Services } from './wiring.ts';

export async function listRuns(services: Services): Promise<readonly RunInfo[]> {
  return (await services.journal()).runs();
}

export interface RunStatus {
  readonly info: RunInfo;
  readonly view: RunView;
}

/** @throws FB_RUN_UNKNOWN */
export async function runStatus(services: Services, reference: string): Promise<RunStatus> {
  const journal = await services.journal();
  const run = await journal.resolveRun(reference);
  const info = (await journal.runs()).find((candidate) => candidate.run === run)!;
  return { info, view: await viewOf(services, run) };
}

/** Standing shields, of the named hosts or all. */
export async function standingShields(
  services: Services,
  hosts: readonly string[],
): Promise<readonly StandingShield[]> {
  const shields = await listShields(await services.journal());
  return hosts.length === 0 ? shields : shields.filter((shield) => hosts.includes(shield.host));
}

export async function revertShields(
  services: Services,
  options: {
    readonly shields: readonly StandingShield[];
    readonly force: boolean;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly observer: Observer;
  },
): Promise<readonly DischargeOutcome[]> {
  const { observer, ...rest } = options;
  return dischargeObligations(await services.engineDeps('shields', undefined, observer), rest);
}

/** Looks on the hosts whether shields still stand; changes nothing. */
export async function checkShields(
  services: Services,
  options: {
    readonly shields: readonly StandingShield[];
    readonly forks: number;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly VerifiedShield[]> {
  const observer: Observer = { event: () => {}, progress: () => {} };
  return verifyShields(await services.engineDeps('shields', undefined, observer), options);
}
