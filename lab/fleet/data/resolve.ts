/**
 * Profile + variant → the resolved machine that the engine takes (lab/engine/Machine/README.md). The only place that
 * knows both shapes.
 */
import { type Catalog, mergeMachine } from './catalog.ts';
import { resolveConfigurations } from './configurations.ts';
import type { CompleteProfile, LabPackage, SessionConfigurations, Trouble, Variant } from './schema.ts';

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
  const own = {
    services: variant.services,
    listens: variant.listens,
    files: variant.files,
    registry: variant.registry,
    hotfixes: variant.hotfixes,
    os: variant.os,
  };
  const merged = mergeMachine(profile, own) as CompleteProfile;
  const { os } = merged;
  const packages = profile.accepts.flatMap((name) => catalog.packages.get(name) ?? []).map(resolvePackage);
  return {
    name: options.name.toUpperCase(),
    os: {
      product: os.product,
      caption: os.caption,
      version: os.version,
      ubr: os.ubr,
      releaseId: os.release,
      edition: os.edition,
      installationType: os.installation,
      language: os.language,
      culture: os.culture,
      arch: os.arch,
      productType: os.product_type,
      ...(variant.os?.domain === undefined ? {} : { domain: variant.os.domain }),
      utcOffsetMinutes: os.utc_offset_minutes,
    },
    powershell: {
      version: merged.powershell.version,
      edition: 'Desktop',
      ...(options.configurations === undefined
        ? {}
        : { configurations: resolveConfigurations(options.configurations) }),
    },
    accounts: { [options.user]: { password: options.password, admin: true } },
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
    accepts: packages,
    installed: variant.installed ?? [],
    pendingInstalled: variant.awaiting_reboot ?? [],
    hotfixes: merged.hotfixes.map(({ id, kind, on }) => ({ id, description: kind, installedOn: on })),
    ipsec: {
      policies: (variant.ipsec ?? []).map((policy) => ({
        ...policy,
        rules: policy.rules.map((rule) => ({
          ...rule,
          filters: rule.filters.map(({ src_port, dst_port, ...filter }) => ({
            ...filter,
            srcPort: src_port,
            dstPort: dst_port,
          })),
        })),
      })),
    },
    boot: {
      uptimeHours: merged.boot.uptime_hours,
      shutdownSeconds: merged.boot.shutdown_seconds,
      durationSeconds: merged.boot.seconds,
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

function resolvePackage(of: LabPackage): object {
  return {
    package: of.package,
    file: of.file,
    kb: of.kb,
    engine: of.engine,
    sha256: of.sha256,
    cbs: of.cbs,
    requires: {
      builds: of.applies.builds,
      arch: of.applies.arch,
      supersededFromUbr: of.applies.superseded_from_ubr,
    },
    durationSeconds: of.seconds,
    effectsNow: effects(of.effects ?? {}),
    effectsAtBoot: effects(of.at_boot),
    hotfix: { description: of.hotfix },
    exitCode: of.exit_code,
  };
}

function effects(of: LabPackage['at_boot']): object {
  return { ...of, ...(of.registry === undefined ? {} : { registry: mapValues(of.registry, withoutNulls) }) };
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
