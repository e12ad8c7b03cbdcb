/**
 * Answers given in the runs that this one repeats, so that nobody is asked the same thing about the same host again. Must
 * not know which of them may be used: the action says so.
 */
import { isSameQuestion, type Question } from '../domain/index.ts';
import { type AnswerRecord, foldHosts, type QuestionRecord } from './host-record.ts';
import type { Recorder } from './recorder.ts';

/** Reruns of reruns: so far back is looked. */
const MOST_RUNS = 20;

type Asked = ReadonlyMap<string, readonly QuestionRecord[]>;

export class EarlierAnswers {
  readonly #recorder: Recorder;
  readonly #parent: string;
  #asked: Promise<Asked> | null = null;

  constructor(recorder: Recorder, parent: string) {
    this.#recorder = recorder;
    this.#parent = parent;
  }

  /** The latest answer to the same question about the host of that name. */
  async find(host: string, question: Question): Promise<AnswerRecord | null> {
    this.#asked ??= this.#read();
    const asked = (await this.#asked).get(host) ?? [];
    return asked.find((one) => one.answer !== null && isSameQuestion(one.question, question))?.answer ?? null;
  }

  /** By host, latest run first. */
  async #read(): Promise<Asked> {
    const asked = new Map<string, QuestionRecord[]>();
    let run: string | null = this.#parent;
    for (let count = 0; run !== null && count < MOST_RUNS; count++) {
      const earlier: string = run;
      const events = await this.#recorder.use((journal) => journal.events(earlier));
      for (const [host, record] of foldHosts(events)) {
        const questions = [...record.steps.values()].flatMap((step) => step.question ?? []);
        asked.set(host, [...(asked.get(host) ?? []), ...questions]);
      }
      run = events.find((event) => event.type === 'RunStarted')?.parent ?? null;
    }
    return asked;
  }
}
