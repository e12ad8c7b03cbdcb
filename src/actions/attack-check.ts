/**
 * `attack.check`: does somebody attack the host, whether or not they get in? By what the attack leaves behind: the service dies,
 * the system restarts. Not part of `infection.check`: a host that only crashes is not compromised, and may be remediated.
 */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { judgeAttack, readAttack } from './attack.ts';

const args = z.strictObject({
  /** How far back, by the host's clock. */
  within: durationArgument.default('3d'),
  /** So many unplanned restarts are a sign by themselves. */
  restarts: z.int().min(1).default(3),
});

/** The one that MS03-026 and MS03-039 are about. */
export const ATTACKED_SERVICE = 'RpcSs';

export const attackCheck: ReadAction = {
  uses: 'attack.check',
  kind: 'read',
  summary: 'looks in the event log for ends of RpcSs and restarts that nobody asked for',
  args,
  results: [
    'attacked',
    'terminations',
    'restarts',
    'countdown_until',
    'evidence',
    'unreadable',
    'since',
    'older',
    'read_by',
    'state',
    'reason',
  ],
  async read(step, given) {
    const wanted = readArgs(args, given, 'attack.check');
    const seen = await readAttack(step, ATTACKED_SERVICE, durationMs(wanted.within));
    const verdict = judgeAttack(seen, ATTACKED_SERVICE, wanted.restarts);
    const result = {
      attacked: verdict.attacked,
      terminations: verdict.terminations,
      restarts: verdict.restarts,
      countdown_until: verdict.countdownUntil,
      evidence: verdict.evidence.map((item) => ({ ...item })),
      unreadable: [...verdict.unreadable],
      since: seen.Since,
      older: seen.Older,
      read_by: seen.By,
      state: seen.State,
      reason: verdict.reason,
    };
    return { result };
  },
};
