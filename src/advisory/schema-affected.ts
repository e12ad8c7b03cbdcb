/** Which systems an advisory affects, how each is recognised, and what shows the fix on it. */
import { z } from 'zod';
import { buildNumber, confidence, fileFloors, kbNumber, range, registryKey } from './schema-parts.ts';

const servicePack = z.int().min(0).max(99);

/** Another update: one that contains the fix too, or an earlier one that is not enough. */
const otherUpdate = z.strictObject({
  kb: kbNumber,
  title: z.string().min(1).optional(),
  registry: z.array(registryKey).optional(),
  files: fileFloors.optional(),
  source: z.string().min(1),
  confidence,
});
export type OtherUpdate = z.infer<typeof otherUpdate>;

export const affected = z
  .strictObject({
    os: z.string().min(1),
    /** For people: the editions that the entry stands for. */
    editions: z.array(z.string().min(1)).optional(),
    /** CurrentBuildNumber: single builds and ranges. */
    builds: z.array(z.union([buildNumber, range(buildNumber, 'builds')])).min(1),
    /** CurrentVersion, where builds of two families could meet. */
    version: z
      .string()
      .regex(/^\d+\.\d+$/, 'a version of Windows is written "5.1"')
      .optional(),
    /** Service packs; none given: any. */
    sp: z
      .array(z.union([servicePack, range(servicePack, 'service packs')]))
      .min(1)
      .optional(),
    /** A domain controller is a server. */
    product: z.enum(['workstation', 'server']).optional(),
    /** NT 4.0 Terminal Server Edition has files of its own. */
    terminal_server: z.boolean().optional(),
    arch: z
      .array(z.enum(['x86', 'x64', 'ia64', 'arm64', 'alpha']))
      .min(1)
      .optional(),
    /** contains-fix: came with the fix in it. */
    status: z.enum(['affected', 'not-affected', 'untested', 'contains-fix']),
    /** First update build revision that contains the fix; compared within this build only. */
    ubr: z.int().min(1).optional(),
    /** Updates whose presence shows the fix; their absence shows nothing. */
    kbs: z.array(kbNumber).optional(),
    /** Build under which the servicing stack lists cumulative updates, where it is not this one (18363 shares 18362's). */
    servicing_build: buildNumber.optional(),
    /** Keys that the installer leaves; their absence shows nothing. */
    registry: z.array(registryKey).optional(),
    /** First fixed versions; those of confidence m are shown and never prove a fix. */
    files: fileFloors.optional(),
    /** Other updates that contain the fix. */
    fixes: z.array(otherUpdate).optional(),
    /** Earlier updates that are not enough; named where they are all there is. */
    earlier: z.array(otherUpdate).optional(),
    /** Package by architecture; x86-pc98 is NEC's PC-98. */
    package: z.partialRecord(z.enum(['x64', 'x86', 'arm64', 'ia64', 'x86-pc98']), z.string()).optional(),
    support_ended: z.iso.date().optional(),
    /** Further facts, for people. */
    note: z.string().min(1).optional(),
    source: z.string().min(1),
    confidence,
  })
  .refine(
    (entry) =>
      entry.status !== 'affected' ||
      entry.ubr !== undefined ||
      entry.files !== undefined ||
      (entry.fixes ?? []).some((fix) => fix.files !== undefined),
    { message: 'an affected system needs `ubr` or `files`: without a floor nothing can be proved', path: ['status'] },
  );
export type AffectedSystem = z.infer<typeof affected>;

export const AFFECTED_KEYS = [...Object.keys(affected.shape), ...Object.keys(otherUpdate.shape)];
