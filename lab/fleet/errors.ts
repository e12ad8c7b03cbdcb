/**
 * What goes wrong in the lab itself, with a stable code (`lab.<cause>`). The lab is a program of its own and must not
 * know the product's errors.
 */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The message of any thrown value, for progress lines and replies. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
