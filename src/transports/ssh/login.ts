/**
 * What we can log on with, in the order in which it is tried: key file, agent, password, keyboard-interactive. Must not
 * know sockets.
 */
import { createPrivateKey } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod, type ParsedKey, type Prompt } from 'ssh2';
import { FirebreakError, type Prompter, type Secret, type Target } from '../../domain/index.ts';

type Method = AnyAuthMethod['type'];

interface Key {
  readonly file: string;
  readonly key: ParsedKey;
}

export interface LoginSources {
  readonly user: string;
  readonly keys: readonly Key[];
  /** Socket or pipe of the agent. */
  readonly agent: string | undefined;
  readonly password: Secret | undefined;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent';

/**
 * Reads the keys.
 * @throws FB_FILE_MISSING, FB_CREDENTIAL_MISSING: a key that cannot be opened; an agent that was asked for and is not there
 */
export async function loginSources(target: Target, label: string): Promise<LoginSources> {
  const { settings } = target;
  const password = target.password.reveal() === '' ? undefined : target.password;
  const agent = settings.agent === false ? undefined : await agentSocket();
  if (settings.agent === true && agent === undefined) {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `${label}: there is no SSH agent to ask`, {
      remedy:
        'start one: eval "$(ssh-agent)" && ssh-add (Windows: Start-Service ssh-agent); or name a key: private_key:',
    });
  }
  const keys: Key[] = [];
  if (settings.privateKey !== undefined) {
    keys.push({ file: settings.privateKey, key: await readKey(settings.privateKey, target.passphrase, label) });
  } else if (password === undefined && settings.agent !== true) keys.push(...(await defaultKeys()));
  return {
    user: target.user === '' ? userInfo().username : target.user,
    keys,
    // a key that was named is meant: the agent's others would use up the attempts that the host allows
    agent: settings.privateKey === undefined || settings.agent === true ? agent : undefined,
    password,
  };
}

/** One login: gives the library one method after the other, and says afterwards what was tried. */
export class Login {
  readonly #sources: LoginSources;
  readonly #prompter: Prompter | undefined;
  readonly #signal: AbortSignal;
  readonly #methods: AnyAuthMethod[];
  readonly #tried: string[] = [];
  #offered: readonly string[] = [];
  #wantsMore = false;
  #unanswered: string | undefined;

  constructor(sources: LoginSources, prompter: Prompter | undefined, signal: AbortSignal) {
    this.#sources = sources;
    this.#prompter = prompter;
    this.#signal = signal;
    const { user: username, keys, agent, password } = sources;
    this.#methods = [
      ...keys.map(({ key }) => ({ type: 'publickey' as const, username, key })),
      ...(agent === undefined ? [] : [{ type: 'agent' as const, username, agent }]),
      ...(password === undefined ? [] : [{ type: 'password' as const, username, password: password.reveal() }]),
      ...(password === undefined && prompter === undefined ? [] : [this.#interactive(username)]),
    ];
  }

  /** The library's authHandler; null at first: `none` makes the host tell its methods. */
  next(offered: readonly string[] | null, isPartial: boolean | null): AnyAuthMethod | false {
    if (offered === null) return { type: 'none', username: this.#sources.user };
    this.#offered = offered;
    this.#wantsMore = isPartial === true;
    for (;;) {
      const method = this.#methods.shift();
      if (method === undefined) return false;
      if (!offered.includes(wireName(method.type))) continue;
      this.#tried.push(describe(method, this.#sources));
      return method;
    }
  }

  get hasTried(): boolean {
    return this.#tried.length > 0;
  }

  /** After the host has refused all of it. */
  denied(label: string, cause: unknown): FirebreakError {
    const { user } = this.#sources;
    const offers = this.#offered.length === 0 ? 'no method' : this.#offered.join(', ');
    const tried = this.#tried.length === 0 ? 'nothing that we have fits' : `tried: ${this.#tried.join(', ')}`;
    const more = this.#wantsMore ? '; the host wants more than one of them' : '';
    const asked = this.#unanswered === undefined ? '' : `; nobody could answer “${this.#unanswered}”`;
    return new FirebreakError(
      'FB_AUTH_DENIED',
      `${label}: the host refused the login of ${user} (it offers ${offers}; ${tried}${more}${asked})`,
      { remedy: this.#remedy(), cause },
    );
  }

  #remedy(): string {
    if (this.#tried.length === 0) {
      return 'give what the host offers: private_key:, agent: true or credential: with a password';
    }
    if (this.#tried.some((what) => what.startsWith('key') || what.startsWith('agent'))) {
      return 'the public key must be in the user’s .ssh\\authorized_keys; for administrators of Windows in %ProgramData%\\ssh\\administrators_authorized_keys';
    }
    return 'check user and password; a domain user is written CORP\\user or user@corp.example';
  }

  /** The password answers the first hidden question; any other is asked of the user. */
  #interactive(username: string): AnyAuthMethod {
    let hasAnswered = false;
    const answer = async ({ prompt, echo }: Prompt): Promise<string> => {
      const { password } = this.#sources;
      if (echo !== true && !hasAnswered && password !== undefined) {
        hasAnswered = true;
        return password.reveal();
      }
      if (this.#prompter === undefined) {
        this.#unanswered = prompt.trim().slice(0, 60);
        return '';
      }
      if (echo === true) return this.#prompter.readLine(prompt, this.#signal);
      return (await this.#prompter.readSecret(prompt, this.#signal)).reveal();
    };
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        // one after the other: there is one keyboard
        const answers = prompts.reduce<Promise<string[]>>(
          async (before, prompt) => [...(await before), await answer(prompt)],
          Promise.resolve([]),
        );
        answers.then(finish, () => finish(prompts.map(() => '')));
      },
    };
  }
}

