/** Shapes that several actions use in `with:`, and how they are read once templates have their values. */
import { z } from 'zod';
import { FirebreakError, type JsonObject } from '../domain/index.ts';
import { DURATION_FORM, parseDuration } from '../util/index.ts';

/** `30s`, `10m`, `1h30m` */
export const durationArgument = z.string().refine((text) => parseDuration(text) !== null, `expected ${DURATION_FORM}`);

export const portArgument = z.int().min(1).max(65_535);

/** A file name without a folder. */
export const fileNameArgument = z.string().regex(/^[^/\\:*?"<>|]+$/, 'expected a file name without a folder');

/** Milliseconds of an argument that `durationArgument` has checked. */
export function durationMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/**
 * `with:` after its templates were replaced.
 *
 * @throws FirebreakError FB_INPUT_INVALID when a template gave something of the wrong shape
 */
export function readArgs<T>(schema: z.ZodType<T>, given: JsonObject, uses: string): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'with'}: ${issue.message}`).join('; ');
  throw new FirebreakError('FB_INPUT_INVALID', `${uses} was given unusable arguments: ${list}`, {
    remedy: 'look at what the templates in `with:` give: firebreak plan shows the inputs',
  });
}
