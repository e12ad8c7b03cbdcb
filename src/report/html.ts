/**
 * A report as one plain HTML page: no script, nothing from outside, readable in ten years, on paper too. Must not know
 * where the data came from; whoever writes the file redacts it first.
 */
import { escapeMarkup } from './escape-markup.ts';
import { renderHost } from './html-host.ts';
import { classOf, renderDuration, renderOutcome, renderTable, renderTime } from './html-parts.ts';
import { STYLE } from './html-style.ts';
import { renderValue } from './html-value.ts';
import type { Report, ReportHost, ReportRun } from './model.ts';

const e = escapeMarkup;

export function renderHtml(report: Report): string {
  const { runs } = report;
  const names = [...new Set(runs.map(({ name }) => name))].join('; ');
  const ids = runs.map(({ run }) => run).join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${e(names)} – ${e(ids)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#hosts">To the hosts</a>
<header>
<h1>${e(names)}</h1>
<p class="dim">Made ${renderTime(report.generatedAt)} from the journal of ${runs.length === 1 ? 'one run' : `${runs.length} runs; each host is shown with its latest outcome`}.</p>
</header>
<main>
<h2 id="runs">${runs.length === 1 ? 'Run' : 'Runs'}</h2>
${runs.map(renderRun).join('\n')}
<h2 id="hosts">Hosts</h2>
${renderTally(report)}
${renderHosts(report)}
${renderOwed(report)}
${renderExceptions(report)}
${renderDecisions(runs)}
<h2 id="details">Each host</h2>
${report.hosts.map((host, index) => renderHost(host, idOf(index))).join('\n')}
</main>
</body>
</html>
`;
}

/** Host names are no ids: they may hold anything. */
function idOf(index: number): string {
  return `host-${index + 1}`;
}

function renderRun(run: ReportRun): string {
  const took =
    run.startedAt === null || run.finishedAt === null
      ? ''
      : `, ${renderDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`;
  const facts: readonly (readonly [string, string])[] = [
    ['Run', `<code>${e(run.run)}</code>${run.parent === null ? '' : `, a rerun of <code>${e(run.parent)}</code>`}`],
    ...(run.check ? [['Mode', '<strong>check: nothing was changed</strong>'] as const] : []),
    ['State', `<strong>${e(run.state)}</strong>${run.reason === '' ? '' : `: ${e(run.reason)}`}`],
    ...(run.change === null ? [] : [['Change', `<strong>${e(run.change)}</strong>`] as const]),
    ['Started', `${renderTime(run.startedAt)} by ${e(run.by)}`],
    ['Finished', `${renderTime(run.finishedAt)}${took}${run.resumes === 0 ? '' : `; resumed ${run.resumes} times`}`],
    ['Playbook', `${e(run.name)} <span class="dim">${e(run.playbook.file)}, SHA-256 ${e(run.playbook.sha256)}</span>`],
    ['Advisory', e(run.subject)],
    ['Plan', `<code>${e(run.planHash)}</code>`],
    ['Hosts', String(run.hosts)],
    ['Inputs', renderValue(run.inputs)],
    ['Firebreak', e(run.version)],
  ];
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}</dl>`;
}

function renderTally({ tally }: Report): string {
  const items = Object.entries(tally).map(
    ([outcome, count]) => `<li class="${classOf(outcome)}"><strong>${count}</strong> ${e(outcome)}</li>`,
  );
  return `<ul class="tally">${items.join('')}</ul>`;
}

function renderHosts({ hosts, runs }: Report): string {
  const hasSubjects = new Set(runs.map(({ subject }) => subject)).size > 1;
  const rows = hosts.map((host, index) => ({
    cells: [
      `<a href="#${idOf(index)}">${e(host.name)}</a><br><small class="dim">${e(host.address)}</small>`,
      ...(hasSubjects ? [e(host.subject)] : []),
      renderOutcome(host.outcome),
      e(host.reason),
      host.standingShields === 0 ? '–' : `<span class="word warn">${host.standingShields}</span>`,
      String(host.installs),
      String(host.reboots),
      host.durationMs === 0 ? '–' : renderDuration(host.durationMs),
    ],
  }));
  const number = (title: string) => ({ title, isNumber: true });
  const columns = [
    'Host',
    ...(hasSubjects ? ['Advisory'] : []),
    'Outcome',
    'Why',
    number('Shields'),
    number('Installs'),
    number('Restarts'),
    number('Took'),
  ];
  return renderTable('Every host and its outcome', columns, rows);
}

function renderOwed({ hosts }: Report): string {
  const rows = hosts.flatMap((host, index) =>
    host.owed.map(({ kind, step, method, since, run }) => ({
      cells: [
        `<a href="#${idOf(index)}">${e(host.name)}</a>`,
        kind === 'undo' ? `shield${method === '' ? '' : ` (${e(method)})`} stands` : 'rest of a block',
        e(step),
        renderTime(since),
        `<code>${e(run)}</code>`,
      ],
    })),
  );
  if (rows.length === 0) return '';
  const remedy = '<p>Take shields down with <code>firebreak shields revert</code> once the hosts are fixed.</p>';
  return `<h2 id="owed">Shields that stand and what else is owed</h2>${renderTable('Open obligations', ['Host', 'What', 'Step', 'Since', 'Run'], rows)}${remedy}`;
}

function renderExceptions({ hosts }: Report): string {
  const rows = hosts.flatMap((host: ReportHost, index) => {
    if (host.exception === null) return [];
    const { advisory, reason, approvedBy, until, ticket } = host.exception;
    const cells = [`<a href="#${idOf(index)}">${e(host.name)}</a>`, ...[advisory, reason, approvedBy, until].map(e)];
    return [{ cells: [...cells, e(ticket ?? '–')] }];
  });
  if (rows.length === 0) return '';
  const columns = ['Host', 'Advisory', 'Reason', 'Approved by', 'Until', 'Ticket'];
  return `<h2 id="exceptions">Exceptions</h2>${renderTable('Hosts that were left alone, and who said so', columns, rows)}`;
}

function renderDecisions(runs: readonly ReportRun[]): string {
  const rows = runs.flatMap(({ run, decisions }) =>
    decisions.map(({ at, what, by, host, text, answer, via }) => ({
      cells: [
        renderTime(at),
        by === '' ? '–' : e(by),
        e(what),
        host === null ? '–' : e(host),
        `${e(text)}${answer === null ? '' : ` <strong>${e(answer)}</strong>`}${via === null ? '' : ` <span class="dim">(${e(via)})</span>`}`,
        `<code>${e(run)}</code>`,
      ],
    })),
  );
  const columns = ['When', 'Who', 'Did', 'Host', 'What', 'Run'];
  return `<h2 id="people">Who decided what</h2>${renderTable('What people did', columns, rows)}`;
}
