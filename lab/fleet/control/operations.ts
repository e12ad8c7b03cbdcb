/** What `firebreak lab …` may ask a running lab for (lab/README.md, Control socket). */
import { z } from 'zod';
import { LabError } from '../errors.ts';
import type { Fleet } from '../fleet.ts';
import type { ControlHandler } from './server.ts';

const hostSchema = z.object({ host: z.string() });
const troubleSchema = z.object({
  host: z.string(),
  kind: z.string(),
  options: z
    .strictObject({ after: z.number().min(0), for: z.number().positive(), exitCode: z.int() })
    .partial()
    .default({}),
});

const folderSchema = hostSchema.extend({ folder: z.string() });
const carriedSchema = z.object({ name: z.string(), data: z.base64() });

interface LabFacts {
  readonly pid: number;
  readonly dir: string;
  readonly startedAt: string;
  readonly inventory: string;
  readonly packages: string;
}

/** @param end ends the lab; it is called after the answer to `down` was sent */
export function controlOperations(fleet: Fleet, facts: LabFacts, end: () => void): ControlHandler {
  return async (op, fields) => {
    switch (op) {
      case 'status': {
        const hosts = await Promise.all(fleet.hosts.map((host) => fleet.status(host.spec.name)));
        return { ...facts, hosts };
      }
      case 'history': {
        const { host } = hostSchema.parse(fields);
        return { host, entries: await fleet.history(host) };
      }
      case 'trouble': {
        const { host, kind, options } = troubleSchema.parse(fields);
        return fleet.trouble(host, kind, options);
      }
      case 'clock': {
        const { seconds } = z.object({ seconds: z.number().positive() }).parse(fields);
        return fleet.advanceClock(seconds);
      }
      case 'registry': {
        const { host, key } = hostSchema.extend({ key: z.string().optional() }).parse(fields);
        return fleet.registry(host, key);
      }
      case 'console': {
        const { host, line } = hostSchema.extend({ line: z.string() }).parse(fields);
        return fleet.console(host).run(line);
      }
      case 'files.put': {
        const { host, folder, files } = folderSchema.extend({ files: z.array(carriedSchema) }).parse(fields);
        return fleet.console(host).put(folder, files);
      }
      case 'files.take': {
        const { host, folder } = folderSchema.parse(fields);
        return { files: await fleet.console(host).take(folder) };
      }
      case 'down':
        setImmediate(end);
        return {};
      default:
        throw new LabError('lab.bad-request', `the lab has no operation "${op}"`);
    }
  };
}
