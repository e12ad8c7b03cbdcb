/** Settings that must be so besides the fix, as data: some holes stay open on a patched system that is set carelessly. */
import { z } from 'zod';
import { confidence, keyPath } from './schema-parts.ts';

const data = z.union([z.int(), z.string()]);
const value = { key: keyPath, name: z.string().min(1) };

export const condition = z.strictObject({
  /** What is wrong when it is not met. */
  title: z.string().min(1),
  /** What to do then. */
  remedy: z.string().min(1),
  /** Each must hold one of these, or not be there. */
  values: z.array(z.strictObject({ ...value, safe: z.array(data).min(1) })).min(1),
  /** Any of these makes the values harmless. */
  unless: z
    .array(
      z.strictObject({
        ...value,
        is: data,
        /** Where absence means the same: from these revisions on (`19043.1165`), each of its own build. */
        absent_from: z
          .array(z.string().regex(/^\d{1,6}\.\d{1,6}$/, 'build and revision, such as 19043.1165'))
          .optional(),
      }),
    )
    .optional(),
  source: z.string().min(1),
  confidence,
});
export type Condition = z.infer<typeof condition>;

export const CONDITION_KEYS = [...Object.keys(condition.shape), ...Object.keys(value), 'safe', 'is', 'absent_from'];
