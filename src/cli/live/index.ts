/** Chooses how a run is shown. */
import { createJsonDisplay } from './json.ts';
import { createLinesDisplay } from './lines.ts';
import { createLiveDisplay } from './listr.ts';
import { createNdjsonDisplay } from './ndjson.ts';
import type { OutputMode, RunDisplay } from './observer.ts';

export { hostCount } from './format-event.ts';
export { OUTPUT_MODES, type OutputMode, type RunDisplay } from './observer.ts';
export { oneLine, printable } from './printable.ts';
export { renderHostTable, renderTable, renderTally } from './table.ts';

/** auto: live on a terminal that has room for every host, lines elsewhere. */
export function createDisplay(mode: OutputMode, hostCount: number): RunDisplay {
  switch (mode) {
    case 'ndjson':
      return createNdjsonDisplay();
    case 'json':
      return createJsonDisplay();
    case 'lines':
      return createLinesDisplay();
    case 'live':
      return createLiveDisplay();
    case 'auto':
      return process.stdout.isTTY && hostCount + 6 <= (process.stdout.rows ?? 24)
        ? createLiveDisplay()
        : createLinesDisplay();
  }
}
