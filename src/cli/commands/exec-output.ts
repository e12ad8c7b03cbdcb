/** How `firebreak exec` shows what hosts send: JSON lines, or every stream as it comes. */
import type { ExecResult } from '../../app/index.ts';
import type { Json, StreamRecord } from '../../domain/index.ts';
import { oneLine, printable, renderTable } from '../live/index.ts';

export interface ExecOutput {
  readonly onHosts: (hosts: readonly string[]) => void;
  readonly onRecord: (host: string, record: StreamRecord) => void;
  readonly onResult: (result: ExecResult) => void;
  readonly finish: (results: readonly ExecResult[]) => void;
}

/** A line a host on stdout and nothing else. */
export function jsonOutput(): ExecOutput {
  return {
    onHosts: () => {},
    onRecord: () => {},
    onResult: ({ host, ok, output, streams, durationMs, error }) => {
      process.stdout.write(`${JSON.stringify({ host, ok, output, streams, durationMs, error })}\n`);
    },
    finish: () => {},
  };
}

/** Output on stdout, everything else on stderr; each line with its host when there are several. */
export function textOutput(): ExecOutput {
  let isPrefixed = true;
  const lines = (host: string, text: string): string => {
    const prefix = isPrefixed ? `${host}: ` : '';
    return `${printable(text)
      .split('\n')
      .map((line) => prefix + line)
      .join('\n')}\n`;
  };
  return {
    onHosts: (hosts) => {
      isPrefixed = hosts.length > 1;
    },
    onRecord: (host, record) => {
      if (record.stream === 'output') process.stdout.write(lines(host, renderValue(record.value)));
      else process.stderr.write(lines(host, describeRecord(record)));
    },
    onResult: ({ host, error, durationMs }) => {
      if (error === null) {
        if (isPrefixed) process.stderr.write(`${host}: done in ${durationMs} ms\n`);
        return;
      }
      // Most messages begin with the host already.
      const place = error.message.startsWith(host) ? '' : `${host}: `;
      const remedy = error.remedy === '' ? '' : `  → ${oneLine(error.remedy)}\n`;
      process.stderr.write(`${oneLine(place + error.message)} [${error.code}]\n${remedy}`);
    },
    finish: (results) => {
      if (results.length < 2 || !process.stderr.isTTY) return;
      const rows = results.map(({ host, ok, output, streams, durationMs, error }) => [
        host,
        ok ? 'ok' : 'failed',
        String(output.length),
        String(streams.error.length),
        (durationMs / 1000).toFixed(1),
        error === null ? '' : error.message,
      ]);
      const table = renderTable([['HOST', 'RESULT', 'OBJECTS', 'ERRORS', 'SECONDS', 'WHY'], ...rows]);
      process.stderr.write(`\n${table}\n`);
    },
  };
}

function describeRecord(record: Exclude<StreamRecord, { readonly stream: 'output' }>): string {
  if (record.stream === 'error') return `error: ${record.value.message}`;
  if (record.stream === 'progress') {
    const { activity, status, percentComplete } = record.value;
    return `progress: ${activity}: ${status}${percentComplete >= 0 ? ` (${percentComplete} %)` : ''}`;
  }
  return `${record.stream}: ${renderValue(record.value)}`;
}

/** Text as it is, objects as `name : value` lines. */
function renderValue(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([name]) => name !== '$type');
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .map(([name, item]) => `${name.padEnd(width)} : ${typeof item === 'string' ? item : JSON.stringify(item)}`)
    .join('\n');
}
