/** What a script asks (Read-Host, Get-Credential, confirmation) put to the user, and the answers as PowerShell wants them. */
import type { Prompter } from '../../domain/index.ts';
import {
  credentialOf,
  type HostRequest,
  hashtable,
  listOf,
  PsSecureString,
  type PsValue,
} from '../../protocol/index.ts';

/** What a script gets when there is nobody to ask. */
export const NOT_INTERACTIVE = 'Firebreak runs without a user at the keyboard: the script must not ask for input';
const SECURE_STRING = 'System.Security.SecureString';
const CREDENTIAL = 'System.Management.Automation.PSCredential';

/** The value of the host's method. @throws what the prompter throws */
export async function askUser(
  prompter: Prompter,
  request: Exclude<HostRequest, { kind: 'write' }>,
  signal: AbortSignal,
): Promise<PsValue> {
  switch (request.kind) {
    case 'readLine':
      return prompter.readLine('The script asks for a line of input', signal);
    case 'readSecureLine':
      return secure(prompter, 'The script asks for a secret', signal);
    case 'credential':
      return credential(prompter, heading(request), request.user, signal);
    case 'choice': {
      const { labels, presets } = request;
      return prompter.choose(heading(request), labels.map(plainLabel), presets[0] ?? -1, signal);
    }
    case 'choices':
      return listOf(await chooseSome(prompter, request, signal), 'System.Collections.ArrayList');
    case 'prompt': {
      const answers: [string, PsValue][] = [];
      for (const { name, label, typeName } of request.fields) {
        const question = [heading(request), plainLabel(label) || name].filter((each) => each !== '').join(' – ');
        answers.push([name, await field(prompter, question, typeName, signal)]);
      }
      return hashtable(answers);
    }
  }
}

async function field(prompter: Prompter, question: string, typeName: string, signal: AbortSignal): Promise<PsValue> {
  if (typeName === SECURE_STRING) return secure(prompter, question, signal);
  if (typeName === CREDENTIAL) return credential(prompter, question, '', signal);
  if (!typeName.endsWith('[]')) return prompter.readLine(question, signal);
  const lines: string[] = [];
  for (;;) {
    const line = await prompter.readLine(`${question} [${lines.length}] (empty: no more)`, signal);
    if (line === '') return listOf(lines);
    lines.push(line);
  }
}

async function chooseSome(
  prompter: Prompter,
  request: Extract<HostRequest, { kind: 'choice' | 'choices' }>,
  signal: AbortSignal,
): Promise<PsValue[]> {
  const labels = request.labels.map(plainLabel);
  const chosen: number[] = [];
  for (;;) {
    const open = labels.flatMap((label, index) => (chosen.includes(index) ? [] : [{ label, index }]));
    if (open.length === 0) break;
    const isFirst = chosen.length === 0;
    const done = isFirst && request.presets.length > 0 ? 'the default' : 'no more';
    const options = [...open.map(({ label }) => label), `(${done})`];
    const answer = await prompter.choose(heading(request), options, options.length - 1, signal);
    const picked = open[answer];
    if (picked === undefined) {
      if (isFirst) chosen.push(...request.presets);
      break;
    }
    chosen.push(picked.index);
  }
  return chosen;
}

async function credential(prompter: Prompter, title: string, user: string, signal: AbortSignal): Promise<PsValue> {
  const name = user === '' ? await prompter.readLine(`${title}: user`, signal) : user;
  const password = await prompter.readSecret(`${title}: password of ${name}`, signal);
  return credentialOf(name, password.reveal());
}

async function secure(prompter: Prompter, question: string, signal: AbortSignal): Promise<PsValue> {
  return new PsSecureString((await prompter.readSecret(question, signal)).reveal());
}

function heading(request: { readonly caption: string; readonly message: string }): string {
  return [request.caption, request.message]
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .join(': ');
}

/** `&Yes` marks the hot key. */
function plainLabel(label: string): string {
  return label.replace('&', '');
}
