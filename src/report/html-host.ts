/** One host's part of the HTML report: why it ended so, and everything that shows it. */
import { escapeMarkup } from './escape-markup.ts';
import { classOf, renderDuration, renderOutcome, renderTable, renderTime } from './html-parts.ts';
import { renderValue } from './html-value.ts';
import type { ReportHost, ReportStep } from './model.ts';

const e = escapeMarkup;

/** @param id of the section, unique in the page */
export function renderHost(host: ReportHost, id: string): string {
  const parts = [
    `<h3>${e(host.name)} <small class="dim">${e(host.address)}</small> ${renderOutcome(host.outcome)}</h3>`,
    `<p>${e(host.reason)}${renderRemedy(host)}</p>`,
    renderException(host),
    renderSupport(host),
    `<p class="dim">${e(host.subject)}; wave ${e(host.wave)}; run <code>${e(host.run)}</code>; ${renderTime(host.startedAt)} to ${renderTime(host.finishedAt)}, ${renderDuration(host.durationMs)}; installs: ${host.installs}, restarts: ${host.reboots}${host.groups.length === 0 ? '' : `; groups ${e(host.groups.join(', '))}`}</p>`,
    renderEarlier(host),
    renderOwed(host),
    renderQuestions(host),
    renderPorts(host),
    renderVerdicts(host),
    renderSteps(host),
  ];
  return `<section id="${id}" aria-label="${e(host.name)}">\n${parts.filter((part) => part !== '').join('\n')}\n</section>`;
}

function renderRemedy({ error }: ReportHost): string {
  return error === null || error.remedy === '' ? '' : `<br><span class="dim">→ ${e(error.remedy)}</span>`;
}

function renderSupport({ outOfSupportSince: day }: ReportHost): string {
  if (day === null) return '';
  return `<p><span class="word warn">out of support</span> since ${e(day)}: fixes for later holes do not exist, patched or not</p>`;
}

function renderException({ exception }: ReportHost): string {
  if (exception === null) return '';
  const { reason, approvedBy, until, advisory, ticket } = exception;
  return `<p><strong>Exception</strong> from ${e(advisory)} until ${e(until)}: ${e(reason)}; approved by ${e(approvedBy)}${ticket === null ? '' : `, ${e(ticket)}`}</p>`;
}

function renderEarlier({ earlier }: ReportHost): string {
  if (earlier.length === 0) return '';
  const rows = earlier.map(({ run, outcome, reason, at }) => ({
    cells: [`<code>${e(run)}</code>`, renderOutcome(outcome), e(reason), renderTime(at)],
  }));
  return `<h4>Other runs</h4>${renderTable('Outcomes in other runs', ['Run', 'Outcome', 'Why', 'When'], rows)}`;
}

function renderOwed({ owed }: ReportHost): string {
  if (owed.length === 0) return '';
  const rows = owed.map(({ kind, step, method, since, run }) => ({
    cells: [
      kind === 'undo' ? `shield${method === '' ? '' : ` (${e(method)})`} stands` : 'rest of a block',
      e(step),
      renderTime(since),
      `<code>${e(run)}</code>`,
    ],
  }));
  return `<h4>Still owed</h4>${renderTable('Shields that stand and what else is owed', ['What', 'Step', 'Since', 'Run'], rows)}`;
}

function renderQuestions({ questions }: ReportHost): string {
  if (questions.length === 0) return '';
  const rows = questions.map(({ question, answer, by, via, answeredAt, askedAt, state }) => ({
    cells: [
      e(question),
      answer === null ? `<span class="warn">${state === 'closed' ? 'not answered' : 'open'}</span>` : e(answer),
      by === null ? '–' : `${e(by)} <span class="dim">(${e(via ?? '')})</span>`,
      renderTime(answeredAt ?? askedAt),
    ],
  }));
  return `<h4>Questions</h4>${renderTable('Questions and answers', ['Question', 'Answer', 'By', 'When'], rows)}`;
}

const WHEN = { before: 'before a shield', shielded: 'behind the shield', after: 'after the shield' } as const;

function renderPorts({ portChecks, ports }: ReportHost): string {
  if (ports.length === 0) return '';
  const isCompared = portChecks.length > 1;
  const seen = portChecks.map(({ when, step }) => `${WHEN[when]} (${step})`);
  const columns = ['Port', 'From', ...seen, ...(isCompared ? ['Difference'] : [])];
  const rows = ports.map(({ protocol, port, from, states, differs }) => ({
    ...(differs ? { mark: 'differs' } : {}),
    cells: [
      `${e(protocol.toUpperCase())} ${port}`,
      e(from),
      ...states.map((state) => (state === null ? '–' : e(state))),
      ...(isCompared ? [differs ? e(states.filter((state) => state !== null).join(' → ')) : 'none'] : []),
    ],
  }));
  const proofs = portChecks
    .filter(({ expect }) => expect === 'blocked' || expect === 'open')
    .map(({ step, expect, proven, reason }) => {
      const word = proven === null ? 'cannot be proved' : proven ? 'proved' : 'not so';
      return `<li>${e(step)}: ${e(expect)} – ${word}${reason === '' ? '' : `: ${e(reason)}`}</li>`;
    });
  return `<h4>Ports</h4>${renderTable('What was seen of the ports', columns, rows)}${proofs.length === 0 ? '' : `<ul>${proofs.join('')}</ul>`}`;
}

function renderVerdicts({ verdicts }: ReportHost): string {
  if (verdicts.length === 0) return '';
  const items = verdicts.map(({ step, at, verdict, fixed, reason, evidence }) => {
    const word = `<span class="word ${fixed ? 'fine' : 'warn'}">${e(verdict)}</span>`;
    return `<li>${word} ${renderTime(at)} <span class="dim">(${e(step)})</span>: ${e(reason)}
<details><summary>evidence of ${e(step)} on ${e(at.slice(0, 19))}</summary>${renderValue(evidence)}</details></li>`;
  });
  return `<h4>Verdicts and their evidence</h4><ol>${items.join('\n')}</ol>`;
}

function renderSteps({ steps, name }: ReportHost): string {
  if (steps.length === 0) return '';
  const rows = steps.map((step) => ({
    cells: [
      e(step.id),
      `<code>${e(step.uses)}</code>`,
      `<span class="word ${classOf(step.outcome)}">${e(step.outcome)}</span>${step.attempts > 1 ? ` <span class="dim">(${step.attempts} attempts)</span>` : ''}`,
      renderTime(step.finishedAt),
      renderDuration(step.durationMs),
      `${whyOf(step)}${renderResult(step)}`,
    ],
  }));
  const columns = ['Step', 'Action', 'Outcome', 'Ended', { title: 'Took', isNumber: true }, 'Why, result'];
  return `<h4>Steps</h4><details><summary>${steps.length} steps of ${e(name)}</summary>${renderTable(`Steps of ${name}`, columns, rows)}</details>`;
}

function whyOf({ reason, error }: ReportStep): string {
  const said = error === null ? '' : `${error.message} [${error.code}]`;
  return [reason, said]
    .filter((text) => text !== '')
    .map(e)
    .join('<br>');
}

/** Evidence is shown with its verdict. */
function renderResult({ id, result }: ReportStep): string {
  const { evidence: _evidence, ...rest } = result;
  if (Object.keys(rest).length === 0) return '';
  return `<details><summary>result of ${e(id)}</summary>${renderValue(rest)}</details>`;
}
