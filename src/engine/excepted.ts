/** Hosts that a run leaves as they are because of an exception. Pure; must not know where exceptions are kept. */
import type { HostFinished, Plan } from '../domain/index.ts';

/**
 * Host → its outcome, decided when the run begins. An exception that has run out since the plan was made is no reason to work
 * on a host that the plan leaves alone: such a host is `skipped`, which is not fine, and a rerun plans it anew.
 *
 * @param now milliseconds since the epoch
 */
export function exceptedHosts(plan: Plan, now: number): ReadonlyMap<string, HostFinished> {
  return new Map(
    (plan.exceptions ?? []).map(({ host, advisory, reason, approvedBy, until, endsAt, ticket }) => {
      const isOver = Date.parse(endsAt) <= now;
      const why = isOver
        ? `its exception from ${advisory} ran out (${until}) after the run was planned: rerun it`
        : `excepted from ${advisory} until ${until}: ${reason} (approved by ${approvedBy}${ticket === null ? '' : `, ${ticket}`})`;
      const outcome = isOver ? 'skipped' : 'excepted';
      return [host, { type: 'HostFinished', host, outcome, reason: why, error: null, standingShields: 0 }];
    }),
  );
}
