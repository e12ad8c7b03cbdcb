/**
 * `attack.logon`: will somebody be able to log on at the host once its network cable is pulled? Tests the credential by a new
 * connection, and says whether it is an account of the host itself. Must be asked while the host is still connected.
 */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { callHost } from './host-call.ts';

const args = z.strictObject({});

const logonSchema = z.object({
  Account: z.string(),
  Local: z.boolean().nullable(),
  Enabled: z.boolean().nullable(),
  DomainMember: z.boolean().nullable(),
  CachedLogons: z.int().nullable(),
});

export const attackLogon: ReadAction = {
  uses: 'attack.logon',
  kind: 'read',
  summary: 'tests before a host is unplugged whether the credential is good for a logon at its console',
  args,
  results: ['ready', 'account', 'local', 'domain_member', 'cached_logons', 'reason'],
  async read(step, given) {
    readArgs(args, given, 'attack.logon');
    // What is open already proves nothing of now.
    await step.dropSession();
    const logon = await callHost(step, { module: 'Attack', function: 'Get-FbLogon', result: logonSchema });
    const { ready, reason } = judge(logon);
    const result = {
      ready,
      account: logon.Account,
      local: logon.Local,
      domain_member: logon.DomainMember,
      cached_logons: logon.CachedLogons,
      reason,
    };
    return { result };
  },
};

/** Null: nobody can tell from here. */
function judge({ Account, Local, Enabled, CachedLogons }: z.infer<typeof logonSchema>): {
  readonly ready: boolean | null;
  readonly reason: string;
} {
  if (Account === '') return { ready: null, reason: 'as whom the connection logs on cannot be told' };
  if (Local === true) {
    if (Enabled === false) return { ready: false, reason: `${Account} is disabled or locked out on the host` };
    return {
      ready: true,
      reason: `${Account} is an account of the host itself, and its password has just been accepted`,
    };
  }
  if (Local === null)
    return { ready: null, reason: `whether ${Account} is an account of the host itself cannot be told` };
  if (CachedLogons === 0) {
    return {
      ready: false,
      reason: `${Account} is an account of the domain, and the host remembers none (CachedLogonsCount 0)`,
    };
  }
  const remembers = CachedLogons === null ? 'an unknown number' : `the last ${CachedLogons}`;
  return {
    ready: null,
    reason: `${Account} is an account of the domain; the host remembers ${remembers}, perhaps not this one`,
  };
}
