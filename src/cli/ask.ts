/** Questions on the terminal; without one nobody waits for an answer that cannot come. */

/** Undefined when there is no terminal to ask on. */
export function passwordPrompt(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) =>
    (await (await prompter())([{ type: 'password', name: 'answer', message: question, mask: '*' }])).answer as string;
}

/** True with `--yes`, or after a yes; false without a terminal. */
export async function isConfirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const ask = await prompter();
  return (await ask([{ type: 'confirm', name: 'answer', message: question, default: false }])).answer as boolean;
}

/** On stderr: stdout belongs to the command's result. */
async function prompter() {
  const { default: inquirer } = await import('inquirer');
  return inquirer.createPromptModule({ output: process.stderr });
}
