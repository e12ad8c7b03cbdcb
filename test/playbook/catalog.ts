/** A catalog with the shapes that the tests need; nothing in it is ever run. */
import { z } from 'zod';
import type { Action, ActionCatalog } from '../../src/domain/index.ts';

function control(uses: string, args: z.ZodObject, results: readonly string[]): [string, Action] {
  const decide = (): { end: null; reason: string } => ({ end: null, reason: '' });
  return [uses, { kind: 'control', uses, summary: `what ${uses} does`, args, results, decide }];
}

const verifyResults = ['verdict', 'fixed', 'applicable', 'pending_reboot', 'reason'];

export const catalog: ActionCatalog = new Map([
  control('host.facts', z.object({}), ['os', 'build']),
  control(
    'host.end',
    z.object({ outcome: z.enum(['compromised', 'skipped', 'failed']).optional(), reason: z.string().optional() }),
    [],
  ),
  control('host.reboot', z.object({}), ['boot_time']),
  control('patch.verify', z.object({ advisory: z.string().optional() }), verifyResults),
  control('package.stage', z.object({ package: z.string().optional() }), ['path']),
  control('package.install', z.object({ args: z.array(z.string()).optional() }), ['reboot_required', 'exit_code']),
  control(
    'shield.apply',
    z.object({
      method: z.enum(['auto', 'ipsec', 'firewall', 'registry', 'none']),
      ttl: z.string().default('until_patched'),
      port: z.number().int().min(1).max(65535).optional(),
    }),
    ['reboot_required', 'blocks_ports', 'method'],
  ),
  control('shield.revert', z.object({}), ['reverted']),
  control('ports.check', z.object({ expect: z.enum(['open', 'blocked']) }), ['ports']),
  control('health.snapshot', z.object({}), ['services']),
  control('health.check', z.object({ against: z.string().meta({ stepId: true }) }), ['healthy']),
  control('assert', z.object({ that: z.boolean(), message: z.string().optional() }), []),
]);
