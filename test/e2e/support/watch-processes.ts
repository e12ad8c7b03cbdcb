/**
 * A process that looks at the argument list of every process of this machine, at the environment of those that a given one
 * has started, and at the files of a folder, every few milliseconds, for canaries that it gets by standard input. It prints
 * what it found, and at the end which programs it has seen.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Canary, Checker, type Finding } from './canaries.ts';

interface Task {
  readonly canaries: readonly Canary[];
  readonly folder: string;
}

export interface Watched {
  readonly findings: readonly Finding[];
  /** Argument lists that were looked at, each once. */
  readonly seen: readonly string[];
  readonly looks: number;
}

const PAUSE_MS = 3;
const FOLDER_EVERY = 20;

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const task = JSON.parse(String((await lines.next()).value)) as Task;
  const checker = new Checker(task.canaries);
  const findings = new Map<string, Finding>();
  const add = (found: readonly Finding[]): void => {
    for (const each of found) findings.set(JSON.stringify(each), each);
  };
  const commands = new Map<string, string>();
  const environments = new Set<string>();
  let looks = 0;
  const look = (): void => {
    looks += 1;
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const command = tryRead(`/proc/${pid}/cmdline`);
      if (command === undefined || command.length === 0) continue;
      const text = command.toString('latin1');
      // a process is looked at again when it has become another program
      if (commands.get(pid) === text) continue;
      commands.set(pid, text);
      add(checker.search(`arguments of ${shown(text)}`, command));
      const environment = tryRead(`/proc/${pid}/environ`);
      if (environment === undefined || environments.has(`${pid} ${text}`)) continue;
      environments.add(`${pid} ${text}`);
      add(checker.search(`environment of ${shown(text)}`, environment, (canary) => canary.isInEnvironment !== true));
    }
    if (looks % FOLDER_EVERY === 0) add(checker.searchFolder(task.folder));
  };
  const timer = setInterval(look, PAUSE_MS);
  process.stdout.write('watching\n');
  await lines.next();
  clearInterval(timer);
  look();
  const seen = [...new Set(commands.values())].map(shown);
  process.stdout.write(`${JSON.stringify({ findings: [...findings.values()], seen, looks } satisfies Watched)}\n`);
}

function tryRead(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** The program and how its arguments begin. */
function shown(command: string): string {
  return command.replaceAll('\0', ' ').trim().slice(0, 150);
}

if (process.argv[1]?.endsWith('watch-processes.ts')) await main();
