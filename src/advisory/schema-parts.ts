/** Small shapes that several parts of advisory data share: sources, versions, floors of files, keys. */
import { z } from 'zod';

/** H: read in a vendor's text or two independent sources; M: one third-party source or inferred; m: recalled. */
export const confidence = z.enum(['H', 'M', 'm']);
export const buildNumber = z.int().min(1).max(999_999);
const version = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/, 'a version has four numbers, such as 10.0.18362.720');
const revision = z.int().min(0).max(65_535);

/** An update as people name it. */
export const kbNumber = z.string().regex(/^KB\d{6,8}$/, 'an update is written KB4551762');

/** A range without an end on one side is open there. */
export function range<T extends z.ZodType<number>>(number: T, what: string) {
  return z
    .strictObject({ from: number.optional(), to: number.optional() })
    .refine((value) => value.from !== undefined || value.to !== undefined, `a range of ${what} needs from, to or both`)
    .refine((value) => (value.from ?? 0) <= (value.to ?? Number.POSITIVE_INFINITY), '`from` is greater than `to`');
}

/**
 * The first fixed version of a file in one branch. A branch is the first three numbers, and a range of the fourth where
 * service packs, editions or languages count for themselves.
 */
const floor = z
  .strictObject({
    /** Left out: not established for this branch; the file then says nothing there. */
    version: version.optional(),
    confidence,
    from: revision.optional(),
    to: revision.optional(),
    /** For people: GDR, QFE, JPN. */
    branch: z.string().min(1).optional(),
    /** False: this version also comes with an earlier, insufficient update; older than it still proves the hole. */
    tells: z.literal(false).optional(),
    source: z.string().min(1).optional(),
  })
  .refine((value) => value.version !== undefined || value.tells === false, {
    message: 'a floor needs `version`, or `tells: false` where none is established',
    path: ['version'],
  });
export type Floor = z.infer<typeof floor>;

/** Path → floor, or one for each branch. */
export const fileFloors = z.record(z.string(), z.union([floor, z.array(floor).min(1)]));
export type FileFloors = z.infer<typeof fileFloors>;

const keyPath = z.string().regex(/^HKLM\\/, 'a key starts with HKLM\\');
/** A key that an installer leaves; one of confidence m is shown and counts for nothing. */
export const registryKey = z.union([
  keyPath,
  z.strictObject({ key: keyPath, confidence, source: z.string().min(1).optional() }),
]);
export type RegistryKey = z.infer<typeof registryKey>;
export { keyPath };

export const PARTS_KEYS = [...Object.keys(floor.shape), 'key', 'confidence', 'source', 'from', 'to'];
