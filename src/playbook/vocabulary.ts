/** The words of playbook schema version 1: what is known, what is designed but comes later, what other tools say. */

export const PLAYBOOK_KEYS = [
  'firebreak',
  'name',
  'advisory',
  'inputs',
  'hosts',
  'waves',
  'serial',
  'gate',
  'window',
  'require_change',
  'one_at_a_time',
  'max_fail_percentage',
  'max_unreachable_percentage',
  'forks',
  'defaults',
  'vars',
  'tags',
  'steps',
] as const;

export const STEP_KEYS = [
  'id',
  'uses',
  'with',
  'if',
  'until',
  'retries',
  'delay',
  'timeout',
  'throttle',
  'on',
  'run_once',
  'loop',
  'vars',
  'tags',
] as const;
export const BLOCK_KEYS = ['id', 'if', 'vars', 'tags', 'block', 'rescue', 'always'] as const;
export const INCLUDE_KEYS = ['id', 'include', 'if', 'vars', 'tags'] as const;

export const DEFAULTS_KEYS = ['timeout', 'retries', 'delay'] as const;
export const WAVE_KEYS = ['name', 'hosts', 'size', 'gate', 'window'] as const;
export const GATE_KEYS = ['after', 'approve', 'soak', 'timeout', 'on_timeout'] as const;
export const WAVE_GATE_KEYS = ['approve', 'soak', 'timeout', 'on_timeout'] as const;
export const WINDOW_KEYS = ['start', 'end', 'tz', 'days', 'min_remaining'] as const;
export const INPUT_KEYS = ['type', 'default', 'description', 'required', 'options'] as const;

/** Keys whose values are expressions. */
export const EXPRESSION_KEYS: ReadonlySet<string> = new Set(['if', 'until', 'one_at_a_time']);

/** Actions of the design that a version may not have yet: said so, instead of "unknown". */
export const DESIGNED_ACTIONS = [
  'assert',
  'assess.run',
  'evidence.collect',
  'fail',
  'file.fetch',
  'file.push',
  'health.check',
  'health.snapshot',
  'host.end',
  'host.facts',
  'host.preflight',
  'host.reboot',
  'host.wait',
  'infection.check',
  'infection.clean',
  'notify',
  'operator.ask',
  'operator.confirm',
  'package.install',
  'package.stage',
  'package.uninstall',
  'patch.scan',
  'patch.verify',
  'pause',
  'ports.check',
  'powershell.run',
  'registry.set',
  'service.set',
  'shield.apply',
  'shield.revert',
  'update.install',
] as const;

/** Words of other tools → what to write here. */
export const FOREIGN_STEP_WORDS: Readonly<Record<string, string>> = {
  when: 'write if:',
  register: 'give the step an id: its result is steps.<id>',
  delegate_to: 'write on:',
  'continue-on-error': 'put the step into a block with rescue:',
  continue_on_error: 'put the step into a block with rescue:',
  ignore_errors: 'put the step into a block with rescue:',
  with_items: 'write loop:',
  with_list: 'write loop:',
  loop_control: 'the item is always item',
  include_tasks: 'write include: FILE',
  import_tasks: 'write include: FILE',
  name: 'give the step an id instead',
  gate: 'a gate stands before a wave; a question to a person is operator.confirm',
  window: 'a window is of the whole playbook or of a wave',
  run: 'use powershell.run',
  shell: 'use powershell.run',
  args: 'write with:',
};
export const FOREIGN_PLAYBOOK_WORDS: Readonly<Record<string, string>> = {
  include: 'write it as a step: - include: FILE',
  tasks: 'write steps:',
  jobs: 'write steps:',
  concurrency: 'write forks:',
  description: 'write it as a comment',
};

export const ID_PATTERN = /^[a-z][a-z0-9_]*$/;
/** Built-in defaults of a step. */
export const STEP_DEFAULTS = { timeoutMs: 600_000, retries: 2, delayMs: 5000 } as const;
export const DEFAULT_FORKS = 20;
export const MAX_FORKS = 1000;
