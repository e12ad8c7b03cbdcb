/** Asks a host for the settings that checks need: one pipeline, a second for IPsec, a third only where passwords are tried. */
import { z } from 'zod';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { valuesOf } from './assess-checks.ts';
import { type Check, PASSWORD_KINDS, type Settings } from './assess-schema.ts';
import type { HostFacts } from './facts.ts';
import { callHost } from './host-call.ts';

const SETTINGS_MS = 180_000;
/** A client from Windows 11 24H2 on waits two seconds for each refused logon. */
const TRIES_MS = 900_000;
/** More wrong passwords of the users' own that must always be left before a lock-out. */
const MARGIN = 2;
/** DomainRole of a controller. */
const BACKUP_CONTROLLER = 4;

const read = { Readable: z.boolean(), Error: z.string() };
const settingsSchema = z.object({
  Values: z.array(
    z.object({
      Wanted: z.string(),
      Key: z.string(),
      Name: z.string(),
      Present: z.boolean().nullable(),
      Data: z.string().nullable(),
      Error: z.string(),
    }),
  ),
  Services: z.array(z.object({ Name: z.string(), Exists: z.boolean().nullable(), State: z.string().nullable() })),
  Files: z.array(z.object({ Path: z.string(), Exists: z.boolean().nullable() })),
  Accounts: z
    .object({
      ...read,
      Accounts: z.array(
        z.object({
          Name: z.string(),
          Rid: z.int(),
          Disabled: z.boolean().nullable(),
          PasswordRequired: z.boolean().nullable(),
          PasswordExpires: z.boolean().nullable(),
        }),
      ),
    })
    .nullable(),
  Administrators: z.object({ ...read, Members: z.array(z.string()) }).nullable(),
  Audit: z.object({ ...read, Logon: z.int().min(0).max(3).nullable() }).nullable(),
  Disks: z
    .object({ ...read, Disks: z.array(z.object({ Name: z.string(), FileSystem: z.string().nullable() })) })
    .nullable(),
  Passwords: z
    .object({
      ...read,
      MinLength: z.int().nullable(),
      History: z.int().nullable(),
      LockoutThreshold: z.int().nullable(),
      MaxAgeDays: z.int().nullable(),
    })
    .nullable(),
  Shares: z
    .object({
      ...read,
      Shares: z.array(z.object({ Name: z.string(), Path: z.string(), Descriptor: z.string().nullable() })),
    })
    .nullable(),
});
const triesSchema = z.object({
  Readable: z.boolean(),
  Reason: z.string(),
  Accounts: z.array(
    z.object({
      Name: z.string(),
      Rid: z.int(),
      State: z.enum(['weak', 'ok', 'partly', 'skipped']),
      Kind: z.string().nullable(),
      Tried: z.int(),
      Reason: z.string(),
    }),
  ),
});
const ipsecSchema = z.object({
  AssignedName: z.string().nullable(),
  GpoAssigned: z.boolean(),
  Weakness: z.string(),
  Readable: z.boolean(),
});

/** Which part of Get-FbAssessment a kind of check needs. */
const PARTS: { readonly [kind in Check['kind']]?: string } = {
  account: 'accounts',
  accounts: 'accounts',
  administrators: 'administrators',
  audit: 'audit',
  filesystem: 'disks',
  'password-policy': 'passwords',
  shares: 'shares',
};

