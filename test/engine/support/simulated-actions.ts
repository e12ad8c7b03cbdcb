/** Actions of every kind on simulated machines, written to the same contract as the real ones. */
import { z } from 'zod';
import { createActions } from '../../../src/actions/index.ts';
import {
  type Action,
  type ActionCatalog,
  type ChangeAction,
  FirebreakError,
  type JsonObject,
  type ReadAction,
  type StepContext,
} from '../../../src/domain/index.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

/** What the simulated session carries: a question or an order to the machine. */
export type MachineCall = (machine: SimulatedMachine) => JsonObject;

/** Set by the harness: sends a call over the step's session. */
export type Send = (step: StepContext, name: string, call: MachineCall) => Promise<JsonObject>;

const anyArgs = z.looseObject({});
const NOT_STARTED_AFTER_MS = 120_000;
const SCRIPT_MS = 20_000;

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readAction(uses: string, results: string[], read: ReadAction['read']): ReadAction {
  return { uses, kind: 'read', summary: uses, args: anyArgs, results, read };
}

type ChangeParts = Omit<ChangeAction, 'uses' | 'kind' | 'summary' | 'args' | 'results' | 'isRepeatable'>;

function changeAction(uses: string, isRepeatable: ChangeAction['isRepeatable'], parts: ChangeParts): ChangeAction {
  return { uses, kind: 'change', summary: uses, args: anyArgs, results: ['state'], isRepeatable, ...parts };
}

