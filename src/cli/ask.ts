/** Questions on the terminal; without one nobody waits for an answer that cannot come. */
import inquirer from 'inquirer';

/** Undefined when there is no terminal to ask on. */
export function passwordPrompt(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const ask = inquirer.createPromptModule({ output: process.stderr });
  return async (question) =>
    (await ask([{ type: 'password', name: 'answer', message: question, mask: '*' }])).answer as string;
}

/** True with `--yes`, or after a yes; false without a terminal. */
export async function isConfirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const ask = inquirer.createPromptModule({ output: process.stderr });
  return (await ask([{ type: 'confirm', name: 'answer', message: question, default: false }])).answer as boolean;
}
