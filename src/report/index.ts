export { AuditChain } from './audit-chain.ts';
export { AuditCheck, type AuditFindings } from './audit-check.ts';
export { buildReport, type ReportSource } from './build-report.ts';
export { renderCsv } from './csv.ts';
export { renderHtml } from './html.ts';
export { renderJunit } from './junit.ts';
export { maskSecrets } from './mask-secrets.ts';
export { type Report, reportJsonSchema } from './model.ts';
