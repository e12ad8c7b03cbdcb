/** The caller's signal and a deadline as one signal, whose reason is the error to throw. */
import { FirebreakError } from '../../domain/index.ts';
import { cancelled, deadlinePassed } from './failures.ts';

export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: () => void;

  constructor(label: string, what: string, options: { readonly signal: AbortSignal; readonly timeoutMs: number }) {
    this.#outer = options.signal;
    this.#onAbort = () => {
      const reason: unknown = options.signal.reason;
      this.#controller.abort(reason instanceof FirebreakError ? reason : cancelled(label));
    };
    this.#timer = setTimeout(
      () => this.#controller.abort(deadlinePassed(label, what, options.timeoutMs)),
      Math.min(Math.max(0, options.timeoutMs), 2 ** 31 - 1),
    );
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of timer and listener. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
  }
}
