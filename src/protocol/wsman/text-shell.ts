/**
 * Server half: the options of WinRS text shells (MS-WSMV 2.2.5.2, 3.1.4.8 and 3.1.4.11). Must not know what a shell runs.
 */
import type { WsmanRequest } from './server-request.ts';

/** Options of a Create request for a text shell. */
export interface TextShellOptions {
  /** WINRS_NOPROFILE: the user's profile is not loaded. */
  readonly noProfile: boolean;
  /** WINRS_CODEPAGE as written; absent: the machine's OEM code page. */
  readonly codepage: string | undefined;
}

/** A Command request for a text shell. */
export interface TextCommand {
  /** Command and arguments, joined by blanks as the service does. */
  readonly line: string;
  /** WINRS_SKIP_CMD_SHELL: the line names a program; else it is one for cmd. */
  readonly skipCmd: boolean;
  /** WINRS_CONSOLEMODE_STDIN: standard input is a console; else a pipe that Send feeds. */
  readonly isConsole: boolean;
}

export function readTextShellOptions(request: Pick<WsmanRequest, 'options'>): TextShellOptions {
  return { noProfile: isTrue(request, 'WINRS_NOPROFILE'), codepage: request.options.get('WINRS_CODEPAGE') };
}

export function readTextCommand(
  request: Pick<WsmanRequest, 'options'>,
  body: { readonly commandLine: string; readonly arguments: readonly string[] },
): TextCommand {
  return {
    line: [body.commandLine, ...body.arguments].join(' ').trim(),
    skipCmd: isTrue(request, 'WINRS_SKIP_CMD_SHELL'),
    isConsole: isTrue(request, 'WINRS_CONSOLEMODE_STDIN'),
  };
}

function isTrue(request: Pick<WsmanRequest, 'options'>, name: string): boolean {
  return /^(?:true|1)$/i.test(request.options.get(name) ?? '');
}
