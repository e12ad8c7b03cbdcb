/**
 * Profile + variant → the resolved machine that the engine takes (lab/engine/Machine/README.md). The only place that
 * knows both shapes.
 */
import { type Catalog, mergeMachine } from './catalog.ts';
import { resolveConfigurations } from './configurations.ts';
import { acceptedPackages, changesFor, findPackage } from './packages.ts';
import type {
  CompleteProfile,
  EventLog,
  IpsecRules,
  LabPackage,
  SessionConfigurations,
  Trouble,
  Variant,
} from './schema.ts';

export interface ResolveOptions {
  /** The host's name, lower case. */
  readonly name: string;
  readonly profile: CompleteProfile;
  readonly variant: string;
  /** The administrator whom the inventory names. */
  readonly user: string;
  readonly password: string;
  readonly configurations?: SessionConfigurations;
}

/** JSON of `host.create`'s `machine`. */
export function resolveMachine(catalog: Catalog, options: ResolveOptions): object {
  const { profile } = options;
  const variant = variantOf(profile, options.variant);
  const changed = mergeMachine(profile, {
    services: variant.services,
    listens: variant.listens,
    files: variant.files,
    registry: variant.registry,
    hotfixes: variant.hotfixes,
    processes: variant.processes,
    accounts: variant.accounts,
    logged_on: variant.logged_on,
    audit_logon: variant.audit_logon,
    disks: variant.disks,
    event_log: variant.event_log,
    boot: variant.boot,
    os: variant.os,
  }) as CompleteProfile;
  const { os } = changed;
  const packages = acceptedPackages(profile, catalog);
  const idOf = (name: string): string => findPackage(name, packages, changed).package;
  // Only what the package brings: it is not known as installed.
  const merged = [...(variant.files_of ?? []), ...(variant.keys_of ?? [])].reduce((machine, name) => {
    const { effects, at_boot } = changesFor(findPackage(name, packages, changed), changed);
    const isFiles = variant.files_of?.includes(name) === true;
    const files = isFiles ? { ...effects?.files, ...at_boot?.files } : {};
    const registry = isFiles ? {} : mergeMachine({ ...effects?.registry }, { ...at_boot?.registry });
    return mergeMachine(machine, { files, registry }) as CompleteProfile;
  }, changed);
  return {
    name: options.name.toUpperCase(),
    os: {
      product: os.product,
      caption: os.caption,
      version: os.version,
      ubr: os.ubr,
      ...(os.release === undefined ? {} : { releaseId: os.release }),
      servicePack: os.service_pack,
      ...(os.system_root === undefined ? {} : { systemRoot: os.system_root }),
      ...(os.current_type === undefined ? {} : { currentType: os.current_type }),
      ...(os.suites === undefined ? {} : { suites: os.suites }),
      ...(os.platform === undefined ? {} : { platform: os.platform }),
      edition: os.edition,
      installationType: os.installation,
      language: os.language,
      culture: os.culture,
      arch: os.arch,
      productType: os.product_type,
      ...(variant.os?.domain === undefined ? {} : { domain: variant.os.domain }),
      utcOffsetMinutes: os.utc_offset_minutes,
    },
    powershell:
      merged.powershell === undefined
        ? null
        : {
            version: merged.powershell.version,
            edition: 'Desktop',
            ...(options.configurations === undefined
              ? {}
              : { configurations: resolveConfigurations(options.configurations) }),
          },
    ...(merged.admin_shares === undefined ? {} : { adminShares: merged.admin_shares }),
    accounts: {
      ...mapValues(merged.accounts ?? {}, ({ password_required, password_expires, ...account }) =>
        withoutAbsent({ ...account, passwordRequired: password_required, passwordExpires: password_expires }),
      ),
      [options.user]: { password: options.password, admin: true },
    },
    loggedOn: merged.logged_on ?? [],
    ...(merged.audit_logon === undefined
      ? {}
      : { auditLogon: ['none', 'success', 'failure', 'both'].indexOf(merged.audit_logon) }),
    disks: merged.disks ?? {},
    lockout: {
      threshold: merged.lockout.threshold,
      windowMinutes: merged.lockout.window_minutes,
      durationMinutes: merged.lockout.duration_minutes,
    },
    services: mapValues(merged.services, ({ depends, ...service }) => ({
      ...service,
      ...(depends === undefined ? {} : { dependsOn: depends }),
    })),
    listens: { tcp: merged.listens.tcp ?? {}, udp: merged.listens.udp ?? {} },
    registry: mapValues(merged.registry, withoutNulls),
    files: merged.files,
    programs: merged.programs,
    processes: merged.processes ?? [],
    accepts: packages.map((of) => resolvePackage(of, changed)),
    installed: (variant.installed ?? []).map(idOf),
    pendingInstalled: (variant.awaiting_reboot ?? []).map(idOf),
    hotfixes: merged.hotfixes.map(({ id, kind, on }) => ({ id, description: kind, installedOn: on })),
    ipsec: {
      policies: (variant.ipsec ?? []).map((policy) => ({ ...policy, rules: resolveRules(policy.rules) })),
      ...(variant.gpo_ipsec === undefined
        ? {}
        : { gpo: { name: variant.gpo_ipsec.name, rules: resolveRules(variant.gpo_ipsec.rules) } }),
    },
    ...(merged.event_log === undefined ? {} : { eventLog: resolveEventLog(merged.event_log) }),
    boot: {
      uptimeHours: merged.boot.uptime_hours,
      shutdownSeconds: merged.boot.shutdown_seconds,
      durationSeconds: merged.boot.seconds,
      ...(merged.boot.ipsec_gap_seconds === undefined ? {} : { ipsecGapSeconds: merged.boot.ipsec_gap_seconds }),
    },
    trouble: (variant.trouble ?? []).map(resolveTrouble),
  };
}