export function simulatedActions(send: Send): ActionCatalog {
  const verify = readAction('patch.verify', ['fixed', 'applicable', 'reason', 'verdict'], async (step) => {
    const result = await send(step, 'verify', (machine) => {
      const { fixed, pending } = machine.verdict();
      const verdict = fixed ? 'patched' : 'vulnerable';
      const applicable = machine.applicable;
      return { fixed, applicable, pending_reboot: pending, verdict, reason: fixed ? 'KB is there' : 'KB is missing' };
    });
    return { result };
  });

  const facts = readAction('host.facts', ['os'], async (step) => ({
    result: await send(step, 'facts', () => ({ os: 'windows' })),
  }));

  const healthSnapshot = readAction('health.snapshot', ['healthy'], async (step) => ({
    result: await send(step, 'snapshot', (machine) => ({ healthy: machine.healthy })),
  }));

  const healthCheck: ReadAction = {
    ...readAction('health.check', ['healthy'], checkHealth),
    args: z.looseObject({ against: z.string().optional().meta({ stepId: true }) }),
  };

  async function checkHealth(step: StepContext): ReturnType<ReadAction['read']> {
    const result = await send(step, 'health', (machine) => ({ healthy: machine.healthy }));
    if (result['healthy'] === true) return { result };
    return { result, error: new FirebreakError('FB_HOST_UNHEALTHY', 'a service is missing').toRecord() };
  }

  const evidence = readAction('evidence.collect', ['log'], async (step) => ({
    result: await send(step, 'evidence', (machine) => {
      machine.history.push('evidence');
      return { log: 'log' };
    }),
  }));

  const fail = readAction('fail', [], async (_step, args) => {
    const code = args['retryable'] === true ? 'FB_SESSION_QUOTA' : 'FB_STEP_CONDITION';
    return { result: {}, error: new FirebreakError(code, text(args['message'])).toRecord() };
  });

  const stage = changeAction('package.stage', () => true, {
    async probe(step) {
      const { staged } = await send(step, 'stage probe', (machine) => ({ staged: machine.staged }));
      if (staged !== null) return { state: 'satisfied', result: { state: 'staged' } };
      return { state: 'needed', prior: {} };
    },
    async act(step) {
      await send(step, 'stage', (machine) => {
        machine.staged = 'sha';
        machine.history.push('stage');
        return {};
      });
      return { state: 'done' };
    },
    async recover(step) {
      const { staged } = await send(step, 'stage recover', (machine) => ({ staged: machine.staged }));
      return { state: staged === null ? 'not-started' : 'done' };
    },
    async prove(step) {
      const { staged } = await send(step, 'stage prove', (machine) => ({ staged: machine.staged }));
      return { proven: staged !== null, result: { state: 'staged' } };
    },
  });

  // The new policy does not remember the old one: only the first prior can bring it back.
  const shield = changeAction('shield.apply', () => true, {
    async probe(step) {
      const owed = await step.openUndos();
      const { policy } = await send(step, 'shield probe', (machine) => ({ policy: machine.policy }));
      if (policy === 'shield' && owed.length > 0) return { state: 'satisfied', result: { state: 'stands' } };
      return { state: 'needed', prior: { policy: policy ?? null } };
    },
    async act(step) {
      await send(step, 'shield', (machine) => {
        machine.setPolicy('shield');
        return {};
      });
      return { state: 'done' };
    },
    async recover(step) {
      const { policy } = await send(step, 'shield recover', (machine) => ({ policy: machine.policy }));
      return { state: policy === 'shield' ? 'done' : 'not-started' };
    },
    async prove(step, _args, prior) {
      const { policy } = await send(step, 'shield prove', (machine) => ({ policy: machine.policy }));
      if (policy === 'shield') return { proven: true, result: { state: 'stands' }, confirmed: !step.check };
      const code = policy === prior['policy'] ? 'FB_STEP_NOT_PROVEN' : 'FB_SHIELD_CONFLICT';
      return { proven: false, result: { state: 'gone' }, error: new FirebreakError(code, text(policy)).toRecord() };
    },
    async undo(step, undo) {
      const { policy } = await send(step, 'shield read', (machine) => ({ policy: machine.policy }));
      const prior = text(undo.prior['policy']);
      if (policy === prior) return { undone: true, result: {} };
      if (policy !== 'shield') {
        return { undone: false, result: {}, error: new FirebreakError('FB_SHIELD_CONFLICT', 'not ours').toRecord() };
      }
      await send(step, 'shield undo', (machine) => {
        machine.setPolicy(prior);
        return {};
      });
      return { undone: true, result: {} };
    },
  });

  const revert = changeAction('shield.revert', () => true, {
    async probe(step) {
      const open = await step.openUndos();
      if (open.length === 0) return { state: 'satisfied', result: {}, reason: 'no shield stands' };
      return { state: 'needed', prior: { ids: open.map((undo) => undo.id) } };
    },
    async act(step) {
      for (const undo of (await step.openUndos()).toReversed()) await shield.undo?.(step, undo);
      return { state: 'done' };
    },
    recover: async () => ({ state: 'not-started' }),
    async prove(step) {
      const discharged: string[] = [];
      for (const undo of (await step.openUndos()).toReversed()) {
        const undone = await shield.undo?.(step, undo);
        if (undone?.undone === true) discharged.push(undo.id);
      }
      return { proven: true, result: { state: 'reverted' }, discharged };
    },
  });

  const install = changeAction('package.install', () => false, {
    async probe(step) {
      const { job, pending } = await send(step, 'install probe', (machine) => {
        return { job: machine.installer(), pending: machine.verdict().pending };
      });
      if (job !== 'ended') return { state: 'needed', prior: {} };
      return { state: 'satisfied', result: { state: 'installed', reboot_required: pending ?? null } };
    },
    async act(step) {
      await send(step, 'install', (machine) => {
        machine.startInstaller();
        return {};
      });
      return { state: 'detached', receipt: 'sha' };
    },
    async recover(step) {
      const { job } = await send(step, 'install recover', (machine) => ({ job: machine.installer() }));
      return { state: job === 'none' ? 'not-started' : job === 'running' ? 'running' : 'done' };
    },
    async prove(step) {
      const { code } = await send(step, 'install prove', (machine) => ({ code: machine.exitCode }));
      if (code === 0 || code === 3010) return { proven: true, result: { state: 'installed', reboot_required: true } };
      const error = new FirebreakError('FB_PACKAGE_EXIT', `exit code ${text(code)}`).toRecord();
      return { proven: false, result: { state: 'failed' }, error };
    },
  });

  const reboot = changeAction('host.reboot', () => false, {
    async probe(step) {
      return { state: 'needed', prior: await send(step, 'boot', (machine) => ({ boot: machine.bootTime })) };
    },
    async act(step) {
      await send(step, 'reboot', (machine) => {
        machine.reboot();
        return {};
      });
      return { state: 'done' };
    },
    async recover(step, _args, open) {
      const seen = await bootState(step);
      if (seen === null) return { state: 'running' };
      if (Number(seen['boot']) > Number(open.prior['boot'])) return { state: 'done' };
      const age = step.clock.now() - Date.parse(open.since);
      return { state: age >= NOT_STARTED_AFTER_MS && seen['down'] !== true ? 'not-started' : 'running' };
    },
    async prove(step, _args, prior) {
      for (;;) {
        const seen = await bootState(step);
        if (seen !== null && Number(seen['boot']) > Number(prior['boot'])) {
          return { proven: true, result: { state: 'rebooted' } };
        }
        if (step.remainingMs() < 2000) {
          const error = new FirebreakError('FB_REBOOT_NOT_BACK', 'it did not come back').toRecord();
          return { proven: false, result: {}, error };
        }
        await step.clock.sleep(1000, step.signal);
      }
    },
  });

  async function bootState(step: StepContext): Promise<JsonObject | null> {
    try {
      return await send(step, 'boot state', (machine) => ({ boot: machine.bootTime, down: machine.isGoingDown }));
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError) || !thrown.code.startsWith('FB_CONNECT_')) throw thrown;
      // A dead relay tells nothing of the host.
      if (thrown.relay !== undefined) throw thrown;
      await step.dropSession();
      return null;
    }
  }

  const script = changeAction('powershell.run', (args) => args['repeatable'] === true, {
    async probe(_step, args) {
      if (args['ask'] === true) return { state: 'needs-operator', reason: 'somebody must decide' };
      if (args['refuse'] === true) {
        return { state: 'refused', error: new FirebreakError('FB_STEP_REFUSED', 'not on this host').toRecord() };
      }
      return { state: 'needed', prior: {} };
    },
    async act(step, args) {
      if (args['kept'] !== true) {
        await send(step, 'script', (machine) => {
          machine.runScript();
          return {};
        });
        return { state: 'done' };
      }
      const receipt = JSON.stringify({ id: step.random.id(4) });
      await step.keepReceipt(receipt);
      await send(step, 'script', (machine) => {
        machine.startScript(receipt, SCRIPT_MS);
        return {};
      });
      for (;;) {
        if (step.interrupted.aborted) throw new FirebreakError('FB_CANCELLED', 'let go');
        const { state } = await send(step, 'script look', (machine) => ({ state: machine.script(receipt) }));
        if (state === 'ended') return { state: 'done' };
        await step.clock.sleep(1000);
      }
    },
    async recover(step, args, open) {
      const { receipt } = open;
      if (receipt === null && args['kept'] === true) return { state: 'not-started' };
      if (receipt !== null) {
        const { state } = await send(step, 'script recover', (machine) => ({ state: machine.script(receipt) }));
        if (state === 'never-started') return { state: 'not-started' };
        if (state === 'ended') return { state: 'done' };
        if (state === 'running') return { state: 'running' };
      }
      if (args['test'] !== true) return { state: 'unknown', reason: 'the script has no test' };
      const { effect } = await send(step, 'script test', (machine) => ({ effect: machine.scriptEffect }));
      return { state: effect === true ? 'done' : 'not-started' };
    },
    async prove(step, _args) {
      const { runs } = await send(step, 'script prove', (machine) => ({ runs: machine.scriptRuns }));
      return { proven: true, result: { state: 'ran', runs: runs ?? 0 } };
    },
  });

  const end: Action = {
    uses: 'host.end',
    kind: 'control',
    summary: 'ends the host',
    args: z.looseObject({ outcome: z.string().optional(), reason: z.string().default('') }),
    results: [],
    decide(args) {
      const outcome = args['outcome'];
      return { end: typeof outcome === 'string' ? (outcome as 'compliant') : null, reason: text(args['reason']) };
    },
  };

  const actions: readonly Action[] = [
    verify,
    facts,
    healthSnapshot,
    healthCheck,
    evidence,
    fail,
    stage,
    shield,
    revert,
    install,
    reboot,
    script,
    end,
    // They touch no host: the real ones.
    ...[...createActions().values()].filter(({ kind }) => kind === 'operator' || kind === 'wait'),
  ];
  return new Map(actions.map((action) => [action.uses, action]));
}
