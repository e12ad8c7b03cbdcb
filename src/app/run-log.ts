/** The log file of a run: JSON lines by winston, every string redacted before it is written. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import winston from 'winston';
import type { Redactor } from '../secrets/index.ts';

export interface RunLog {
  write(level: 'error' | 'warn' | 'info' | 'debug', message: string, fields?: object): void;
  close(): Promise<void>;
}

export function openRunLog(file: string, redactor: Redactor): RunLog {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const redacting = winston.format((info) => {
    for (const [key, value] of Object.entries(info)) info[key] = redactor.redactValue(value);
    return info;
  });
  const transport = new winston.transports.File({
    filename: file,
    maxsize: 64 * 1024 * 1024,
    maxFiles: 8,
    options: { flags: 'a', mode: 0o600 },
  });
  const logger = winston.createLogger({
    level: 'debug',
    format: winston.format.combine(winston.format.timestamp(), redacting(), winston.format.json()),
    transports: [transport],
  });
  return {
    write: (level, message, fields) => {
      logger.log(level, message, fields);
    },
    close: () =>
      new Promise((resolve) => {
        transport.once('finish', () => resolve());
        logger.end();
      }),
  };
}