function variantOf(profile: CompleteProfile, name: string): Variant {
  const variant = profile.variants[name];
  if (variant === undefined) throw new Error(`profile ${profile.profile} has no variant ${name}`);
  return variant;
}

/** Exit codes are signed in .NET; people write an HRESULT as Windows shows it. */
function resolveTrouble({ exit_code, ...trouble }: Trouble): object {
  return { ...trouble, ...(exit_code === undefined ? {} : { exitCode: exit_code | 0 }) };
}

function resolveEventLog({ since_hours: sinceHours, events }: EventLog): object {
  return {
    ...(sinceHours === undefined ? {} : { sinceHours }),
    events: events.map(({ hours_ago: hoursAgo, ...event }) => ({ hoursAgo, ...event })),
  };
}

function resolveRules(rules: IpsecRules): object[] {
  return rules.map((rule) => ({
    ...rule,
    filters: rule.filters.map(({ src_port, dst_port, ...filter }) => ({
      ...filter,
      srcPort: src_port,
      dstPort: dst_port,
    })),
  }));
}

function resolvePackage(of: LabPackage, machine: CompleteProfile): object {
  const { applies } = of;
  const changes = changesFor(of, machine);
  return withoutAbsent({
    package: of.package,
    file: of.file,
    kb: of.kb,
    engine: of.engine,
    program: of.program,
    product: of.product,
    patch: of.patch,
    signer: of.signer,
    sha256: of.sha256,
    cbs: of.cbs,
    requires: withoutAbsent({
      builds: applies.builds,
      arch: applies.arch,
      language: of.language === undefined ? undefined : [of.language],
      servicePacks: applies.service_packs,
      productTypes: applies.product_types,
      suites: applies.suites,
      noSuites: applies.no_suites,
      platform: applies.platform,
      supersededFromUbr: applies.superseded_from_ubr,
    }),
    durationSeconds: of.seconds,
    effectsNow: effects(changes.effects ?? {}),
    effectsAtBoot: effects(changes.at_boot ?? {}),
    hotfix: hotfix(changes.hotfix),
    exitCode: of.exit_code,
    reboot: of.reboot,
    refusedExitCode: of.refused_exit_code,
    uninstall: of.uninstall,
    log: of.log,
  });
}

function hotfix(of: LabPackage['hotfix']): object | undefined {
  if (of === undefined || typeof of === 'string') return of === undefined ? undefined : { description: of };
  const { id, description, service_pack_in_effect: servicePackInEffect } = of;
  return withoutAbsent({ id, description, servicePackInEffect });
}

function effects(of: NonNullable<LabPackage['at_boot']>): object {
  return { ...of, ...(of.registry === undefined ? {} : { registry: mapValues(of.registry, withoutNulls) }) };
}

function withoutAbsent(record: { readonly [key: string]: unknown }): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function mapValues<Value, Result>(
  record: { readonly [key: string]: Value },
  map: (value: Value) => Result,
): { [key: string]: Result } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function withoutNulls<Value>(record: { readonly [key: string]: Value | null }): { [key: string]: Value } {
  return Object.fromEntries(Object.entries(record).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}
