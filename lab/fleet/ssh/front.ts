/**
 * OpenSSH of one machine: logins by password and key, PowerShell as a subsystem or by exec, programs by exec, SFTP;
 * connections that die or fall silent with the machine. Must not know the engine's wire.
 */
import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel, type Session } from 'ssh2';
import { LabError, messageOf } from '../errors.ts';
import type { SshMachine } from './machine.ts';
import { servePowerShell } from './powershell-channel.ts';
import { serveSftp } from './sftp-channel.ts';

export interface SshFrontOptions {
  readonly address: string;
  readonly port: number;
  readonly machine: SshMachine;
  /** Private keys of the host, PEM or OpenSSH. */
  readonly hostKeys: readonly string[];
  /** Public keys that open the account. */
  readonly authorizedKeys: readonly { readonly user: string; readonly key: string }[];
  readonly hasSubsystem: boolean;
  /** The machine decides; undefined as password: a key has opened the account. */
  logon(user: string, password: string | undefined): Promise<boolean>;
}

/** As OpenSSH for Windows shows itself. */
const IDENT = 'OpenSSH_for_Windows_9.5';
const METHODS = ['publickey', 'password', 'keyboard-interactive'] as const;
/** MaxAuthTries. */
const MAX_ATTEMPTS = 6;
/** The port may still be held for a moment by whoever kept it silent. */
const LISTEN_ATTEMPTS = 40;
const LISTEN_DELAY_MS = 50;
const SERVER_MODE = /(?:^|\s)-s(?:$|\s)/i;
const POWERSHELL = /^\s*"?(?:[^"]*\\)?powershell(?:\.exe)?"?\s/i;

export class SshFront {
  readonly #options: SshFrontOptions;
  readonly #keys: readonly { readonly user: string; readonly key: ParsedKey }[];
  readonly #ssh: InstanceType<typeof ssh2.Server>;
  readonly #sockets = new Set<Socket>();
  readonly #silent = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: SshFrontOptions) {
    this.#options = options;
    this.#keys = options.authorizedKeys.map(({ user, key }) => {
      const parsed = ssh2.utils.parseKey(key);
      if (parsed instanceof Error) throw new LabError('lab.bad-profile', `not a public key: ${parsed.message}`);
      return { user: user.toLowerCase(), key: parsed };
    });
    this.#ssh = new ssh2.Server({ hostKeys: [...options.hostKeys], ident: IDENT }, (client, { ip }) =>
      this.#serve(client, ip.replace(/^::ffff:/, '')),
    );
  }

  get isListening(): boolean {
    return this.#server !== undefined;
  }

  /** Starts to listen; connections that fell silent are then reset, as the first packet after a loss would find. */
  async open(): Promise<void> {
    for (let attempt = 1; this.#server === undefined; attempt += 1) {
      try {
        this.#server = await this.#listen();
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code !== 'EADDRINUSE' || attempt === LISTEN_ATTEMPTS) {
          const { address, port } = this.#options;
          throw new LabError('lab.listen', `cannot listen on ${address}:${port} (${code ?? 'unknown'})`);
        }
        await new Promise((resolve) => setTimeout(resolve, LISTEN_DELAY_MS));
      }
    }
    for (const socket of this.#silent) socket.resetAndDestroy();
  }

  /** Stops to listen. `silent`: the cable is out, open connections say nothing more until `open` or `end`. */
  async close(how: 'silent' | 'at-once'): Promise<void> {
    for (const socket of this.#sockets) {
      if (how === 'silent') {
        this.#silent.add(socket);
        socket.removeAllListeners('data');
        socket.pause();
        socket.cork();
      } else socket.destroy();
    }
    this.#server?.close();
    this.#server = undefined;
  }

  async end(): Promise<void> {
    await this.close('at-once');
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(): Promise<Server> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#silent.delete(socket);
      });
      this.#ssh.injectSocket(socket);
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#options.address, port: this.#options.port }, () => {
        server.off('error', reject);
        resolve(server);
      });
    });
  }

  #serve(client: Connection, address: string): void {
    let user = '';
    let attempts = 0;
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      this.#authenticate(context).then(
        (isGranted) => {
          if (isGranted) {
            user = nameOf(context.username);
            context.accept();
            return;
          }
          // asking what there is does not count
          if (context.method !== 'none') attempts += 1;
          if (attempts >= MAX_ATTEMPTS) client.end();
          else context.reject([...METHODS]);
        },
        () => client.end(),
      );
    });
    client.on('session', (accept) => this.#onSession(accept(), user, address));
  }

  async #authenticate(context: AuthContext): Promise<boolean> {
    const user = nameOf(context.username);
    switch (context.method) {
      case 'password':
        return this.#options.logon(user, context.password);
      case 'keyboard-interactive': {
        const [password = ''] = await new Promise<string[]>((resolve) => {
          context.prompt([{ prompt: `${context.username}'s password: `, echo: false }], resolve);
        });
        return this.#options.logon(user, password);
      }
      case 'publickey': {
        const wire = context.key.data;
        const known = this.#keys.find((each) => each.user === user.toLowerCase() && each.key.equals(wire));
        if (known === undefined) return false;
        // without a signature the client only asks whether this key would do
        if (context.signature === undefined || context.blob === undefined) return true;
        if (!known.key.verify(context.blob, context.signature, context.hashAlgo)) return false;
        return this.#options.logon(user, undefined);
      }
      default:
        return false;
    }
  }

  #onSession(session: Session, user: string, address: string): void {
    const { machine, hasSubsystem } = this.#options;
    const powershell = (channel: ServerChannel): void => servePowerShell(channel, machine, user, address);
    session.on('env', (accept) => accept?.());
    session.on('subsystem', (accept, reject, { name }) => {
      if (name === 'powershell' && hasSubsystem) powershell(accept());
      else reject();
    });
    session.on('sftp', (accept) => serveSftp(accept(), machine.files, `C:\\Users\\${user}`));
    session.on('exec', (accept, _reject, { command }) => {
      const channel = accept();
      if (POWERSHELL.test(command) && SERVER_MODE.test(command)) powershell(channel);
      else void runProgram(channel, machine, user, command);
    });
    const refuse = (_accept: unknown, reject: (() => void) | undefined): void => reject?.();
    session.on('pty', refuse);
    session.on('shell', (accept) => {
      const channel = accept();
      channel.stderr.write('The lab has no interactive shell over SSH.\r\n');
      channel.exit(1);
      channel.end();
    });
  }
}

async function runProgram(channel: ServerChannel, machine: SshMachine, user: string, command: string): Promise<void> {
  channel.on('error', () => undefined);
  try {
    const program = await machine.startProgram(user, command, {
      onOutput: (stream, data) => void (stream === 'stdout' ? channel : channel.stderr).write(data),
      onExit: (exitCode) => {
        if (channel.writable) {
          // the protocol has 32 bits without sign for it
          channel.exit(exitCode >>> 0);
          channel.end();
        }
        void program.close().catch(() => undefined);
      },
    });
    const ignore = (): void => undefined;
    channel.on('data', (data: Buffer) => void program.input(data, false).catch(ignore));
    channel.on('end', () => void program.input(Buffer.alloc(0), true).catch(ignore));
    channel.on('close', () => void program.close().catch(ignore));
  } catch (error) {
    channel.stderr.write(`${messageOf(error)}\r\n`);
    channel.exit(1);
    channel.end();
  }
}

/** `HOST\user` and `user@domain` are written for the user alone. */
function nameOf(user: string): string {
  return user.slice(user.lastIndexOf('\\') + 1).split('@')[0] ?? '';
}
