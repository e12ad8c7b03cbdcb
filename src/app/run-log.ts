/** The log file of a run: JSON lines by winston, every string redacted before it is written. */
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import winston from 'winston';
import { FirebreakError } from '../domain/index.ts';
import type { Redactor } from '../secrets/index.ts';
import { makePrivateFolder } from '../util/index.ts';

export interface RunLog {
  write(level: 'error' | 'warn' | 'info' | 'debug', message: string, fields?: object): void;
  close(): Promise<void>;
}

/** @throws FB_ENVIRONMENT when its folder cannot be written */
export function openRunLog(file: string, redactor: Redactor): RunLog {
  prepareFolder(dirname(file));
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

function prepareFolder(folder: string): void {
  try {
    makePrivateFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FirebreakError('FB_ENVIRONMENT', `the log folder ${folder} cannot be written (${code})`, {
      remedy: 'check its permissions, or keep state and logs elsewhere with --state',
      cause,
    });
  }
}
