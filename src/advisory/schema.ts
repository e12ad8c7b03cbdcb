/**
 * The shape of advisory data: what a vulnerability affects, what fixes it and which shields help meanwhile. All facts of
 * a vulnerability live in such files, each with its source and confidence; none live in code.
 */
import { z } from 'zod';

/** H: read in a vendor's text or two independent sources; M: one third-party source or inferred; m: recalled. */
const confidence = z.enum(['H', 'M', 'm']);
const port = z.int().min(1).max(65_535);
const buildNumber = z.int().min(1).max(999_999);
const version = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/, 'a version has four numbers, such as 10.0.18362.720');

const buildRange = z
  .strictObject({ from: buildNumber.optional(), to: buildNumber.optional() })
  .refine((range) => range.from !== undefined || range.to !== undefined, 'a range of builds needs `from`, `to` or both')
  .refine((range) => (range.from ?? 0) <= (range.to ?? Number.POSITIVE_INFINITY), '`from` is greater than `to`');

const affected = z
  .strictObject({
    os: z.string().min(1),
    /** CurrentBuildNumber: single builds and ranges. */
    builds: z.array(z.union([buildNumber, buildRange])).min(1),
    status: z.enum(['affected', 'not-affected', 'untested']),
    /** First update build revision that contains the fix; compared within this build only. */
    ubr: z.int().min(1).optional(),
    /** Updates whose presence shows the fix; their absence shows nothing. */
    kbs: z.array(z.string().regex(/^KB\d{6,8}$/, 'an update is written KB4551762')).optional(),
    /** Build under which the servicing stack lists cumulative updates, where it is not this one (18363 shares 18362's). */
    servicing_build: buildNumber.optional(),
    /** Keys that the installer leaves; their absence shows nothing. */
    registry: z.array(z.string().regex(/^HKLM\\/, 'a key starts with HKLM\\')).optional(),
    /** First fixed versions; those of confidence m are shown and never decide. */
    files: z.record(z.string(), z.strictObject({ version, confidence })).optional(),
    /** Package by architecture. */
    package: z.partialRecord(z.enum(['x64', 'x86', 'arm64']), z.string()).optional(),
    support_ended: z.iso.date().optional(),
    source: z.string().min(1),
    confidence,
  })
  .refine((entry) => entry.status !== 'affected' || entry.ubr !== undefined || entry.files !== undefined, {
    message: 'an affected system needs `ubr` or `files`: without a floor nothing can be proved',
    path: ['status'],
  });

const shieldCommon = { side_effects: z.string().min(1), source: z.string().min(1), confidence };
const shield = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('ipsec'),
    tcp: z.array(port).optional(),
    udp: z.array(port).optional(),
    ...shieldCommon,
  }),
  z.strictObject({
    method: z.literal('registry'),
    key: z.string().regex(/^HKLM\\/, 'a key starts with HKLM\\'),
    name: z.string().min(1),
    type: z.enum(['DWord', 'String']),
    value: z.union([z.int(), z.string()]),
    ...shieldCommon,
  }),
]);

const packageSchema = z.strictObject({
  /** File name in the package store, whose SHA256SUMS holds the checksum. */
  file: z.string().regex(/^[^/\\:*?"<>|]+$/, 'a file name without a folder'),
  kb: z.string().optional(),
  engine: z.enum(['wusa', 'dism', 'update.exe', 'msiexec']),
  /** Replaces the engine's usual switches. */
  args: z.array(z.string()).optional(),
  reboot: z.enum(['always', 'maybe', 'never']).default('maybe'),
  source: z.string().min(1),
  confidence,
});

export const advisorySchema = z
  .strictObject({
    advisory: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -'),
    title: z.string().min(1),
    summary: z.string().optional(),
    replaces: z.array(z.string()).default([]),
    /** First match decides. */
    affects: z.array(affected).min(1),
    /** In order of preference. */
    shields: z.array(shield).default([]),
    packages: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -'), packageSchema)
      .default({}),
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
export type AffectedSystem = Advisory['affects'][number];
export type AdvisoryShield = Advisory['shields'][number];
export type AdvisoryPackage = Advisory['packages'][string];

/** Every key that some part of an advisory knows, for suggestions. */
export const ADVISORY_KEYS = [
  ...Object.keys(advisorySchema.shape),
  ...Object.keys(affected.shape),
  ...Object.keys(packageSchema.shape),
  ...['method', 'tcp', 'udp', 'key', 'name', 'type', 'value', 'side_effects', 'from', 'to', 'version'],
];
