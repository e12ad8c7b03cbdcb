/**
 * Somebody at a machine's console, with a medium in hand: carries files in and out and starts a line of cmd. The machine
 * needs no network for it. Must not know what is on the medium.
 */
import type { SshMachine } from './ssh/index.ts';

/** What one reading of the engine's wire takes. */
const CHUNK = 1024 * 1024;

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CarriedFile {
  /** Below the folder, with `/`. */
  readonly name: string;
  /** Base64. */
  readonly data: string;
}

export class MachineConsole {
  readonly #machine: SshMachine;
  readonly #user: string;

  constructor(machine: SshMachine, user: string) {
    this.#machine = machine;
    this.#user = user;
  }

  /** One line of cmd, to its end. @throws LabError `lab.host-down` */
  async run(line: string): Promise<Ended> {
    const output = { stdout: '', stderr: '' };
    const ended = Promise.withResolvers<number>();
    const program = await this.#machine.startProgram(this.#user, line, {
      onOutput: (stream, data) => {
        output[stream] += data.toString('utf8');
      },
      onExit: (code) => ended.resolve(code),
    });
    const exitCode = await ended.promise;
    await program.close();
    return { exitCode, ...output };
  }

  /** Writes files into a folder of the machine, which is made. */
  async put(folder: string, files: readonly CarriedFile[]): Promise<void> {
    const { files: tree } = this.#machine;
    await tree.makeFolder(folder);
    for (const { name, data } of files) {
      const path = `${folder}\\${name.replaceAll('/', '\\')}`;
      await tree.makeFolder(path.slice(0, path.lastIndexOf('\\')));
      await tree.make(path, false);
      const bytes = Buffer.from(data, 'base64');
      for (let at = 0; at < bytes.length; at += CHUNK) await tree.write(path, at, bytes.subarray(at, at + CHUNK));
    }
  }

  /** Every file below a folder. */
  async take(folder: string, below = ''): Promise<readonly CarriedFile[]> {
    const { files: tree } = this.#machine;
    const found: CarriedFile[] = [];
    for (const { name, isFolder } of await tree.list(folder)) {
      const path = `${folder}\\${name}`;
      if (isFolder) {
        found.push(...(await this.take(path, `${below}${name}/`)));
        continue;
      }
      const { size } = await tree.stat(path);
      const parts: Buffer[] = [];
      for (let at = 0; at < size; at += CHUNK) parts.push(await tree.read(path, at, CHUNK));
      found.push({ name: below + name, data: Buffer.concat(parts).toString('base64') });
    }
    return found;
  }
}
