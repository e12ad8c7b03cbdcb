/** Questions on the terminal; without one nobody waits for an answer that cannot come. */

import { type Prompter, Secret } from '../domain/index.ts';
import { printable } from './live/index.ts';

/** Undefined when there is no terminal to ask on. */
export function passwordPrompt(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) =>
    (await (await prompter())([{ type: 'password', name: 'answer', message: question, mask: '*' }])).answer as string;
}

/** Answers what scripts ask (Read-Host, Get-Credential, confirmations); undefined when there is no terminal. */
export function terminalPrompter(): Prompter | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    readLine: async (question, signal) =>
      (await (await prompter(signal))([{ type: 'input', name: 'answer', message: printable(question) }]))
        .answer as string,
    readSecret: async (question, signal) => {
      const questions = [{ type: 'password', name: 'answer', message: printable(question), mask: '*' }] as const;
      return new Secret((await (await prompter(signal))([...questions])).answer as string);
    },
    choose: async (question, choices, preset, signal) => {
      const list = choices.map((name, value) => ({ name: printable(name), value }));
      const questions = [
        { type: 'select', name: 'answer', message: printable(question), choices: list, default: preset },
      ] as const;
      return (await (await prompter(signal))([...questions])).answer as number;
    },
  };
}

/** True with `--yes`, or after a yes; false without a terminal. */
export async function isConfirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const ask = await prompter();
  return (await ask([{ type: 'confirm', name: 'answer', message: question, default: false }])).answer as boolean;
}

/** On stderr: stdout belongs to the command's result. */
async function prompter(signal?: AbortSignal) {
  const { default: inquirer } = await import('inquirer');
  return inquirer.createPromptModule({ output: process.stderr, ...(signal === undefined ? {} : { signal }) });
}
