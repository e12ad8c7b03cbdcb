/** Plans written short. */
import type {
  JsonObject,
  Plan,
  PlannedBlock,
  PlannedHost,
  PlannedNode,
  PlannedStep,
} from '../../../src/domain/index.ts';

const position = { file: 'playbook.yaml', line: 1, column: 1 };

export function step(id: string, uses: string, rest: Partial<PlannedStep> = {}): PlannedStep {
  return {
    kind: 'step',
    id,
    uses,
    with: {},
    if: null,
    until: null,
    retries: 2,
    delayMs: 5_000,
    timeout: 600_000,
    throttle: null,
    position,
    ...rest,
  };
}

export function block(
  id: string,
  parts: { block: PlannedNode[]; rescue?: PlannedNode[]; always?: PlannedNode[]; if?: string },
): PlannedBlock {
  return {
    kind: 'block',
    id,
    if: parts.if ?? null,
    block: parts.block,
    rescue: parts.rescue ?? [],
    always: parts.always ?? [],
    position,
  };
}

export function host(name: string, rest: Partial<PlannedHost> = {}): PlannedHost {
  return {
    name,
    address: `10.0.0.${name.replace(/\D/g, '') || '1'}`,
    transport: 'winrm',
    port: 5985,
    useTls: false,
    auth: 'basic',
    allowUnencrypted: true,
    user: 'admin',
    password: null,
    ports: {},
    vantages: [],
    partners: [],
    groups: [],
    vars: {},
    wave: 0,
    set: null,
    ...rest,
  };
}

function stepIds(nodes: readonly PlannedNode[]): readonly PlannedStep[] {
  return nodes.flatMap((node) =>
    node.kind === 'step' ? [node] : stepIds([...node.block, ...node.rescue, ...node.always]),
  );
}

const FIELDS = ['state', 'fixed', 'applicable', 'reason', 'verdict', 'reboot_required', 'healthy', 'runs', 'answer'];

export function plan(steps: PlannedNode[], rest: Partial<Plan> = {}): Plan {
  const hosts = rest.hosts ?? [host('web01')];
  const inputs: JsonObject = { keep_shield: true, ...rest.inputs };
  return {
    firebreak: 1,
    hash: 'hash',
    playbook: { name: 'test', file: 'playbook.yaml', sha256: '00' },
    origin: { inventory: null, targetsFile: null, packages: null, connection: {} },
    advisory: { advisory: 'cve-1' },
    hosts,
    waves: [{ name: 'all', hosts: hosts.map((one) => one.name) }],
    maxFailPercentage: 100,
    maxUnreachablePercentage: 100,
    forks: 10,
    steps,
    results: Object.fromEntries(stepIds(steps).map((one) => [one.id, FIELDS])),
    ...rest,
    inputs,
  };
}

/** The product's main job: verify, shield, install, reboot, verify again, shield down. */
export function remediation(): PlannedNode[] {
  return [
    step('verify', 'patch.verify'),
    step('done', 'host.end', { if: 'steps.verify.fixed == true || steps.verify.applicable == false' }),
    block('main', {
      block: [
        step('stage', 'package.stage'),
        step('shield', 'shield.apply'),
        step('prepare', 'powershell.run', { with: { test: true } }),
        step('health', 'health.snapshot'),
        step('install', 'package.install', { timeout: 1_800_000 }),
        step('reboot', 'host.reboot', { if: 'steps.install.reboot_required == true' }),
        step('reverify', 'patch.verify', { until: 'result.fixed == true', retries: 3, delayMs: 30_000 }),
        step('check', 'health.check'),
      ],
      rescue: [step('evidence', 'evidence.collect')],
      always: [step('revert', 'shield.revert', { if: 'steps.reverify.fixed == true || inputs.keep_shield == false' })],
    }),
  ];
}
