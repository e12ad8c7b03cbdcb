/** "Build/UBR at least N" as an advisory, so that a baseline is judged by the same rules as a vulnerability. */
import { FirebreakError } from '../domain/index.ts';
import { type Advisory, advisorySchema } from './schema.ts';

/**
 * An advisory that asks each named build for a revision.
 *
 * @param minimums - `18362.720`, one per build; a list may also be one text with commas
 * @throws FirebreakError FB_INPUT_INVALID
 */
export function minimumAdvisory(minimums: string | readonly string[]): Advisory {
  const texts = (typeof minimums === 'string' ? minimums.split(',') : minimums).map((text) => text.trim());
  const floors = new Map<number, number>();
  for (const text of texts) {
    const match = /^(?:10\.0\.)?(\d{1,6})\.(\d{1,6})$/.exec(text);
    const build = Number(match?.[1] ?? 0);
    const ubr = Number(match?.[2] ?? 0);
    if (build === 0 || ubr === 0) {
      throw new FirebreakError('FB_INPUT_INVALID', `"${text}" is no minimum build`, {
        remedy: 'write build and revision, such as 18362.720; several with commas between them',
      });
    }
    floors.set(build, Math.max(ubr, floors.get(build) ?? 0));
  }
  return advisorySchema.parse({
    advisory: 'baseline',
    title: `Minimum build ${texts.join(', ')}`,
    affects: [...floors].map(([build, ubr]) => ({
      os: `Windows build ${build}`,
      builds: [build],
      status: 'affected',
      ubr,
      source: 'asked for by the playbook',
      confidence: 'H',
    })),
  });
}