/** @throws FirebreakError those of callHost */
export async function readSettings(
  step: StepContext,
  checks: readonly Check[],
  facts: HostFacts,
  triesPasswords: boolean,
): Promise<Settings> {
  const version = /^\d+\.\d+(\.\d+)?/.exec(facts.Version ?? '')?.[0] ?? null;
  const isController = (facts.DomainRole ?? 0) >= BACKUP_CONTROLLER;
  const values = valuesOf(checks);
  const raw = await callHost(step, {
    module: 'Assess',
    function: 'Get-FbAssessment',
    parameters: {
      ValueKey: values.map(({ key }) => key),
      ValueName: values.map(({ name }) => name),
      Service: checks.flatMap((check) => (check.kind === 'service' ? [check.name] : [])),
      File: checks.flatMap((check) => (check.kind === 'file' ? [check.path] : [])),
      Also: [...new Set(checks.flatMap(({ kind }) => PARTS[kind] ?? []))],
      Version: version ?? '',
    },
    result: settingsSchema,
    timeoutMs: SETTINGS_MS,
  });
  const {
    Accounts: accounts,
    Administrators: admins,
    Audit: audit,
    Disks: disks,
    Passwords: policy,
    Shares: shares,
  } = raw;
  const of = (part: { readonly Readable: boolean; readonly Error: string }) => ({
    readable: part.Readable,
    error: part.Error,
  });
  return {
    version,
    isController,
    values: raw.Values.map((value) => ({
      wanted: value.Wanted,
      key: value.Key,
      name: value.Name,
      present: value.Present,
      data: value.Data,
      error: value.Error,
    })),
    services: raw.Services.map((service) => ({ name: service.Name, exists: service.Exists, state: service.State })),
    files: raw.Files.map((file) => ({ path: file.Path, exists: file.Exists })),
    accounts: accounts && {
      ...of(accounts),
      all: accounts.Accounts.map((account) => ({
        name: account.Name,
        rid: account.Rid,
        disabled: account.Disabled,
        password_required: account.PasswordRequired,
        password_expires: account.PasswordExpires,
      })),
    },
    administrators: admins && { ...of(admins), members: admins.Members },
    audit: audit && { ...of(audit), logon: audit.Logon },
    disks: disks && {
      ...of(disks),
      all: disks.Disks.map((disk) => ({ name: disk.Name, fileSystem: disk.FileSystem })),
    },
    passwords: policy && {
      ...of(policy),
      min_length: policy.MinLength,
      history: policy.History,
      lockout_threshold: policy.LockoutThreshold,
      max_age_days: policy.MaxAgeDays,
    },
    shares: shares && {
      ...of(shares),
      all: shares.Shares.map((share) => ({ name: share.Name, path: share.Path, descriptor: share.Descriptor })),
    },
    ipsec: checks.some(({ kind }) => kind === 'ipsec') ? await readIpsec(step) : null,
    tries: triesPasswords && !isController ? await tryPasswords(step) : null,
  };
}

async function readIpsec(step: StepContext): Promise<Settings['ipsec']> {
  const state = await callHost(step, {
    module: 'Shield',
    function: 'Get-FbIpsecShield',
    parameters: { Id: 'assess', Survey: true },
    result: ipsecSchema,
    timeoutMs: 120_000,
  });
  if (!state.Readable) return null;
  return { assigned: state.AssignedName, byPolicy: state.GpoAssigned, weakness: state.Weakness };
}

/** What cannot be told leaves the rest of the assessment as it is; a lost connection does not. */
async function tryPasswords(step: StepContext): Promise<Settings['tries']> {
  step.progress('tries weak passwords');
  try {
    const raw = await callHost(step, {
      module: 'Assess',
      function: 'Test-FbWeakPassword',
      parameters: { Kind: [...PASSWORD_KINDS], Margin: MARGIN },
      result: triesSchema,
      timeoutMs: TRIES_MS,
    });
    return {
      readable: raw.Readable,
      error: raw.Reason,
      accounts: raw.Accounts.map((account) => ({
        name: account.Name,
        rid: account.Rid,
        state: account.State,
        kind: account.Kind,
        tried: account.Tried,
        reason: account.Reason,
      })),
    };
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError) || !['FB_INVOKE_FAILED', 'FB_RESULT_INVALID'].includes(thrown.code))
      throw thrown;
    return { readable: false, error: thrown.message, accounts: [] };
  }
}
