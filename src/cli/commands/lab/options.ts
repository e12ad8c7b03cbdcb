/** Options and output that the lab's commands share. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../util/index.ts';

export const DIR_FLAG = '--dir <folder>';
export const DIR_HELP = "the lab's folder (default: lab in Firebreak's state folder)";

/** `8`, `8s`, `1h30m` → seconds. */
export function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (parseDuration(text) ?? 0) / 1000;
  if (seconds <= 0) throw new InvalidArgumentError('it must be a time such as 8s, 30m or 2h.');
  return seconds;
}

/** `--dir` when it is not the default, for commands that are shown to be typed next. */
export function dirSuffix(dir: string | undefined): string {
  return dir === undefined ? '' : ` --dir ${dir}`;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
