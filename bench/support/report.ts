/** What a benchmark gives: rows of figures, and the peers that were measured in the same run. Must not know what is measured. */

export interface Row {
  readonly what: string;
  readonly value: string;
  /** What the value is compared with, measured in the same run: `1.9 × pywinrm`; empty when there is nothing to compare. */
  readonly peer: string;
}

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly Row[];
}

export interface Distribution {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
}

export function distributionOf(samples: readonly number[]): Distribution {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { min: at(0), median: at(0.5), p95: at(0.95) };
}

/** `2.0 (2.3; 3.1)`: minimum, median, 95th percentile. */
export function milliseconds({ min, median, p95 }: Distribution): string {
  return `${min.toFixed(2)} ms (median ${median.toFixed(2)}, 95 % ${p95.toFixed(2)})`;
}

/** How many times as long, or as much, as the peer. */
export function ratio(ours: number, peers: number, name: string): string {
  return `${(ours / peers).toFixed(2)} × ${name}`;
}

export function megabytesPerSecond(bytes: number, ms: number): string {
  return `${(bytes / 1_000 / ms).toFixed(1)} MB/s`;
}

/** Runs `work` `warmUp` times unmeasured, then `count` times; the milliseconds of each. */
export async function timed(count: number, warmUp: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  for (let index = 0; index < warmUp; index += 1) await work();
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = performance.now();
    await work();
    samples.push(performance.now() - before);
  }
  return samples;
}
