/**
 * One run as a plain HTML page: no script, no outside resource, readable in ten years. Must not know where the view
 * came from; whoever writes the file redacts it first.
 */
import { FINE_OUTCOMES, type HostView, type RunView, type StepView } from '../domain/index.ts';
import { escapeHtml } from './escape-html.ts';

const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top}th{background:#f6f8fa}
.fine{color:#116329}.bad{color:#a40e26}.warn{color:#7d4e00}small{color:#57606a}details{margin:.4rem 0}
td>strong,td.fine,td.bad,td.warn{white-space:nowrap}pre{white-space:pre-wrap;overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th{background:#161b22}th,td{border-color:#30363d}.fine{color:#56d364}.bad{color:#ff7b72}.warn{color:#e3b341}small{color:#8b949e}}
@media print{details>*{display:block}}`;

const FINE: ReadonlySet<string> = FINE_OUTCOMES;
const WAITING = new Set(['skipped', 'shielded', 'needs-operator']);

export function renderHtml(view: RunView): string {
  const e = escapeHtml;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${e(view.name)} – run ${e(view.run)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${e(view.name)}</h1>
<p>Run <code>${e(view.run)}</code>${view.parent === null ? '' : `, a rerun of <code>${e(view.parent)}</code>`}${view.check ? ', <strong>check mode: nothing was changed</strong>' : ''};
started ${timeOf(view.startedAt)} by ${e(view.by)}, ${view.finishedAt === null ? 'not finished' : `finished ${timeOf(view.finishedAt)}`};
state <strong>${e(view.state)}</strong>${view.reason === '' ? '' : `: ${e(view.reason)}`}${view.resumes === 0 ? '' : `; resumed ${view.resumes} times`}.</p>
${renderTally(view)}
<h2>Hosts</h2>
<table>
<thead><tr><th>Host</th><th>Outcome</th><th>Why</th><th>Installs</th><th>Reboots</th><th>Shields standing</th></tr></thead>
<tbody>
${view.hosts.map(renderHostRow).join('\n')}
</tbody>
</table>
<h2>Steps</h2>
${view.hosts.map(renderSteps).join('\n')}
</body>
</html>
`;
}

/** `2026-03-13 04:05:06 UTC` */
function timeOf(iso: string | null): string {
  return iso === null
    ? '–'
    : `<time datetime="${escapeHtml(iso)}">${escapeHtml(iso.slice(0, 19).replace('T', ' '))} UTC</time>`;
}

function renderTally(view: RunView): string {
  const counted = Object.entries(view.tally).filter(([, count]) => count > 0);
  return `<p>${counted.map(([outcome, count]) => `<span class="${classOf(outcome)}">${count} ${escapeHtml(outcome)}</span>`).join(' · ')}</p>`;
}

function renderHostRow(host: HostView): string {
  const outcome = host.outcome ?? host.state;
  const remedy =
    host.error === null || host.error.remedy === '' ? '' : `<br><small>→ ${escapeHtml(host.error.remedy)}</small>`;
  return `<tr id="host-${escapeHtml(host.name)}"><td><strong>${escapeHtml(host.name)}</strong><br><small>${escapeHtml(host.address)}</small></td><td class="${classOf(outcome)}">${escapeHtml(outcome)}</td><td>${escapeHtml(host.reason)}${remedy}</td><td>${host.installs}</td><td>${host.reboots}</td><td>${host.standingShields === 0 ? '–' : `<span class="warn">${host.standingShields}</span>`}</td></tr>`;
}

function renderSteps(host: HostView): string {
  const steps = host.steps.filter((step) => step.state === 'finished' || step.state === 'running');
  if (steps.length === 0) return '';
  return `<details><summary>${escapeHtml(host.name)}: ${steps.length} steps</summary>
<table><thead><tr><th>Step</th><th>Action</th><th>Outcome</th><th>Took</th><th>Result</th></tr></thead><tbody>
${steps.map(renderStepRow).join('\n')}
</tbody></table></details>`;
}

function renderStepRow(step: StepView): string {
  const outcome = step.outcome ?? step.state;
  const why = [step.reason, step.error === null ? '' : `${step.error.message} [${step.error.code}]`]
    .filter((text) => text !== '')
    .join(' – ');
  return `<tr><td>${escapeHtml(step.id)}</td><td><code>${escapeHtml(step.uses)}</code></td><td class="${classOf(outcome)}">${escapeHtml(outcome)}${step.attempts > 1 ? ` <small>(${step.attempts} attempts)</small>` : ''}</td><td>${(step.durationMs / 1000).toFixed(1)} s</td><td>${escapeHtml(why)}${Object.keys(step.result).length === 0 ? '' : `<details><summary>result</summary><pre>${escapeHtml(JSON.stringify(step.result, null, 2))}</pre></details>`}</td></tr>`;
}

function classOf(outcome: string): string {
  if (FINE.has(outcome) || outcome === 'ok' || outcome === 'changed') return 'fine';
  if (WAITING.has(outcome) || outcome === 'running' || outcome === 'waiting' || outcome === 'parked') return 'warn';
  return 'bad';
}
