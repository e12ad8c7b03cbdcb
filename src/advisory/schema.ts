/**
 * The shape of advisory data: what a vulnerability affects, what fixes it and which shields help meanwhile. All facts of
 * a vulnerability live in such files, each with its source and confidence; none live in code.
 */
import { z } from 'zod';
import { AFFECTED_KEYS, affected } from './schema-affected.ts';
import { CONDITION_KEYS, condition } from './schema-conditions.ts';
import { INFECTION_KEYS, infection } from './schema-infection.ts';
import { hold, PACKAGE_KEYS, packageId, packageSchema } from './schema-packages.ts';
import { kbNumber, PARTS_KEYS } from './schema-parts.ts';
import { SHIELD_KEYS, serviceName, shield } from './schema-shields.ts';

export const advisorySchema = z
  .strictObject({
    advisory: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -'),
    title: z.string().min(1),
    summary: z.string().optional(),
    kb: kbNumber.optional(),
    /** What remedies it: the name of a shipped playbook, or a path from this file on. */
    playbook: z.string().min(1).optional(),
    replaces: z.array(z.string()).default([]),
    /** Later advisories that contain this one's fix. */
    replaced_by: z.array(z.string().min(1)).optional(),
    hold: hold.optional(),
    /** The hole is only where this service is installed, such as that of a server role. */
    if_service: serviceName.optional(),
    /** Settings that leave the hole open although the fix is in. */
    conditions: z.array(condition).default([]),
    /** First match decides. */
    affects: z.array(affected).min(1),
    /** In order of preference. */
    shields: z.array(shield).default([]),
    packages: z.record(packageId, packageSchema).default({}),
    infection: infection.optional(),
  })
  .superRefine((advisory, context) => {
    advisory.affects.forEach((entry, index) => {
      for (const [arch, id] of Object.entries(entry.package ?? {})) {
        if (advisory.packages[id] !== undefined) continue;
        const message = `there is no package "${id}" under packages`;
        context.addIssue({ code: 'custom', message, path: ['affects', index, 'package', arch] });
      }
    });
  });

export type Advisory = z.infer<typeof advisorySchema>;
export type AdvisoryShield = Advisory['shields'][number];
export type AdvisoryPackage = Advisory['packages'][string];
export type AdvisoryInfection = NonNullable<Advisory['infection']>;

/** Every key that some part of an advisory knows, for suggestions. */
export const ADVISORY_KEYS = [
  ...new Set([
    ...Object.keys(advisorySchema.shape),
    ...AFFECTED_KEYS,
    ...PARTS_KEYS,
    ...PACKAGE_KEYS,
    ...SHIELD_KEYS,
    ...INFECTION_KEYS,
    ...CONDITION_KEYS,
  ]),
];
