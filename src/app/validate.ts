/** `firebreak validate`: every mistake of every file, touching nothing. */
import { FirebreakError } from '../domain/index.ts';
import { readInventory } from './inventory/index.ts';
import { checkPlaybook } from './load-plan.ts';
import type { Services } from './wiring.ts';

export interface Validated {
  readonly file: string;
  /** Null when the file is right. */
  readonly error: FirebreakError | null;
}

export async function validate(
  services: Services,
  files: { readonly playbooks: readonly string[]; readonly inventories: readonly string[] },
): Promise<readonly Validated[]> {
  const check = async (file: string, work: () => Promise<unknown>): Promise<Validated> => {
    try {
      await work();
      return { file, error: null };
    } catch (thrown) {
      if (thrown instanceof FirebreakError) return { file, error: thrown };
      throw thrown;
    }
  };
  return Promise.all([
    ...files.playbooks.map((file) => check(file, () => checkPlaybook(file, services.actions))),
    ...files.inventories.map((file) => check(file, () => readInventory({ inventory: file, isCheckOnly: true }))),
  ]);
}
