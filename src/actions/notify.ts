/**
 * `notify`: tells somebody – a web hook, a ticket system, a program on this machine. Touches no host. A message that does not
 * get through is no failure of the host unless it is `required`. Must not know how secrets are kept.
 */
import { z } from 'zod';
import {
  type ErrorRecord,
  FirebreakError,
  type Json,
  type JsonObject,
  type NoticeReply,
  type ReadAction,
  type StepContext,
  toErrorRecord,
} from '../domain/index.ts';
import { readArgs } from './arguments.ts';

/** Header and variable names whose values are secrets: they come from elsewhere, never from the text. */
const SECRET_NAME = /authorization|token|secret|passw|api[-_]?key|cookie/i;
/** Characters of an answer that are kept. */
const MAX_REPLY = 8_192;

const reference = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);
const values = z
  .record(z.string().min(1), z.union([z.string(), reference]))
  .refine(
    (given) => Object.entries(given).every(([name, value]) => typeof value !== 'string' || !SECRET_NAME.test(name)),
    'a secret is not written down: name the variable or the file that holds it, { env: NAME } or { file: PATH }',
  );
const url = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), 'expected http:// or https://')
  .refine(
    (text) => !/^https?:\/\/[^/]*@/.test(text),
    'a secret is not written down: put the whole URL into a variable, url: { env: NAME }',
  );

const args = z
  .strictObject({
    /** Where it is posted; of a hook whose URL is a secret, the variable or file that holds it. */
    url: z.union([url, reference]).optional(),
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE', 'GET']).default('POST'),
    headers: values.default({}),
    /** Sent as JSON instead of the message. */
    body: z.json().optional(),
    /** Program on this machine and its arguments, without a shell; the message is in FIREBREAK_MESSAGE. */
    command: z.array(z.string()).min(1).optional(),
    environment: values.default({}),
    message: z.string().default(''),
    /** True: the step fails when the message does not get through. */
    required: z.boolean().default(false),
  })
  .refine(
    (given) => (given.url === undefined) !== (given.command === undefined),
    'give url or command, one of the two',
  );

type Args = z.infer<typeof args>;

export const notify: ReadAction = {
  uses: 'notify',
  kind: 'read',
  onController: true,
  summary: 'tells somebody: a web hook, a ticket system, a program on this machine',
  args,
  results: ['sent', 'status', 'reply', 'reason'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'notify');
    const nothing = { sent: false, status: null, reply: null };
    if (step.check) return { result: { ...nothing, reason: 'check: nothing is sent' } };
    let failure: ErrorRecord;
    try {
      const reply = await send(step, wanted);
      const result = { status: reply.status, reply: parsed(reply.text) };
      if (reply.isFine) return { result: { ...result, sent: true, reason: '' } };
      failure = refused(wanted, reply);
    } catch (thrown) {
      if (step.signal.aborted) throw thrown;
      failure = toErrorRecord(thrown);
    }
    const result = { ...nothing, reason: failure.message };
    if (wanted.required) return { result, error: failure };
    step.progress(failure.message);
    return { result };
  },
};

function send(step: StepContext, wanted: Args): Promise<NoticeReply> {
  const { notifier, signal } = step;
  if (notifier === undefined) throw new FirebreakError('FB_NOTIFY_FAILED', 'nothing can be sent from here');
  const limits = { signal, timeoutMs: Math.max(1, step.remainingMs()) };
  const { url: to, command } = wanted;
  const about = { run: step.run, host: step.host.name, step: step.stepId };
  if (to !== undefined) {
    const body: Json = wanted.body ?? { text: wanted.message, ...about };
    return notifier.post({ url: to, method: wanted.method, headers: wanted.headers, body }, limits);
  }
  const environment = {
    ...wanted.environment,
    FIREBREAK_MESSAGE: wanted.message,
    FIREBREAK_RUN: about.run,
    FIREBREAK_HOST: about.host,
    FIREBREAK_STEP: about.step,
  };
  return notifier.run({ command: command ?? [], environment }, limits);
}

/** Another try is made only where the first certainly came to nothing: a ticket is not opened twice. */
function refused(wanted: Args, { status, text }: NoticeReply): ErrorRecord {
  const said = text.trim().split(/\r?\n/).at(-1)?.slice(0, 300) ?? '';
  const tail = said === '' ? '' : `: ${said}`;
  const isHook = wanted.url !== undefined;
  const what = isHook
    ? `the server answered ${status}`
    : `${wanted.command?.[0]} ended with exit code ${status ?? 'none'}`;
  const retryable = isHook && (status === 429 || status === 503);
  return new FirebreakError('FB_NOTIFY_FAILED', `${what}${tail}`, { retryable }).toRecord();
}

function parsed(text: string): Json {
  if (text.length > MAX_REPLY) return `${text.slice(0, MAX_REPLY)}…`;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return text;
  }
}
