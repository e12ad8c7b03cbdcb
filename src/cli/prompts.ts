/**
 * What can be asked on a terminal, as a small interface over inquirer; on stderr, because stdout belongs to the result.
 * Must not know what the answers are for.
 */
interface Asked {
  readonly message: string;
  /** Closes the prompt. */
  readonly signal?: AbortSignal | undefined;
}

export interface Prompts {
  text(
    asked: Asked & {
      readonly preset?: string;
      /** What is wrong with the text, null when nothing is. */
      readonly check?: (text: string) => string | null;
    },
  ): Promise<string>;
  secret(asked: Asked): Promise<string>;
  choose<Value extends string>(
    asked: Asked & {
      readonly choices: readonly { readonly value: Value; readonly name: string }[];
      readonly preset?: string;
    },
  ): Promise<Value>;
  chooseSeveral(
    asked: Asked & {
      readonly choices: readonly { readonly value: string; readonly name: string; readonly isChosen: boolean }[];
    },
  ): Promise<readonly string[]>;
  confirm(asked: Asked & { readonly preset: boolean }): Promise<boolean>;
}

export function canPrompt(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** True for what a prompt throws when it is left by Ctrl-C or closed by its signal. */
export function isClosedPrompt(thrown: unknown): boolean {
  return thrown instanceof Error && /^(ExitPromptError|AbortPromptError|CancelPromptError)$/.test(thrown.name);
}

export function terminalPrompts(): Prompts {
  return {
    text: ({ message, signal, preset, check }) =>
      answer<string>(signal, {
        type: 'input',
        message,
        ...(preset === undefined ? {} : { default: preset }),
        validate: (text: string) => check?.(text) ?? true,
      }),
    secret: ({ message, signal }) => answer<string>(signal, { type: 'password', message, mask: '*' }),
    choose: ({ message, signal, choices, preset }) =>
      answer(signal, {
        type: 'select',
        message,
        choices: [...choices],
        pageSize: 12,
        ...(preset === undefined ? {} : { default: preset }),
      }),
    chooseSeveral: ({ message, signal, choices }) =>
      answer<string[]>(signal, {
        type: 'checkbox',
        message,
        choices: choices.map(({ value, name, isChosen }) => ({ value, name, checked: isChosen })),
        pageSize: 15,
        required: true,
      }),
    confirm: ({ message, signal, preset }) => answer<boolean>(signal, { type: 'confirm', message, default: preset }),
  };
}

type Prompt = Parameters<ReturnType<typeof import('inquirer')['default']['createPromptModule']>>[0];

async function answer<Value>(signal: AbortSignal | undefined, question: object): Promise<Value> {
  const { default: inquirer } = await import('inquirer');
  const ask = inquirer.createPromptModule({
    output: process.stderr,
    ...(signal === undefined ? {} : { signal }),
  });
  const given = await ask([{ name: 'answer', ...question }] as unknown as Prompt);
  return (given as { readonly answer: Value }).answer;
}
