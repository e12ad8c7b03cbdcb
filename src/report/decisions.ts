/** Who started, resumed, answered, approved and skipped what in a run, as an auditor wants to read it. Pure. */
import type { Plan, RunEvent } from '../domain/index.ts';
import type { ReportDecision } from './model.ts';

export function decisionsOf(plan: Plan, events: readonly RunEvent[]): readonly ReportDecision[] {
  const questions = new Map<string, string>();
  return events.flatMap((event): readonly ReportDecision[] => {
    const base = { at: event.at, host: null, answer: null, via: null };
    switch (event.type) {
      case 'RunStarted':
        return [{ ...base, what: 'started', by: event.by, text: `${plan.hosts.length} hosts, plan ${event.planHash}` }];
      case 'RunResumed':
        return [{ ...base, what: 'resumed', by: event.by, text: `by version ${event.version}` }];
      case 'RunPauseAsked':
        return [{ ...base, what: 'paused', by: event.by, text: '' }];
      case 'HostSkipAsked':
        return [{ ...base, what: 'skipped', by: event.by, host: event.host, text: '' }];
      case 'OperatorAsked':
        questions.set(`${event.host}\n${event.step}`, event.question.text);
        return [];
      case 'OperatorAnswered': {
        const text = questions.get(`${event.host}\n${event.step}`) ?? event.step;
        const { host, by, answer, via, givenAt } = event;
        return [{ at: givenAt, what: 'answered', by, host, text, answer, via }];
      }
      case 'ObligationDischarged':
        if (event.by === undefined) return [];
        return [{ ...base, what: 'discharged', by: event.by, host: event.host, text: event.note ?? event.obligation }];
      case 'GateAnswered':
        return [
          {
            ...base,
            what: event.decision,
            by: event.by,
            text: `wave ${event.gate}, plan ${event.planHash}${event.note === '' ? '' : `: ${event.note}`}`,
          },
        ];
      case 'RunFinished':
        return event.how === 'aborted' ? [{ ...base, what: 'aborted', by: '', text: event.reason }] : [];
      default:
        return [];
    }
  });
}
