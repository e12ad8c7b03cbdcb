/** What a host says of itself, as read by Get-FbFact. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const factSchema = z.object({
  MachineId: z.string(),
  Name: z.string(),
  Caption: z.string().nullable(),
  Build: z.int().nullable(),
  Ubr: z.int().nullable(),
  Version: z.string().nullable(),
  ServicePack: z.int().nullable(),
  Language: z.string().nullable(),
  Architecture: z.string().nullable(),
  ProductType: z.int().nullable(),
  DomainRole: z.int().nullable(),
  Domain: z.string().nullable(),
  Roles: z.array(z.string()),
  RolesReadable: z.boolean(),
  LastBoot: z.string().nullable(),
  FreeDiskBytes: z.number().nullable(),
  ShellVersion: z.string(),
  DataFolder: z.string(),
});
export type HostFacts = z.infer<typeof factSchema>;

/** @throws FirebreakError those of callHost */
export function readFacts(step: StepContext): Promise<HostFacts> {
  return callHost(step, { module: 'Host', function: 'Get-FbFact', result: factSchema });
}
