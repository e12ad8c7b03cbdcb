/** Packages that install the fix, as data. */
import { z } from 'zod';
import { confidence } from './schema-parts.ts';

export const packageId = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -');

/** Why no run shall install the fix, and until when: an update that turned out to be bad, say. */
export const hold = z.strictObject({
  reason: z.string().min(1),
  /** The first day on which it is installed again (UTC); left out: until somebody takes the hold away. */
  until: z.iso.date().optional(),
});

/**
 * Installers: wusa (.msu), dism (.cab), update (update.exe of before 2004: /u /n /z /q), update2 (update.exe since 2004:
 * /quiet /norestart), hotfix (NT 4.0: /q /z), msiexec (.msi, .msp), exe (a program of any maker; `args` are its switches).
 */
const engine = z.enum(['wusa', 'dism', 'update', 'update2', 'hotfix', 'msiexec', 'exe']);
const guid = z
  .string()
  .regex(
    /^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$/,
    'a code is written {01234567-89AB-CDEF-0123-456789ABCDEF}',
  );

const shape = z.strictObject({
  /**
   * File name in the package store, whose SHA256SUMS holds the checksum; {language} stands for the three letters of the
   * host's language. `{ input: … }`: the exact name is not established, the playbook names the file.
   */
  file: z.union([
    z.string().regex(/^[^/\\:*?"<>|]+$/, 'a file name without a folder'),
    z.strictObject({ input: z.string().min(1) }),
  ]),
  kb: z.string().optional(),
  engine,
  /** Replaces the engine's usual switches. */
  args: z.array(z.string()).optional(),
  /** What the exit codes of its own installer mean, by code; before what they usually mean. */
  exit_codes: z
    .record(
      z.string().regex(/^\d+$/, 'an exit code'),
      z.strictObject({ meaning: z.string().min(1), reboot: z.boolean().optional(), failed: z.boolean().optional() }),
    )
    .optional(),
  /** Windows Installer: what a removal names. A patch (.msp) needs both. */
  product_code: guid.optional(),
  patch_code: guid.optional(),
  reboot: z.enum(['always', 'maybe', 'never']).default('maybe'),
  /** What must be there first, for people. */
  prerequisites: z.array(z.string().min(1)).optional(),
  /** Common name or organisation of whoever signed it (Authenticode); where given, nothing else is installed. */
  signer: z.string().min(1).optional(),
  /** Checksum, by file name where languages differ; `{ input: true }`: from the package store's SHA256SUMS alone. */
  sha256: z
    .union([
      z.strictObject({ input: z.literal(true) }),
      z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 hexadecimal digits')),
    ])
    .optional(),
  /** Program that takes it out again, without its switches. */
  uninstall: z.string().min(1).optional(),
  source: z.string().min(1),
  confidence,
});

export const packageSchema = shape
  .refine((data) => data.engine !== 'exe' || (data.args ?? []).length > 0, {
    message: 'engine exe needs `args`: without switches an installer would wait for somebody to answer it',
    path: ['args'],
  })
  .refine((data) => data.patch_code === undefined || data.product_code !== undefined, {
    message: 'a patch is removed from a product: `product_code` is missing',
    path: ['patch_code'],
  });

export const PACKAGE_KEYS = [...Object.keys(shape.shape), 'input', 'meaning', 'failed', ...Object.keys(hold.shape)];
