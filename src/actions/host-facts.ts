/** `host.facts`: what the host is. */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readFacts } from './facts.ts';

export const hostFacts: ReadAction = {
  uses: 'host.facts',
  kind: 'read',
  summary: 'reads what the host is: system, build, language, roles, last boot',
  args: z.strictObject({}),
  results: [
    'machine_id',
    'name',
    'caption',
    'build',
    'ubr',
    'version',
    'service_pack',
    'language',
    'arch',
    'product_type',
    'domain_role',
    'domain',
    'roles',
    'last_boot',
    'free_disk_bytes',
    'shell_version',
  ],
  async read(step) {
    const facts = await readFacts(step);
    return {
      result: {
        machine_id: facts.MachineId,
        name: facts.Name,
        caption: facts.Caption,
        build: facts.Build,
        ubr: facts.Ubr,
        version: facts.Version,
        service_pack: facts.ServicePack,
        language: facts.Language,
        arch: facts.Architecture,
        product_type: facts.ProductType,
        domain_role: facts.DomainRole,
        domain: facts.Domain,
        roles: facts.Roles,
        last_boot: facts.LastBoot,
        free_disk_bytes: facts.FreeDiskBytes,
        shell_version: facts.ShellVersion,
      },
    };
  },
};
