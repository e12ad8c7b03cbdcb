/** `shield.revert`: takes down the shields that are owed to the host, of this run and of earlier ones. */
import { z } from 'zod';
import type { ChangeAction, ErrorRecord, JsonObject, OpenUndo, StepContext } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { release } from './attack-hold.ts';
import { takeDown, type Undone } from './shield-undo.ts';

const args = z.strictObject({
  /** Id of one `shield.apply` step of this playbook; default: all shields of the host. */
  shield: z.string().optional().meta({ stepId: true }),
});

const undoSchema = z.object({
  id: z.string(),
  run: z.string(),
  step: z.string(),
  uses: z.string(),
  args: z.record(z.string(), z.json()),
  prior: z.record(z.string(), z.json()),
  owedAt: z.string(),
});
const priorSchema = z.object({ undos: z.array(undoSchema) });

export const shieldRevert: ChangeAction = {
  uses: 'shield.revert',
  kind: 'change',
  summary: 'takes the shields of the host down again',
  args,
  results: ['reverted', 'shields', 'reboot_required', 'notes'],
  isRepeatable: () => true,

  async probe(step, given) {
    const { shield } = readArgs(args, given, 'shield.revert');
    const undos = (await step.openUndos()).filter(
      (undo) => undo.uses in TAKE_BACK && (shield === undefined || (undo.step === shield && undo.run === step.run)),
    );
    if (undos.length === 0) {
      return {
        state: 'satisfied',
        result: { reverted: 0, shields: [], reboot_required: false, notes: [] },
        reason: 'no shield is owed to the host',
      };
    }
    return { state: 'needed', prior: { undos: undos.map((undo) => ({ ...undo })) } };
  },

  async act(step, _given, found) {
    for (const undo of newestFirst(found)) await takeBack(step, undo);
    return { state: 'done' };
  },

  recover: () => Promise.resolve({ state: 'not-started' }),

  async prove(step, _given, found) {
    const discharged: string[] = [];
    const shields: JsonObject[] = [];
    let error: ErrorRecord | undefined;
    for (const undo of newestFirst(found)) {
      // Restoring reads first and changes nothing once it is restored: so it is also the proof.
      const undone = await takeBack(step, undo);
      shields.push(undone.result);
      if (undone.undone) discharged.push(undo.id);
      else error ??= undone.error;
    }
    const waiting = shields.filter((shield) => shield['reboot_required'] === true);
    const result = {
      reverted: discharged.length,
      shields,
      reboot_required: waiting.length > 0,
      notes: waiting.map(({ method, current }) => `${method}: ${current}, in effect after the next restart`),
    };
    return { proven: error === undefined, result, discharged, ...(error === undefined ? {} : { error }) };
  },
};

/** What is owed like a shield. */
const TAKE_BACK: { readonly [uses: string]: (step: StepContext, undo: OpenUndo) => Promise<Undone> } = {
  'shield.apply': takeDown,
  'attack.hold': release,
};

function takeBack(step: StepContext, undo: OpenUndo): Promise<Undone> {
  return (TAKE_BACK[undo.uses] ?? takeDown)(step, undo);
}

/** A later shield was put over an earlier one: they come off in the opposite order. */
function newestFirst(found: JsonObject): OpenUndo[] {
  return priorSchema.parse(found).undos.reverse();
}
