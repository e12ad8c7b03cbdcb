/**
 * `infection.check`: was the host compromised through the hole? Looks for the signs that the advisory lists. A fixed host
 * is asked too: some worms close the hole behind themselves. Never cleans anything.
 */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { findingJson, planInfection, readInfection } from './infection.ts';

const args = z.strictObject({});

export const infectionCheck: ReadAction = {
  uses: 'infection.check',
  kind: 'read',
  summary: 'looks for signs that the host was compromised',
  args,
  results: ['found', 'names', 'evidence', 'weak', 'unreadable', 'reason', 'advice', 'order'],
  async read(step, given) {
    readArgs(args, given, 'infection.check');
    const infection = planInfection(step);
    const state = await readInfection(step, infection);
    const result = {
      found: state.found,
      names: [...state.names],
      evidence: state.findings.map(findingJson),
      weak: state.weak.map(findingJson),
      unreadable: [...state.unreadable],
      reason: state.reason,
      advice: state.found === false ? '' : infection.advice,
      order: state.found === true ? infection.order : [],
    };
    return { result };
  },
};
