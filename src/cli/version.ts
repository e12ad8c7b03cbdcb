/** The version in package.json. */
import { readFileSync } from 'node:fs';

export function readVersion(): string {
  // One folder deeper when compiled into dist/.
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name: string;
        version: string;
      };
      if (name === 'firebreak') return version;
    } catch {
      // try the next place
    }
  }
  return '0.0.0';
}
