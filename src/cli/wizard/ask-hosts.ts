/** First part of the wizard: which hosts, and how to get there. Passwords are asked for when they are first needed. */
import { existsSync } from 'node:fs';
import type { ConnectionFlags, Services } from '../../app/index.ts';
import { FirebreakError } from '../../domain/index.ts';
import { describeError } from '../errors.ts';
import type { Prompts } from '../prompts.ts';
import type { HostAnswers } from './answers.ts';

/** Beyond that a list to tick is no help. */
const MOST_TICKED = 40;

export async function askHosts(
  prompts: Prompts,
  services: Services,
  say: (text: string) => void,
): Promise<HostAnswers> {
  const how = await prompts.choose({
    message: 'Which hosts?',
    choices: [
      { value: 'file', name: 'those of an inventory file' },
      { value: 'typed', name: 'I type names or addresses' },
    ],
    preset: existsSync('inventory.yaml') ? 'file' : 'typed',
  });
  return how === 'file' ? fromFile(prompts, services, say) : typed(prompts);
}

async function fromFile(prompts: Prompts, services: Services, say: (text: string) => void): Promise<HostAnswers> {
  const { hostsOf } = await import('../../app/index.ts');
  for (;;) {
    const inventory = await prompts.text({
      message: 'Inventory (YAML, CSV or a program)',
      ...(existsSync('inventory.yaml') ? { preset: 'inventory.yaml' } : {}),
      check: (text) => (existsSync(text.trim()) ? null : 'there is no such file'),
    });
    const file = inventory.trim();
    try {
      const choice = { patterns: [], inventory: file, connection: {} };
      const hosts = await hostsOf(services, choice, new AbortController().signal);
      if (hosts.length > MOST_TICKED)
        return { inventory: file, only: await byPattern(prompts, hosts.length), connection: {} };
      const chosen = await prompts.chooseSeveral({
        message: 'Which of them? (space ticks, enter goes on)',
        choices: hosts.map(({ name, address, groups }) => ({
          value: name,
          name: `${name} (${address}${groups.length === 0 ? '' : `; ${groups.join(', ')}`})`,
          isChosen: hosts.length === 1,
        })),
      });
      return { inventory: file, only: chosen.length === hosts.length ? null : chosen, connection: {} };
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      say(describeError(thrown));
    }
  }
}

async function byPattern(prompts: Prompts, count: number): Promise<readonly string[] | null> {
  const pattern = await prompts.text({
    message: `It has ${count} hosts. Which? (a pattern such as servers:!dc*)`,
    preset: 'all',
  });
  return pattern.trim() === 'all' ? null : [pattern.trim()];
}

const WAYS = {
  winrm: { port: 5985, name: 'WinRM (port 5985, encrypted by the logon)' },
  winrms: { port: 5986, name: 'WinRM over HTTPS (port 5986)' },
  ssh: { port: 22, name: 'SSH (port 22)' },
} as const;

async function typed(prompts: Prompts): Promise<HostAnswers> {
  const { targetProblem } = await import('../../app/index.ts');
  const problem = (text: string): string | null => {
    const given = namesOf(text);
    return given.length === 0 ? 'name at least one' : targetProblem(given.map((name) => uriOf('winrm', name)));
  };
  const names = namesOf(
    await prompts.text({ message: 'Names or addresses, with commas or spaces between', check: problem }),
  );
  const way = await prompts.choose({
    message: 'How are they reached?',
    choices: (['winrm', 'winrms', 'ssh'] as const).map((value) => ({ value, name: WAYS[value].name })),
  });
  const port = Number(await prompts.text({ message: 'Port', preset: String(WAYS[way].port), check: portProblem }));
  const connection: ConnectionFlags = {
    ...(port === WAYS[way].port ? {} : { port }),
    ...(way === 'ssh' ? await sshLogon(prompts) : await winrmLogon(prompts, way)),
  };
  return { inventory: names.map((name) => uriOf(way, name)).join(','), only: null, connection };
}

function uriOf(scheme: string, name: string): string {
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}`;
}

function namesOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ''))];
}

function portProblem(text: string): string | null {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? null : 'a number from 1 to 65535';
}

async function winrmLogon(prompts: Prompts, way: 'winrm' | 'winrms'): Promise<ConnectionFlags> {
  const auth = await prompts.choose({
    message: 'Logon',
    choices: [
      { value: 'negotiate', name: 'Negotiate: Kerberos where it works, else NTLM' },
      { value: 'kerberos', name: 'Kerberos only' },
      { value: 'ntlm', name: 'NTLM only' },
      { value: 'basic', name: way === 'winrms' ? 'Basic' : 'Basic, unencrypted (laboratories only)' },
    ] as const,
  });
  const user = await askUser(
    prompts,
    auth === 'kerberos'
      ? 'User (empty: the ticket of this session)'
      : 'User (CORP\\name, name@corp.example, or a local name)',
    auth === 'kerberos',
  );
  const trust = way === 'winrms' ? await askTrust(prompts) : {};
  const plain = auth === 'basic' && way === 'winrm' ? { allowUnencrypted: true } : {};
  return { auth, ...(user === '' ? {} : { user }), ...trust, ...plain };
}

async function askUser(prompts: Prompts, message: string, mayBeEmpty: boolean): Promise<string> {
  const check = (text: string) => (mayBeEmpty || text.trim() !== '' ? null : 'a user is needed');
  return (await prompts.text({ message, check })).trim();
}

async function askTrust(prompts: Prompts): Promise<ConnectionFlags> {
  const trust = await prompts.choose({
    message: 'Certificates of the hosts',
    choices: [
      { value: 'system', name: 'signed by an authority that this system trusts' },
      { value: 'ca', name: 'signed by an authority whose certificate I have in a file' },
      { value: 'none', name: 'do not verify them (anybody on the way can read along)' },
    ] as const,
  });
  if (trust === 'none') return { insecure: true };
  if (trust === 'system') return {};
  const check = (text: string) => (existsSync(text.trim()) ? null : 'there is no such file');
  return { ca: (await prompts.text({ message: 'File with the authorities (PEM)', check })).trim() };
}

async function sshLogon(prompts: Prompts): Promise<ConnectionFlags> {
  const user = await askUser(prompts, 'User', false);
  const check = (text: string) => (text.trim() === '' || existsSync(text.trim()) ? null : 'there is no such file');
  const key = (await prompts.text({ message: 'Private key file (empty: a password)', check })).trim();
  return { user, ...(key === '' ? {} : { privateKey: key }) };
}
