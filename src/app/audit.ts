/** `firebreak audit`: the journal as a file that shows whether it was tampered with. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FirebreakError, type Journal } from '../domain/index.ts';
import { planHash } from '../engine/index.ts';
import { AuditChain, AuditCheck, type AuditFindings, maskSecrets } from '../report/index.ts';
import { parseDuration } from '../util/index.ts';
import { whoAmI } from './run.ts';
import type { Services } from './wiring.ts';

export type { AuditFindings } from '../report/index.ts';

export interface AuditRequest {
  /** Ids, prefixes or `last`; none with `since`. */
  readonly runs: readonly string[];
  /** A time, a date or how long ago: every run of which something was recorded since. */
  readonly since: string | undefined;
  /** PEM file of a private key that signs the export. */
  readonly key: string | undefined;
  readonly version: string;
  /** Takes the lines; resolves when it can take more. */
  write(text: string): Promise<void>;
}

export interface AuditExported {
  readonly runs: readonly string[];
  readonly records: number;
  /** Hash of the end record: whoever keeps it elsewhere can tell this file from every other. */
  readonly head: string;
  /** Values that were masked as secrets. */
  readonly masked: number;
}

/** @throws FB_RUN_UNKNOWN, FB_USAGE (no time; a key that cannot sign), FB_FILE_MISSING, FB_STATE_* */
export async function exportAudit(services: Services, request: AuditRequest): Promise<AuditExported> {
  const key = request.key === undefined ? null : readKey(request.key, createPrivateKey);
  const journal = await services.journal();
  const runs =
    request.since === undefined
      ? await Promise.all(request.runs.map((reference) => journal.resolveRun(reference)))
      : await runsSince(journal, timeOf(request.since, Date.now()));
  const chain = new AuditChain();
  let masked = 0;
  const clean = <T>(value: T): { readonly value: T; readonly count: number } => {
    const result = maskSecrets(value);
    masked += result.count;
    return { value: services.redactor.redactValue(result.value) as T, count: result.count };
  };
  await request.write(
    chain.line({
      kind: 'header',
      audit: 1,
      store: journal.storeId,
      exportedAt: new Date().toISOString(),
      exportedBy: whoAmI(),
      version: request.version,
      selection: request.since === undefined ? { runs: request.runs } : { since: request.since },
    }),
  );
  const parents = new Map((await journal.runs()).map(({ run, parent }) => [run, parent]));
  for (const run of new Set(runs)) {
    const { value: plan, count } = clean(await journal.plan(run));
    const parent = parents.get(run) ?? null;
    await request.write(chain.line({ kind: 'run', run, parent, planHash: plan.hash, plan, masked: count }));
    for (const event of await journal.events(run)) {
      await request.write(chain.line({ kind: 'event', event: clean(event).value }));
    }
  }
  await request.write(chain.end());
  const { head, records } = chain;
  if (key !== null) await request.write(signed(chain, key, request.key ?? ''));
  return { runs: [...new Set(runs)], records, head, masked };
}

/** Writes to a new file, never over one that is there: an export may be evidence. */
export async function exportAuditToFile(
  services: Services,
  request: Omit<AuditRequest, 'write'> & { readonly file: string },
): Promise<AuditExported> {
  const { file } = request;
  const handle = await open(file, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw unwritable(file, cause);
    throw new FirebreakError('FB_USAGE', `${file} is there already`, {
      remedy: 'name another file with --file',
      cause,
    });
  });
  try {
    const exported = await exportAudit(services, {
      ...request,
      // All of it: a plain write may leave the rest to the next one.
      write: (text) =>
        handle.writeFile(text).catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(file, cause))),
    });
    await handle.sync();
    await handle.close();
    return exported;
  } catch (thrown) {
    // Half an export is none, and would be in the way of the next try.
    await handle.close();
    await rm(file, { force: true });
    throw thrown;
  }
}

export interface AuditVerification {
  readonly file: string;
  /** The hash that the export has printed. */
  readonly expect: string | undefined;
  /** PEM file of the public key, or of a certificate. */
  readonly publicKey: string | undefined;
}

/** @throws FB_FILE_MISSING, FB_USAGE (no public key) */
export async function verifyAudit({ file, expect, publicKey }: AuditVerification): Promise<AuditFindings> {
  if (!existsSync(file)) throw missing(file);
  const check = new AuditCheck({
    planHash,
    head: expect,
    publicKey: publicKey === undefined ? undefined : readKey(publicKey, createPublicKey),
  });
  const input = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') check.line(line);
    }
  } catch (cause) {
    if (input.errored === null) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new FirebreakError('FB_FILE_MISSING', `${file} cannot be read (${code})`, {
      remedy: 'check the name',
      cause,
    });
  }
  return check.finish();
}

async function runsSince(journal: Journal, since: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { run, startedAt } of [...(await journal.runs())].reverse()) {
    const isRecent = Date.parse(startedAt) >= since;
    const last = isRecent ? null : ((await journal.events(run)).at(-1)?.at ?? null);
    if (isRecent || (last !== null && Date.parse(last) >= since)) found.push(run);
  }
  return found;
}

function timeOf(text: string, now: number): number {
  const ago = parseDuration(text);
  const time = ago === null ? Date.parse(/^\d{4}-\d\d-\d\d/.test(text) ? text : '') : now - ago;
  if (!Number.isNaN(time)) return time;
  throw new FirebreakError('FB_USAGE', `"${text}" is no time`, {
    remedy: 'write --since 2026-11-01, 2026-11-01T08:00:00Z or 30d',
  });
}

function readKey(file: string, read: (pem: Buffer) => KeyObject): KeyObject {
  if (!existsSync(file)) throw missing(file);
  try {
    return read(readFileSync(file));
  } catch (cause) {
    throw new FirebreakError('FB_USAGE', `${file} is no key that can be used here`, {
      remedy:
        'name a PEM file without a passphrase: openssl genpkey -algorithm ed25519 -out audit.pem; openssl pkey -in audit.pem -pubout',
      cause,
    });
  }
}

function signed(chain: AuditChain, key: KeyObject, file: string): string {
  try {
    return chain.signed(key);
  } catch (cause) {
    throw new FirebreakError('FB_USAGE', `the key in ${file} cannot sign`, {
      remedy: 'take an Ed25519, RSA or EC key: openssl genpkey -algorithm ed25519 -out audit.pem',
      cause,
    });
  }
}

function unwritable(file: string, cause: NodeJS.ErrnoException): FirebreakError {
  return new FirebreakError('FB_ENVIRONMENT', `${file} cannot be written (${cause.code})`, {
    remedy: 'name another file with --file',
    cause,
  });
}

function missing(file: string): FirebreakError {
  return new FirebreakError('FB_FILE_MISSING', `there is no file ${file}`, { remedy: 'check the name' });
}
