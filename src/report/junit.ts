/**
 * JUnit XML for CI servers: a test suite for each run and wave, a test case a host. The shape is that of the schema that
 * Jenkins publishes (junit-10.xsd): children in its order, counts that agree. Must not know what a CI server makes of it.
 */
import { escapeMarkup } from './escape-markup.ts';
import type { Report, ReportHost, ReportRun } from './model.ts';

/** Not tried, or judged by people: neither passed nor failed. */
const SKIPPED: ReadonlySet<string> = new Set(['skipped', 'cancelled', 'excepted']);
/** It could not be found out. */
const ERRORS: ReadonlySet<string> = new Set(['unreachable', 'running', 'waiting']);

type Kind = 'passed' | 'skipped' | 'error' | 'failure';

export function renderJunit(report: Report): string {
  const suites = report.runs.flatMap((run) => suitesOf(report, run));
  const all = report.hosts;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="firebreak" ${counts(all)} time="${seconds(suites.reduce((sum, suite) => sum + suite.ms, 0))}">
${suites.map(({ xml }) => xml).join('')}</testsuites>
`;
}

function suitesOf(report: Report, run: ReportRun): readonly { readonly xml: string; readonly ms: number }[] {
  const hosts = report.hosts.filter((host) => host.run === run.run);
  const waves = [...new Set(hosts.map(({ wave }) => wave))];
  return waves.map((wave) => {
    const members = hosts.filter((host) => host.wave === wave);
    const ms = members.reduce((sum, host) => sum + host.durationMs, 0);
    const attributes = [
      `name="${escapeMarkup(`${run.name} / ${wave}`)}"`,
      `package="${escapeMarkup(className(run.subject))}"`,
      counts(members),
      `time="${seconds(ms)}"`,
      ...(run.startedAt === null ? [] : [`timestamp="${escapeMarkup(run.startedAt.slice(0, 19))}"`]),
    ];
    const properties = Object.entries({
      run: run.run,
      plan: run.planHash,
      started_by: run.by,
      ...(run.change === null ? {} : { change: run.change }),
      ...(run.check ? { check: 'true' } : {}),
    });
    const xml = [
      `<testsuite ${attributes.join(' ')}>\n`,
      `<properties>\n${properties.map(([name, value]) => `<property name="${name}" value="${escapeMarkup(value)}"/>\n`).join('')}</properties>\n`,
      ...members.map((host) => caseOf(host, run)),
      '</testsuite>\n',
    ].join('');
    return { xml, ms };
  });
}

function caseOf(host: ReportHost, run: ReportRun): string {
  const kind = kindOf(host);
  const message = escapeMarkup(`${host.outcome}: ${host.reason}`);
  const remedy = host.error === null || host.error.remedy === '' ? '' : `\n→ ${host.error.remedy}`;
  const body = escapeMarkup(`${host.reason}${remedy}`);
  const type = escapeMarkup(host.error?.code ?? host.outcome);
  const finding =
    kind === 'passed'
      ? ''
      : kind === 'skipped'
        ? `<skipped message="${message}"/>\n`
        : `<${kind} message="${message}" type="${type}">${body}</${kind}>\n`;
  const name = escapeMarkup(host.name);
  return `<testcase classname="${escapeMarkup(className(run.subject))}" name="${name}" time="${seconds(host.durationMs)}">\n${finding}<system-out>${escapeMarkup(stepsText(host))}</system-out>\n</testcase>\n`;
}

/** A shielded host is protected, not fixed: a pipeline must not turn green by it. */
function kindOf(host: ReportHost): Kind {
  if (SKIPPED.has(host.outcome)) return 'skipped';
  if (host.isFine) return 'passed';
  return ERRORS.has(host.outcome) ? 'error' : 'failure';
}

function counts(hosts: readonly ReportHost[]): string {
  const number = (kind: Kind): number => hosts.filter((host) => kindOf(host) === kind).length;
  return `tests="${hosts.length}" failures="${number('failure')}" errors="${number('error')}" skipped="${number('skipped')}"`;
}

function stepsText(host: ReportHost): string {
  const steps = host.steps.map(({ id, uses, outcome, durationMs, error, reason }) => {
    const why = error?.message ?? reason;
    return `${id} (${uses}): ${outcome}, ${seconds(durationMs)} s${why === '' ? '' : ` – ${why}`}`;
  });
  const shields = host.owed.map(({ kind, step, since }) => `still owed: ${kind} of ${step}, since ${since}`);
  return [`${host.outcome}: ${host.reason}`, ...steps, ...shields].join('\n');
}

/** The part before the last dot is taken for a package: subjects have none of their own. */
function className(subject: string): string {
  return `firebreak.${subject.replaceAll('.', '_')}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
