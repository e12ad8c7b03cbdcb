/** What the commands that run hosts need of an output mode. */
import type { RunEvent, RunView } from '../../domain/index.ts';

export const OUTPUT_MODES = ['auto', 'live', 'lines', 'ndjson', 'json'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

export interface RunDisplay {
  /** Before the first event, with what is known of the run (all hosts, after a resume also finished ones). */
  start(view: RunView): void;
  event(event: RunEvent): void;
  progress(progress: { readonly host: string; readonly step: string; readonly text: string }): void;
  /** Nothing is drawn until `resume`: a question has the terminal. What happens meanwhile is shown then. */
  pause(): void | Promise<void>;
  resume(): void;
  /** The run ended in an error: nothing more is shown. */
  stop(): void | Promise<void>;
  /** After the last event; prints the summary. */
  finish(view: RunView, nextSteps: readonly string[]): void | Promise<void>;
}
