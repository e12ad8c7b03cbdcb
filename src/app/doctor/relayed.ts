/** A host behind a relay: what of the way there works. */
import type { ErrorRecord, InvokeOptions, PlannedHost, RelayHost, Session } from '../../domain/index.ts';
import { explainLogon } from './logon.ts';
import { type Check, failed, ok, warning } from './model.ts';

const CORE = 'Firebreak.Core';

/** Why no session came about; what is known to work before that. */
export function explainRelayed(host: PlannedHost, via: RelayHost, error: ErrorRecord): readonly Check[] {
  const { code, message, remedy } = error;
  if (error.relay !== undefined) {
    const asHost = { ...via, ports: {}, vantages: [], partners: [], groups: [], vars: {}, wave: 0, set: null };
    const { cause } = explainLogon(asHost, error);
    return [failed('relay', message.replace(/^relay \S+: /, ''), cause, remedy || `firebreak doctor ${via.name}`)];
  }
  const finding = message.replace(/^\S+ \([^)]*\) through relay \S+: /, '');
  if (code === 'FB_CREDENTIAL_MISSING') return [failed('auth', finding, 'the password could not be had', remedy)];
  const relay = relayWorks(via);
  if (code.startsWith('FB_AUTH_')) {
    const cause = 'the host does not let this user in over the network, or not as an administrator';
    const mend = `on ${via.name}: net use \\\\${host.address}\\ADMIN$ /user:${host.user ?? 'USER'}`;
    return [relay, failed('auth', finding, cause, remedy || mend)];
  }
  if (code.startsWith('FB_CONNECT_')) {
    const cause = 'the host is off, its file sharing is off, or something in between blocks TCP 445 and 139';
    return [
      relay,
      failed('share', finding, cause, remedy || `on ${via.name}: Test-NetConnection ${host.address} -Port 445`),
    ];
  }
  return [relay, failed('share', finding, 'the modules of Firebreak do not run on the relay', remedy)];
}

/** @throws as Session.invoke */
export async function readAccess(
  session: Session,
  host: PlannedHost,
  via: RelayHost,
  limits: Pick<InvokeOptions, 'signal' | 'timeoutMs'>,
): Promise<readonly Check[]> {
  const ask = async (name: string): Promise<unknown> => {
    const { output } = await session.invoke({ module: CORE, function: name, parameters: {} }, limits);
    return output[0];
  };
  const target = (await ask('Get-FbTarget')) as
    | { readonly RegistryBy?: unknown; readonly Version?: unknown }
    | undefined;
  const hasWmi = (await ask('Test-FbWmi')) === true;
  const version = typeof target?.Version === 'string' ? `, Windows ${target.Version}` : '';
  return [
    relayWorks(via),
    ok('auth', host.user === null ? `own identity of ${via.name}` : `${host.user} from ${via.name}`),
    ok('share', `ADMIN$ answers${version}`),
    target?.RegistryBy === 'remote-registry'
      ? ok('registry', 'remote registry')
      : warning(
          'registry',
          'through WMI only',
          'the service RemoteRegistry does not answer',
          `on ${via.name}: sc.exe \\\\${host.address} start RemoteRegistry`,
        ),
    hasWmi
      ? ok('wmi', 'answers')
      : warning(
          'wmi',
          'does not answer',
          'WMI is not installed there (Windows NT 4), or DCOM is blocked; services and files are used instead',
          `on ${via.name}: Get-WmiObject Win32_OperatingSystem -ComputerName ${host.address} -Credential USER`,
        ),
  ];
}

function relayWorks(via: RelayHost): Check {
  return ok('relay', `${via.name} by ${via.transport}`);
}
