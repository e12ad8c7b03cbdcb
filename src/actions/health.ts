/** What "in health" means for a host: its automatic services run and its ports answer the controller. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const healthSchema = z.object({ Services: z.array(z.string()) });

/** Automatic services that end by themselves when they have nothing to do: their absence is no illness. */
export const TRANSIENT_SERVICES: readonly string[] = [
  'BITS',
  'CDPSvc',
  'edgeupdate',
  'gpsvc',
  'gupdate',
  'MapsBroker',
  'RemoteRegistry',
  'sppsvc',
  'TrustedInstaller',
  'UsoSvc',
  'WbioSrvc',
  'wuauserv',
];

/** Names of the automatic services that run. @throws FirebreakError those of callHost */
export async function readServices(step: StepContext): Promise<string[]> {
  const health = await callHost(step, { module: 'Host', function: 'Get-FbHealth', result: healthSchema });
  return health.Services;
}

/** Of these ports, those that are open from here. */
export async function openPorts(step: StepContext, ports: readonly number[]): Promise<number[]> {
  const states = await Promise.all(
    ports.map((port) =>
      step.scanner.probe(
        { address: step.host.address, port: step.host.ports[String(port)] ?? port, protocol: 'tcp', timeoutMs: 3000 },
        step.signal,
      ),
    ),
  );
  return ports.filter((_, index) => states[index] === 'open');
}
