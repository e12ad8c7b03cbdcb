/** What a person sees at the end: hosts, tally, what to type next. */
import type { HostView, RunView } from '../../domain/index.ts';
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
  const unshielded = view.check ? [] : view.hosts.flatMap(whyNoShield);
  if (unshielded.length > 0) process.stdout.write(`\nNo shield:\n${unshielded.join('\n')}\n`);
  if (remedies.length > 0) process.stdout.write(`\nWhat would help:\n${remedies.join('\n')}\n`);
  if (nextSteps.length > 0) process.stdout.write(`\nNext:\n${nextSteps.map((step) => `  ${step}`).join('\n')}\n`);
}

/** A host that was to have a shield and could not; a condition of the playbook that is false is no news. */
function whyNoShield(host: HostView): readonly string[] {
  return host.steps
    .filter(
      (step) => step.uses === 'shield.apply' && step.outcome === 'skipped' && !/^if( of \w+)?: /.test(step.reason),
    )
    .map((step) => `  ${oneLine(`${host.name}: ${step.reason}`)}`);
}
