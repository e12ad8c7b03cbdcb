import { describe, expect, it } from '@jest/globals';
import { FirebreakError, type JsonObject } from '../../src/domain/index.ts';
import { type InputSource, loadPlaybook, resolveInputs } from '../../src/playbook/index.ts';
import type { SourceProblem } from '../../src/util/index.ts';
import { catalog } from './catalog.ts';

const playbook = loadPlaybook(
  `firebreak: 1
name: test
hosts: all
inputs:
  protection: { type: choice, options: [auto, ipsec], default: auto }
  keep: { type: boolean, default: true }
  count: { type: integer, default: 3 }
  ratio: { type: number, default: 0.5 }
  wait: { type: duration, default: 30m }
  note: { type: string, required: false }
  ticket: { type: string, description: the change number }
steps: [{ uses: host.facts }]
`,
  'site.yaml',
  catalog,
);

function assign(...texts: string[]): JsonObject {
  return resolveInputs(
    playbook,
    texts.map((text) => ({ kind: 'assignment', text })),
  );
}

function problems(sources: readonly InputSource[]): string[] {
  try {
    resolveInputs(playbook, sources);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_INPUT_INVALID') throw error;
    return (error.details as SourceProblem[]).map(
      ({ file, line, column, message, hint }) => `${file}:${line}:${column} ${message} | ${hint}`,
    );
  }
  return [];
}

describe('inputs', () => {
  it('have their defaults, and null without one', () => {
    expect(assign('ticket=C-1')).toEqual({
      protection: 'auto',
      keep: true,
      count: 3,
      ratio: 0.5,
      wait: '30m',
      note: null,
      ticket: 'C-1',
    });
  });

  it('are read from text by their declared type', () => {
    expect(
      assign('ticket=1=2', 'keep=false', 'count=-7', 'ratio=1e3', 'wait=90s', 'protection=ipsec', 'note='),
    ).toEqual({
      protection: 'ipsec',
      keep: false,
      count: -7,
      ratio: 1000,
      wait: '90s',
      note: '',
      ticket: '1=2',
    });
  });

  it('come from files too, and the later one wins', () => {
    const file: InputSource = { kind: 'file', file: 'in.yaml', text: 'ticket: C-2\ncount: 9\nkeep: false\n' };
    expect(resolveInputs(playbook, [file, { kind: 'assignment', text: 'count=1' }])).toMatchObject({
      ticket: 'C-2',
      count: 1,
      keep: false,
    });
    expect(resolveInputs(playbook, [{ kind: 'assignment', text: 'count=1' }, file])).toMatchObject({ count: 9 });
  });

  it('are told all their mistakes at once', () => {
    const file: InputSource = { kind: 'file', file: 'in.yaml', text: 'cout: 9\nkeep: "yes"\nwait: 30\nticket: 5\n' };
    const texts = ['protection=ipsek', 'count=1.5', 'keep=yes', 'tiket=1', 'nonsense'];
    expect(problems([...texts.map((text): InputSource => ({ kind: 'assignment', text })), file])).toEqual([
      '--input:1:12 the input "protection" must be one of auto, ipsec, not "ipsek" | did you mean "ipsec"?',
      '--input:1:7 the input "count" must be a whole number, not "1.5" | ',
      '--input:1:6 the input "keep" must be true or false, not "yes" | ',
      '--input:1:1 unknown input "tiket" | did you mean "ticket"?',
      '--input:1:1 an input is given as name=value | or as @file.yaml',
      'in.yaml:1:1 unknown input "cout" | did you mean "count"?',
      'in.yaml:2:7 the input "keep" must be true or false, not "yes" | ',
      'in.yaml:3:7 the input "wait" must be a duration such as 30s, 10m or 1h30m, not 30 | say the unit: 30s',
      'in.yaml:4:9 the input "ticket" must be text, not 5 | quote it',
    ]);
  });

  it('that are required must be given', () => {
    expect(problems([])).toEqual([
      'site.yaml:11:3 the input "ticket" has no value | give it: --input ticket=… (the change number)',
    ]);
  });
});
