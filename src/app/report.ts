/** Writes the report of a run. */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FirebreakError, type RunView } from '../domain/index.ts';
import { renderHtml } from '../report/index.ts';
import { makePrivateFolder } from '../util/index.ts';
import type { Services } from './wiring.ts';

/** @returns the file written. @throws FB_ENVIRONMENT when it cannot be written */
export async function writeReport(
  services: Services,
  view: RunView,
  file = services.reportFile(view.run),
): Promise<string> {
  try {
    makePrivateFolder(dirname(file));
    await writeFile(file, services.redactor.redact(renderHtml(view)), { mode: 0o600 });
  } catch (cause) {
    throw new FirebreakError(
      'FB_ENVIRONMENT',
      `the report ${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      {
        remedy: 'name another place with: firebreak report RUN --file report.html',
        cause,
      },
    );
  }
  return file;
}
