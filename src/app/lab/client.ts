/** Talks to a running lab over its control socket. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { FirebreakError } from '../../domain/index.ts';

const labFileSchema = z.looseObject({
  pid: z.int(),
  dir: z.string(),
  inventory: z.string(),
  packages: z.string(),
  control: z.string(),
  hosts: z.array(z.looseObject({ host: z.string(), profile: z.string(), variant: z.string(), address: z.string() })),
});
/** What `lab.json` says of a lab that is up. */
export type LabFile = z.output<typeof labFileSchema>;

const statusSchema = z.looseObject({
  pid: z.int(),
  dir: z.string(),
  startedAt: z.string(),
  inventory: z.string(),
  packages: z.string(),
  hosts: z.array(
    z.looseObject({
      host: z.string(),
      profile: z.string(),
      variant: z.string(),
      address: z.string(),
      power: z.string(),
      network: z.string(),
      bootTime: z.string().optional(),
      sessions: z.number().optional(),
      os: z.looseObject({ version: z.string(), ubr: z.int() }).optional(),
      installed: z.array(z.string()).optional(),
      ipsec: z.looseObject({ assigned: z.string().nullable() }).optional(),
      pendingReboot: z.array(z.string()).optional(),
      counters: z.object({ installs: z.int(), reboots: z.int() }),
    }),
  ),
});
export type LabStatus = z.output<typeof statusSchema>;

const historySchema = z.object({
  host: z.string(),
  entries: z.array(z.looseObject({ at: z.string(), kind: z.string() })),
});
export type LabHistory = z.output<typeof historySchema>;

const replySchema = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** Codes of the lab that mean "you asked for something that is not there". */
const USAGE = new Set(['lab.no-host', 'lab.bad-request', 'lab.usage', 'lab.bad-trouble', 'lab.starting']);
const REPLY_TIMEOUT_MS = 60_000;

/** The running lab of a folder, or null. */
export async function findLab(dir: string): Promise<LabFile | null> {
  const file = await readLabFile(dir);
  if (file === null) return null;
  return (await isAnswering(file.control)) ? file : null;
}

/** @throws FB_USAGE when no lab is up there */
export async function requireLab(dir: string): Promise<LabFile> {
  const lab = await findLab(dir);
  if (lab !== null) return lab;
  throw new FirebreakError('FB_USAGE', `no lab is up in ${dir}`, { remedy: 'firebreak lab up' });
}

/** @throws FB_USAGE (no lab, no such host), FB_LAB (what the lab answers) */
export async function labStatus(dir: string): Promise<LabStatus> {
  return statusSchema.parse(await askLab(dir, 'status', {}));
}

/** @throws FB_USAGE (no lab, no such host), FB_LAB */
export async function labHistory(dir: string, host: string): Promise<LabHistory> {
  return historySchema.parse(await askLab(dir, 'history', { host }));
}

export interface LabTrouble {
  readonly host: string;
  readonly kind: string;
  readonly afterSeconds?: number;
  readonly forSeconds?: number;
  readonly exitCode?: number;
}

/** @throws FB_USAGE (no lab, no such host or kind), FB_LAB */
export async function labTrouble(dir: string, trouble: LabTrouble): Promise<void> {
  const { host, kind, afterSeconds, forSeconds, exitCode } = trouble;
  const options = {
    ...(afterSeconds === undefined ? {} : { after: afterSeconds }),
    ...(forSeconds === undefined ? {} : { for: forSeconds }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
  await askLab(dir, 'trouble', { host, kind, options });
}

/** Lab time runs on at once. @throws FB_USAGE, FB_LAB */
export async function labClock(dir: string, seconds: number): Promise<void> {
  await askLab(dir, 'clock', { seconds });
}

/** Canonical JSON of a registry subtree of a host; the IPsec policies without `key`. @throws FB_USAGE, FB_LAB */
export async function labRegistry(dir: string, host: string, key?: string): Promise<unknown> {
  return askLab(dir, 'registry', { host, ...(key === undefined ? {} : { key }) });
}

/** One question on a connection of its own. @throws FB_USAGE, FB_LAB */
export async function askLab(dir: string, op: string, fields: object): Promise<unknown> {
  const lab = await requireLab(dir);
  const line = await exchange(lab.control, `${JSON.stringify({ ...fields, op })}\n`);
  const reply = replySchema.parse(JSON.parse(line));
  if (reply.ok) return reply.result;
  const { code, message } = reply.error;
  throw new FirebreakError(USAGE.has(code) ? 'FB_USAGE' : 'FB_LAB', message, {
    remedy: code === 'lab.no-host' ? 'firebreak lab status' : '',
  });
}

async function readLabFile(dir: string): Promise<LabFile | null> {
  try {
    return labFileSchema.parse(JSON.parse(await readFile(join(dir, 'lab.json'), 'utf8')));
  } catch {
    // No file, or the rest of a lab that was killed: either way no lab to talk to.
    return null;
  }
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function exchange(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const gone = (why: string): void => reject(new FirebreakError('FB_LAB', `the lab ${why}`));
    const socket = connect(path, () => socket.write(text));
    socket.setTimeout(REPLY_TIMEOUT_MS, () => {
      gone('does not answer');
      socket.destroy();
    });
    socket.on('error', (error) => gone(`cannot be reached: ${error.message}`));
    socket.on('close', () => gone('has ended'));
    createInterface({ input: socket }).once('line', (line) => {
      resolve(line);
      socket.destroy();
    });
  });
}
