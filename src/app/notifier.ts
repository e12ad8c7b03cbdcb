/** What leaves this machine for `notify`: HTTP requests and programs. Secrets are read here and known to the redactor. */
import { readFile } from 'node:fs/promises';
import { FirebreakError, type Notifier, Secret, type SecretValue } from '../domain/index.ts';
import type { Redactor } from '../secrets/index.ts';
import { programFailure, runProgram } from '../util/index.ts';

const MAX_BYTES = 64 * 1024;
/** Nothing was sent: another try does no harm. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function createNotifier(environment: NodeJS.ProcessEnv, redactor: Redactor): Notifier {
  const reveal = async (value: SecretValue): Promise<string> => {
    if (typeof value === 'string') return value;
    const secret = 'env' in value ? environment[value.env] : await firstLine(value.file);
    if (secret !== undefined && secret !== '') {
      redactor.add(new Secret(secret));
      return secret;
    }
    const what =
      'env' in value ? `environment variable ${value.env} is not set` : `${value.file} is empty or cannot be read`;
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `notify: ${what}`, { remedy: 'set it for this process' });
  };
  const revealAll = async (values: { readonly [name: string]: SecretValue }): Promise<{ [name: string]: string }> =>
    Object.fromEntries(
      await Promise.all(Object.entries(values).map(async ([name, value]) => [name, await reveal(value)])),
    );

  return {
    async post({ url, method, headers, body }, { signal, timeoutMs }) {
      const target = await reveal(url);
      const own = { 'content-type': 'application/json', ...lowerCase(await revealAll(headers)) };
      try {
        const response = await fetch(target, {
          method,
          headers: own,
          ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        const text = redactor.redact(await textOf(response));
        return { status: response.status, text, isFine: response.ok };
      } catch (thrown) {
        throw unsent(thrown, typeof url === 'string' ? new URL(url).host : 'the hook');
      }
    },
    async run({ command, environment: own }, { signal, timeoutMs }) {
      const options = { timeoutMs, maxBytes: MAX_BYTES, signal, environment: await revealAll(own) };
      const ran = await runProgram(command, options);
      const failure = programFailure(ran, options);
      if (ran.ended !== 'exited') {
        throw new FirebreakError('FB_NOTIFY_FAILED', redactor.redact(`${command[0]} ${failure}`), {
          remedy: 'the program must be on this machine, with its full path',
        });
      }
      const text = failure === null ? ran.stdout : ran.stderr;
      return { status: ran.exitCode, text: redactor.redact(text), isFine: failure === null };
    },
  };
}

async function firstLine(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

function lowerCase(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The beginning of the answer; the rest is not read. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && name in of
    ? (of as { readonly [key: string]: unknown })[name]
    : undefined;
}

/** Without the address, which may be the secret. */
function unsent(thrown: unknown, to: string): FirebreakError {
  const code = String(field(field(thrown, 'cause'), 'code') ?? '');
  const isLate = field(thrown, 'name') === 'TimeoutError';
  const why = isLate ? 'no answer in time' : code === '' ? 'the request failed' : code;
  return new FirebreakError('FB_NOTIFY_FAILED', `${to}: ${why}`, {
    remedy: 'look whether this machine reaches it',
    retryable: NEVER_SENT.has(code),
  });
}
