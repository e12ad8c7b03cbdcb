/** Durations as people write them in playbooks and flags: `30m`, `1h30m`, `500ms`. Knows nothing of where they stand. */

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const UNITS = ['d', 'h', 'm', 's', 'ms'] as const;
const PATTERN = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/;

/** Said in errors: what a duration looks like. */
export const DURATION_FORM = 'a duration such as 30s, 10m or 1h30m';

/** Milliseconds, or null when the text is no duration. Units go from large to small: d, h, m, s, ms. */
export function parseDuration(text: string): number | null {
  const match = text === '' ? null : PATTERN.exec(text);
  if (match === null) return null;
  return UNITS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * (UNIT_MS[unit] ?? 0), 0);
}

/** The shortest text that `parseDuration` reads back to the same number; `0s` for zero. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = '';
  for (const unit of UNITS) {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
