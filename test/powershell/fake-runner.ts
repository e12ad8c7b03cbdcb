/** A PipelineRunner whose outcome the test decides; remembers what it was asked to run. */
import type { PipelineEnd, PipelineRunner, RunOptions } from '../../src/powershell/index.ts';
import type { PipelineSpec, PsCommand, PsValue } from '../../src/protocol/index.ts';
import { errorEnd } from './records.ts';

export type Behave = (command: PsCommand, options: RunOptions) => PsValue[] | Promise<PsValue[]>;

export class FakeRunner implements PipelineRunner {
  readonly label = 'web01 (10.0.0.1:5985)';
  readonly shell = { version: '5.1', edition: 'Desktop' };
  readonly clientAddress = '10.0.0.9';
  readonly maxCommandBytes = 40_000;
  readonly commands: PsCommand[] = [];
  isClosed = false;
  readonly #behave: Behave;

  constructor(behave: Behave = () => []) {
    this.#behave = behave;
  }

  async run(spec: PipelineSpec, options: RunOptions): Promise<PipelineEnd> {
    const [command] = spec.commands;
    if (command === undefined || spec.commands.length !== 1) throw new Error('one command expected');
    this.commands.push(command);
    try {
      for (const value of await this.#behave(command, options)) options.onEvent({ kind: 'output', value });
    } catch (error) {
      return errorEnd(error);
    }
    return { state: 'completed', error: null };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  parameter(index: number, name: string): PsValue | undefined {
    return this.commands[index]?.parameters.find((parameter) => parameter.name === name)?.value;
  }
}
