/** A journal event as one line of text; undefined for those that nobody wants to read as they come. */
import type { RunEvent } from '../../domain/index.ts';
import { formatDuration } from '../../util/index.ts';
import { oneLine } from './printable.ts';

export function formatEvent(event: RunEvent): string | undefined {
  const text = describe(event);
  return text === undefined ? undefined : oneLine(text);
}

/** `1 host`, `3 hosts`. */
export function hostCount(count: number): string {
  return `${count} ${count === 1 ? 'host' : 'hosts'}`;
}

const HOW_ANSWERED = {
  terminal: '',
  command: '',
  default: ' (--yes)',
  carried: ' (in the run before)',
} as const;

function describe(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'RunStarted':
      return `run ${event.run} started by ${event.by}${event.change === undefined ? '' : ` under change ${event.change}`}${event.check ? ' (check mode: nothing is changed)' : ''}`;
    case 'RunResumed':
      return `run ${event.run} resumed by ${event.by}`;
    case 'GateAsked':
      return undefined;
    case 'GateAnswered':
      return `wave ${event.gate}: ${event.decision} by ${event.by}${event.note === '' ? '' : `: ${event.note}`}`;
    case 'HostHeld':
      return `${event.host}: waits; ${event.reason}`;
    case 'WaveStarted':
      return `${/^wave /.test(event.wave) ? '' : 'wave '}${event.wave}: ${hostCount(event.hosts.length)}`;
    case 'LoopStarted':
      return `${event.host}: ${event.step}: for ${event.items.length} item${event.items.length === 1 ? '' : 's'}`;
    case 'StepProbed':
      return event.reason === '' ? undefined : `${event.host}: ${event.step}: ${event.state} (${event.reason})`;
    case 'StepIntended':
      return `${event.host}: ${event.step}: begins (${event.uses})`;
    case 'StepDetached':
      return `${event.host}: ${event.step}: goes on by itself on the host`;
    case 'AttemptFailed':
      return `${event.host}: ${event.step}: ${event.error.message}; next attempt in ${formatDuration(event.retryInMs)}`;
    case 'StepFinished': {
      const why = event.error?.message ?? event.reason;
      const where = event.on === undefined ? '' : ` on ${event.on}`;
      return `${event.host}: ${event.step}${where}: ${event.outcome}${why === '' ? '' : ` – ${why}`}`;
    }
    case 'ShieldConfirmed':
      return `${event.host}: ${event.step}: shield confirmed, the way in is still open`;
    case 'ObligationDischarged':
      return event.how === 'undone' ? `${event.host}: shield taken down` : undefined;
    case 'OperatorAsked':
      return `${event.host}: ${event.step}: asks: ${event.question.text}`;
    case 'OperatorAnswered':
      return `${event.host}: ${event.step}: ${event.by} answered: ${event.answer}${HOW_ANSWERED[event.via]}`;
    case 'HostParked':
      return `${event.host}: ${event.until === undefined ? 'NEEDS-OPERATOR' : 'WAITED FOR'} – ${event.reason}${
        event.standingShields > 0 ? ` (${event.standingShields} shield standing)` : ''
      }`;
    case 'HostTakenUp':
      return `${event.host}: goes on${event.reason === '' ? '' : `; ${event.reason}`}`;
    case 'RunPauseAsked':
      return `${event.by} asks for a pause`;
    case 'HostSkipAsked':
      return `${event.host}: ${event.by} asks to leave it out`;
    case 'HostFinished':
      return `${event.host}: ${event.outcome.toUpperCase()}${event.reason === '' ? '' : ` – ${event.reason}`}${
        event.standingShields > 0 ? ` (${event.standingShields} shield standing)` : ''
      }`;
    case 'RunPaused':
      return `run ${event.run} paused: ${event.reason}`;
    case 'RunWaiting':
      return `run ${event.run}: ${event.reason}`;
    case 'RunFinished':
      return `run ${event.run} ${event.how}${event.reason === '' ? '' : `: ${event.reason}`}`;
    case 'HostLeased':
    case 'HostReleased':
    case 'ObligationOwed':
      return undefined;
  }
}
