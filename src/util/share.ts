/** A number of things or a percentage of them: `5`, `"25%"`. */

export type Share = { readonly count: number } | { readonly percent: number };

/** Null when the value is neither a whole number from 1 nor a percentage above 0 and up to 100. */
export function parseShare(value: unknown): Share | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1 ? { count: value } : null;
  if (typeof value !== 'string') return null;
  const match = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(value);
  const percent = Number(match?.[1] ?? 0);
  return percent > 0 && percent <= 100 ? { percent } : null;
}

/** How many of `total` that is; a percentage is rounded down, but never to none. */
export function shareOf(share: Share, total: number): number {
  if ('count' in share) return share.count;
  return Math.max(1, Math.floor((total * share.percent) / 100));
}
