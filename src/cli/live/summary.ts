/** What a person sees at the end: hosts, tally, what to type next. */
import type { RunView } from '../../domain/index.ts';
import { oneLine } from './printable.ts';
import { renderHostTable, renderTally } from './table.ts';

export function writeSummary(view: RunView, nextSteps: readonly string[]): void {
  const remedies = view.hosts
    .filter((host) => host.error !== null && host.error.remedy !== '')
    .map((host) => `  ${oneLine(`${host.name}: ${host.error!.remedy}`)}`);
  process.stdout.write(`\n${renderHostTable(view.hosts)}\n\n`);
  process.stdout.write(
    `run ${view.run} ${view.state}${view.reason === '' ? '' : ` (${view.reason})`}: ${renderTally(view)}\n`,
  );
  if (remedies.length > 0) process.stdout.write(`\nWhat would help:\n${remedies.join('\n')}\n`);
  if (nextSteps.length > 0) process.stdout.write(`\nNext:\n${nextSteps.map((step) => `  ${step}`).join('\n')}\n`);
}
