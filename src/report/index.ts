export { buildReport, type ReportSource } from './build-report.ts';
export { renderCsv } from './csv.ts';
export { renderHtml } from './html.ts';
export { renderJunit } from './junit.ts';
export { type Report, reportJsonSchema } from './model.ts';
