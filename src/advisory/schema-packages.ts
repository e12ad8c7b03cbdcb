/** Packages that install the fix, as data. */
import { z } from 'zod';
import { confidence } from './schema-parts.ts';

export const packageId = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -');

/**
 * Installers: wusa (.msu), dism (.cab), update (update.exe of before 2004: /u /n /z /q), update2 (update.exe since 2004:
 * /quiet /norestart), hotfix (NT 4.0: /q /z), msiexec.
 */
const engine = z.enum(['wusa', 'dism', 'update', 'update2', 'hotfix', 'msiexec']);

export const packageSchema = z.strictObject({
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
  reboot: z.enum(['always', 'maybe', 'never']).default('maybe'),
  /** What must be there first, for people. */
  prerequisites: z.array(z.string().min(1)).optional(),
  /** Subject of the Authenticode signature. */
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

export const PACKAGE_KEYS = [...Object.keys(packageSchema.shape), 'input'];
