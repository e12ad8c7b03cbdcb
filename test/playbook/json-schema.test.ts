import { describe, expect, it } from '@jest/globals';
import { playbookJsonSchema } from '../../src/playbook/index.ts';
import { BLOCK_KEYS, INCLUDE_KEYS, PLAYBOOK_KEYS, STEP_KEYS, WAVE_KEYS } from '../../src/playbook/vocabulary.ts';
import { catalog } from './catalog.ts';

interface Schema {
  readonly properties: Readonly<
    Record<string, Schema & { readonly const?: string; readonly items?: Schema; readonly anyOf?: readonly unknown[] }>
  >;
  readonly required?: readonly string[];
  readonly additionalProperties: unknown;
}

const schema = JSON.parse(JSON.stringify(playbookJsonSchema(catalog))) as Schema & {
  readonly $defs: {
    readonly node: { readonly anyOf: readonly Schema[] };
    readonly block: Schema;
    readonly include: Schema;
  };
};
const stepOf = (uses: string): Schema | undefined =>
  schema.$defs.node.anyOf.slice(2).find(({ properties }) => properties['uses']?.const === uses);

describe('the JSON Schema for editors', () => {
  it('knows the keys that the validation knows', () => {
    expect(Object.keys(schema.properties)).toEqual([...PLAYBOOK_KEYS]);
    expect(Object.keys(schema.$defs.block.properties)).toEqual([...BLOCK_KEYS]);
    expect(Object.keys(schema.$defs.include.properties)).toEqual([...INCLUDE_KEYS]);
    expect(Object.keys(stepOf('host.facts')?.properties ?? {}).sort()).toEqual([...STEP_KEYS].sort());
    expect(Object.keys(schema.properties['waves']?.items?.properties ?? {})).toEqual([...WAVE_KEYS]);
  });

  it('has one kind of step for each action, with its arguments', () => {
    expect(schema.$defs.node.anyOf).toHaveLength(catalog.size + 2);
    expect(stepOf('ports.check')?.required).toEqual(['uses', 'with']);
    expect(stepOf('host.end')?.required).toEqual(['uses']);
    expect(stepOf('ports.check')?.properties['with']?.properties['expect']?.anyOf).toMatchObject([
      { enum: ['open', 'blocked'] },
      { type: 'string' },
    ]);
    // A default makes an argument optional for whoever writes it.
    expect(stepOf('shield.apply')?.properties['with']?.required).toEqual(['method']);
  });

  it('allows nothing else', () => {
    expect(
      [schema, schema.$defs.block, schema.$defs.include, stepOf('assert')].map((part) => part?.additionalProperties),
    ).toEqual([false, false, false, false]);
  });
});
