/**
 * What is written on a kit's medium, as shapes: the manifest that `kit build` makes and `kit import` reads again. Must not
 * know how either is carried out.
 */
import { z } from 'zod';

export const MANIFEST = 'KIT.JSON';
export const SUMS = 'SHA256SUMS';
export const SCRIPT = 'INSTALL.CMD';
export const PACKAGES = 'PACKAGES';
export const RESULTS = 'RESULTS';
/** Name of the value that marks the start of Windows in which the installer ran; Windows makes its key anew at every start. */
export const BOOT_MARK = 'FirebreakKit';
/** Visits of one machine that a medium has room for. */
export const MAX_VISITS = 9;
/** The last service pack that any of these systems got (NT 4.0). */
export const MAX_SERVICE_PACK = 6;

/** One way through the script: a system in one language, and what is installed there. */
const targetSchema = z.strictObject({
  /** `windows-2000-sp4` */
  system: z.string(),
  /** As the advisory calls it. */
  os: z.string(),
  /** What `ver` says: 4.0, 5.0, 5.1, 5.2. */
  version: z.enum(['4.0', '5.0', '5.1', '5.2']),
  /** Null: any. */
  servicePacks: z.array(z.int()).nullable(),
  product: z.enum(['workstation', 'server']).nullable(),
  terminalServer: z.boolean().nullable(),
  /** As in PROCESSOR_ARCHITECTURE, lower case. */
  arch: z.enum(['x86', 'ia64']),
  language: z.string(),
  /** Installation languages, four hexadecimal digits. */
  lcids: z.array(z.string()).min(1),
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int(),
  engine: z.enum(['hotfix', 'update', 'update2']),
  switches: z.array(z.string()),
});
export type KitTarget = z.infer<typeof targetSchema>;

export const manifestSchema = z.strictObject({
  firebreak_kit: z.literal(1),
  /** 16 lower-case hexadecimal digits; names the kit in results and in the journal. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  builtAt: z.iso.datetime(),
  builtBy: z.string(),
  version: z.string(),
  /** The advisory's data as of the build. */
  advisory: z.looseObject({ advisory: z.string() }),
  /** Names of the hosts that it was made for; empty: any. */
  hosts: z.array(z.string()),
  /** DCOM is switched off before anything else. */
  dcomOff: z.boolean(),
  targets: z.array(targetSchema).min(1),
});
export type KitManifest = z.infer<typeof manifestSchema>;

/** Windows' name of a file's folder below the jobs of the host, the same that installations over the network use. */
export function jobFolder(sha256: string): string {
  return `%SystemRoot%\\Firebreak\\jobs\\${sha256.slice(0, 16)}`;
}
