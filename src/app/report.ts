/** Reports of runs: gathered from the journal, redacted, rendered, written. */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FirebreakError, type JsonObject, type RunInfo } from '../domain/index.ts';
import { foldRun } from '../engine/index.ts';
import {
  buildReport,
  type Report,
  type ReportSource,
  renderCsv,
  renderHtml,
  renderJunit,
  reportJsonSchema,
} from '../report/index.ts';
import { makePrivateFolder } from '../util/index.ts';
import type { Services } from './wiring.ts';

type ReportFormat = 'html' | 'json' | 'junit' | 'csv';

const RENDER: { readonly [format in ReportFormat]: (report: Report) => string } = {
  html: renderHtml,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  junit: renderJunit,
  csv: renderCsv,
};

export interface ReportRequest {
  /** Ids, prefixes or `last`. */
  readonly runs: readonly string[];
  /** Also the runs that these are reruns of, and all reruns of them. */
  readonly chain: boolean;
  readonly format: ReportFormat;
}

/** The report as text, without any secret that this process knows. @throws FB_RUN_UNKNOWN, FB_STATE_* */
export async function reportText(services: Services, request: ReportRequest): Promise<string> {
  const journal = await services.journal();
  const named = await Promise.all(request.runs.map((reference) => journal.resolveRun(reference)));
  const ids = new Set(request.chain ? chainOf(await journal.runs(), named) : named);
  const sources: ReportSource[] = [];
  for (const run of ids) {
    const plan = await journal.plan(run);
    const events = await journal.events(run);
    sources.push({ plan, events, view: foldRun(plan, events) });
  }
  const report = buildReport(sources, new Date().toISOString());
  // Before anything is escaped: a secret must be found whatever a format makes of its characters.
  return RENDER[request.format](services.redactor.redactValue(report) as Report);
}

/** The HTML report of one run, at its usual place. @returns the file written. @throws FB_ENVIRONMENT when it cannot be written */
export async function writeReport(services: Services, { run }: { readonly run: string }): Promise<string> {
  const text = await reportText(services, { runs: [run], chain: false, format: 'html' });
  return saveReport(text, services.reportFile(run), 'html');
}

/** @returns the file. @throws FB_ENVIRONMENT when it cannot be written */
export async function saveReport(text: string, file: string, format: ReportFormat): Promise<string> {
  try {
    makePrivateFolder(dirname(file));
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    throw new FirebreakError(
      'FB_ENVIRONMENT',
      `the report ${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      {
        remedy: `name another place with: firebreak report RUN --format ${format} --file PATH`,
        cause,
      },
    );
  }
  return file;
}

/** JSON Schema of the JSON report. */
export function reportSchema(): JsonObject {
  return reportJsonSchema();
}

/** All runs that hang together with these by being reruns of one another, oldest first. */
function chainOf(all: readonly RunInfo[], named: readonly string[]): readonly string[] {
  const known = new Map(all.map((info) => [info.run, info]));
  const rootOf = (run: string): string => {
    const parent = known.get(run)?.parent ?? null;
    return parent === null || !known.has(parent) ? run : rootOf(parent);
  };
  const roots = new Set(named.map(rootOf));
  return all
    .filter(({ run }) => roots.has(rootOf(run)))
    .map(({ run }) => run)
    .reverse();
}