function wireName(type: Method): string {
  return type === 'agent' ? 'publickey' : type;
}

function describe(method: AnyAuthMethod, { keys }: LoginSources): string {
  if (method.type === 'publickey') return `key ${keys.find(({ key }) => key === method.key)?.file ?? ''}`;
  return method.type === 'agent' ? 'agent' : method.type;
}

async function agentSocket(): Promise<string | undefined> {
  const socket = process.env['SSH_AUTH_SOCK'];
  if (socket !== undefined && socket !== '') return socket;
  if (process.platform !== 'win32') return undefined;
  return (await exists(WINDOWS_AGENT)) ? WINDOWS_AGENT : undefined;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The user's own keys as ssh takes them; one that needs a passphrase must be named. */
async function defaultKeys(): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (const name of DEFAULT_KEYS) {
    const file = join(homedir(), '.ssh', name);
    const text = await readFile(file).catch(() => undefined);
    const key = text === undefined ? undefined : parse(text, undefined);
    if (key !== undefined && !(key instanceof Error)) keys.push({ file, key });
  }
  return keys;
}

async function readKey(file: string, passphrase: Secret | undefined, label: string): Promise<ParsedKey> {
  const text = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new FirebreakError(
      'FB_FILE_MISSING',
      `${label}: the key ${file} cannot be read (${cause.code ?? 'unknown'})`,
      {
        remedy: 'check private_key: in the inventory, and who may read the file',
        cause,
      },
    );
  });
  const key = parse(text, passphrase);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return key;
    throw unusable(`${label}: ${file} is a public key`, 'name the private one, without .pub');
  }
  if (/no passphrase|passphrase/i.test(key.message) && passphrase === undefined) {
    throw unusable(`${label}: the key ${file} needs a passphrase`, 'passphrase: { prompt: true } in the inventory');
  }
  if (/passphrase|integrity|decrypt|bad/i.test(key.message) && passphrase !== undefined) {
    throw unusable(`${label}: the passphrase does not open the key ${file}`, 'check passphrase: in the inventory');
  }
  throw unusable(
    `${label}: ${file} is no key that can be read here`,
    `write it in OpenSSH's format: ssh-keygen -p -f ${file}`,
  );
}

function unusable(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_CREDENTIAL_MISSING', message, { remedy });
}

function parse(text: Buffer, passphrase: Secret | undefined): ParsedKey | Error {
  const secret = passphrase?.reveal();
  const readable = fromPkcs8(text, secret);
  if (readable instanceof Error) return readable;
  const parsed = ssh2.utils.parseKey(readable, secret);
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key')) : parsed;
}

/** The library reads OpenSSH's format and the older PEM ones, but not PKCS #8. */
function fromPkcs8(text: Buffer, passphrase: string | undefined): Buffer | string | Error {
  if (!/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text.toString('latin1', 0, 200))) return text;
  try {
    const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' });
    if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' });
    return text;
  } catch {
    return new Error(passphrase === undefined ? 'no passphrase' : 'wrong passphrase');
  }
}
