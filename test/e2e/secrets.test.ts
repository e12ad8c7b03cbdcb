/**
 * No secret leaves by a way that others can read. Unmistakable passwords, passphrases and keys go through the command line,
 * good ones and bad ones, to hosts that work, refuse, and say back what they were told; meanwhile a process reads the
 * argument lists of all others. Afterwards everything that was printed, recorded, logged, reported or left behind is searched,
 * in every encoding that the product uses.
 */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestLab, type TestLab } from '../lab/support/lab.ts';
import { keygen } from '../transports/ssh/support/sshd.ts';
import { type Canary, Checker, filesBelow, formsOf, newCanary } from './support/canaries.ts';
import { type CliResult, cli, startCli } from './support/cli.ts';
import type { Watched } from './support/watch-processes.ts';
import { startWatcher } from './support/watcher.ts';

describe('the checker itself', () => {
  const canary = newCanary('planted');
  const checker = new Checker([canary]);
  const forms = [...formsOf(canary)];

  it.each(forms.map(([form], index) => [form, index] as const))('finds a leak as %s', (_form, index) => {
    const [form, bytes] = forms[index]!;
    const found = checker.search('here', Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' behind')]));
    expect(found.map((each) => each.form)).toContain(form);
  });

  it.each([0, 1, 2, 3, 4, 5])('finds it in the header of Basic behind a user of %i characters', (length) => {
    const header = Buffer.from(`${'u'.repeat(length)}:${canary.value}`, 'utf8').toString('base64');
    expect(checker.search('here', `Authorization: Basic ${header}\r\n`)).not.toEqual([]);
  });

  it('finds nothing where nothing is, and does not repeat what it found', () => {
    expect(checker.search('here', canary.value.slice(1))).toEqual([]);
    expect(JSON.stringify(checker.search('here', canary.value))).not.toContain(canary.value.slice(0, 12));
  });

  it('sees arguments and environments of processes, and files, while they are there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fbcanary-'));
    try {
      const typed = newCanary('typed');
      const inherited = newCanary('inherited', { isInEnvironment: true });
      const kept = newCanary('kept');
      const written = newCanary('written');
      const watcher = await startWatcher([typed, inherited, kept, written], folder);
      writeFileSync(join(folder, 'file'), `x${written.value}`);
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 400)', typed.value], {
        env: { A: inherited.value, B: kept.value },
      });
      await new Promise((done) => child.once('exit', done));
      const { findings } = await watcher.end();
      const found = new Set(findings.map((each) => `${each.canary} ${each.where.split(' ')[0]}`));
      // what came by the environment may be in one
      expect([...found].sort()).toEqual(['kept environment', 'typed arguments', `written ${join(folder, 'file')}:`]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('secrets', () => {
  const canary = {
    badEnv: newCanary('bad password from the environment', { isInEnvironment: true }),
    badFile: newCanary('bad password from a file'),
    badCommand: newCanary('bad password from a program'),
    failing: newCanary('output of a failing program'),
    openFile: newCanary('password in a file that others can read'),
    inInventory: newCanary('password in an inventory'),
    proxy: newCanary('password of the proxy', { isInEnvironment: true }),
    badProxy: newCanary('bad password of the proxy', { isInEnvironment: true }),
    passphrase: newCanary('passphrase of a key'),
    badPassphrase: newCanary('bad passphrase of a key', { isInEnvironment: true }),
    script: newCanary('secure string of a script'),
    shown: newCanary('password that the host says back', { isInEnvironment: true }),
  };
  let lab: TestLab;
  /** What the product works in: state, temporary files, home. */
  let work: string;
  /** What the user has: inventories, password files, keys. */
  let own: string;
  let canaries: readonly Canary[];
  let checker: Checker;
  let proxy: Server;
  let echo: Server;
  let watched: Watched;
  const results: { readonly command: string; readonly result: CliResult }[] = [];

  const ownFile = (name: string, content: string, mode = 0o600): string => {
    const file = join(own, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };
  const environment = (): Record<string, string> => ({
    HOME: join(work, 'home'),
    TMPDIR: join(work, 'tmp'),
    XDG_STATE_HOME: join(work, 'state'),
    FIREBREAK_STATE: '',
    GOOD: lab.password,
    BAD: canary.badEnv.value,
    SHOWN: canary.shown.value,
    BAD_PASSPHRASE: canary.badPassphrase.value,
    FIREBREAK_PROXY_PASSWORD: canary.proxy.value,
  });
  const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> => {
    const result = await cli(args, { env: { ...environment(), ...env }, cwd: own });
    results.push({ command: args.join(' '), result });
    return result;
  };

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'fbsecrets-'));
    own = mkdtempSync(join(tmpdir(), 'fbsecretsown-'));
    for (const name of ['home', 'tmp', 'state']) mkdirSync(join(work, name), { mode: 0o700 });
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'sealed', profile: 'windows-10-1903-enu' },
        { name: 'basic', profile: 'windows-10-1903-enu', allow_unencrypted: true },
        { name: 'ssh', profile: 'windows-server-2019', ssh: true },
      ],
    });
    const goodPassword: Canary = { name: 'password of the hosts', value: lab.password, isInEnvironment: true };
    canaries = [...Object.values(canary), goodPassword];
    checker = new Checker(canaries);
    [proxy, echo] = await Promise.all([startProxy(canary.proxy.value), startEcho()]);
    const key = join(own, 'key');
    copyFileSync(join(lab.dir, 'id_ed25519'), key);
    chmodSync(key, 0o600);
    // before anybody watches: ssh-keygen takes it as an argument
    keygen('-p', '-q', '-P', '', '-N', canary.passphrase.value, '-f', key);
    writeInventories(key);
    const watcher = await startWatcher(canaries, work);
    try {
      await drive();
    } finally {
      watched = await watcher.end();
    }
  }, 600_000);

  afterAll(async () => {
    for (const server of [proxy, echo]) server?.close();
    await lab?.end();
    for (const folder of [work, own]) rmSync(folder, { recursive: true, force: true });
  });

  function writeInventories(key: string): void {
    const password = (name: string, value: string): object => ({ file: ownFile(name, `${value}\n`) });
    const program = (name: string, ...lines: readonly string[]): object => ({
      command: [ownFile(name, `#!/bin/sh\n${lines.join('\n')}\n`, 0o700)],
    });
    // it stays for a moment, so that the watcher certainly sees it
    const cat = (name: string, value: string): string =>
      `sh -c 'cat "$1"; sleep 1' cat '${ownFile(`${name}.secret`, `${value}\n`)}'`;
    const { address: sealed } = lab.host('sealed');
    const { address: basic } = lab.host('basic');
    const ssh = { address: lab.host('ssh').address, transport: 'ssh', known_hosts: join(lab.dir, 'known_hosts') };
    const as = (reference: object, user = 'firebreak'): object => ({ credential: { user, password: reference } });
    const plain = { auth: 'basic', allow_unencrypted: true };
    const through = (user: string): object => ({ proxy: `http://${user}@127.0.0.1:${portOf(proxy)}` });
    const echoing = { address: '127.0.0.1', port: portOf(echo) };
    const hosts = {
      'good-env': { address: sealed, ...as({ env: 'GOOD' }) },
      'good-file': { address: basic, ...plain, ...as(password('good', lab.password)) },
      'good-command': { address: sealed, ...as(program('good.sh', cat('good', lab.password))) },
      'good-ssh': { ...ssh, agent: false, ...as({ env: 'GOOD' }) },
      'good-key': { ...ssh, private_key: key, passphrase: password('phrase', canary.passphrase.value), ...asUser() },
      'good-proxy': { address: sealed, ...through('agent'), ...as({ env: 'GOOD' }) },
      'bad-env': { address: sealed, ...as({ env: 'BAD' }) },
      'bad-basic': { address: basic, ...plain, ...as({ env: 'BAD' }) },
      'bad-file': { address: sealed, ...as(password('bad', canary.badFile.value)) },
      'bad-command': { address: basic, ...plain, ...as(program('bad.sh', cat('bad', canary.badCommand.value))) },
      'bad-ssh': { ...ssh, agent: false, ...as({ env: 'BAD' }) },
      'bad-key': { ...ssh, private_key: key, passphrase: { env: 'BAD_PASSPHRASE' }, ...asUser() },
      'failing-command': { address: sealed, ...as(program('fail.sh', cat('failing', canary.failing.value), 'exit 3')) },
      'chatty-command': {
        address: sealed,
        ...as(program('chatty.sh', cat('chatty', canary.failing.value), cat('chatty', canary.failing.value))),
      },
      'open-file': { address: sealed, ...as({ file: ownFile('open', canary.openFile.value, 0o644) }) },
      'proxy-refuses': { address: sealed, ...through('nobody'), ...as({ env: 'GOOD' }) },
      'echo-basic': { ...echoing, ...plain, ...as({ env: 'SHOWN' }) },
      'echo-sealed': { ...echoing, ...as({ env: 'SHOWN' }) },
      'nobody-there': { address: sealed, port: 1, ...as({ env: 'GOOD' }) },
    };
    ownFile('inventory.yaml', JSON.stringify({ all: { hosts } }));
    ownFile('clear.yaml', JSON.stringify({ all: { hosts: { a: as(canary.inInventory.value as never) } } }));
    ownFile(
      'clear2.yaml',
      `all:\n  hosts:\n    a: { proxy: "http://u:${encodeURIComponent(canary.inInventory.value)}@p:1" }\n`,
    );
    ownFile(
      'clear3.yaml',
      `all:\n  hosts:\n    a: { ansible_password: '${canary.inInventory.value.replaceAll("'", "''")}' }\n`,
    );
    ownFile('clear.csv', `name,password\na,"${canary.inInventory.value.replaceAll('"', '""')}"\n`);
    const text = canary.script.value.replaceAll("'", "''");
    ownFile(
      'script.ps1',
      `$s = ConvertTo-SecureString '${text}' -AsPlainText -Force
$c = New-Object System.Management.Automation.PSCredential ('user', $s)
$s; $c; @{ nested = $c }; Write-Information $c; Write-Warning "$c"; Write-Verbose "$s" -Verbose
Write-Error -Message 'failed' -TargetObject $c; 'end'`,
    );
    ownFile(
      'book.yaml',
      `firebreak: 1
name: Canary
hosts: all
serial: ["100%"]
max_fail_percentage: 100
max_unreachable_percentage: 100
defaults: { timeout: 1m, retries: 0 }
steps:
  - { id: facts, uses: host.facts }
  - { id: script, uses: powershell.run, with: { script: "'ran'; Write-Error 'and failed a little'; Start-Sleep 1", repeatable: true } }
  - { id: after, uses: host.facts }
`,
    );
  }

  function asUser(): object {
    return { credential: { user: 'firebreak' } };
  }

  /** Everything that a user does. */
  async function drive(): Promise<void> {
    const inventory = ['-i', join(own, 'inventory.yaml')];
    const exec = ['--', '$env:COMPUTERNAME'];
    const typed = ['--password-env', 'BAD', '--auth', 'basic', '--allow-unencrypted'];
    await Promise.all([
      run(['exec', ...inventory, 'all', ...exec]),
      run(['exec', ...inventory, 'all', '--json', ...exec]),
      run(['exec', ...inventory, 'good-env', 'good-ssh', 'good-file', '--json', '-f', join(own, 'script.ps1')]),
    ]);
    await Promise.all([
      run(['exec', ...inventory, 'good-env', '-f', join(own, 'script.ps1')]),
      run(['exec', `winrm://firebreak@${lab.host('basic').address}`, ...typed, ...exec]),
      run(['exec', ...inventory, 'good-proxy', ...exec], { FIREBREAK_PROXY_PASSWORD: canary.badProxy.value }),
      run(['doctor', ...inventory, 'all']),
      run(['doctor', ...inventory, 'all', '--json']),
      run(['verify', 'cve-2020-0796', 'all', ...inventory]),
      run(['verify', 'cve-2020-0796', ...inventory, '--json']),
    ]);
    await Promise.all([
      run(['inventory', ...inventory]),
      run(['inventory', ...inventory, '--json']),
      run(['plan', 'book.yaml', ...inventory, '--json']),
      run(['plan', 'book.yaml', ...inventory]),
      ...['clear.yaml', 'clear2.yaml', 'clear3.yaml', 'clear.csv'].map((file) =>
        run(['inventory', '-i', join(own, file)]),
      ),
      run(['validate', '-i', join(own, 'clear.yaml')]),
    ]);
    await Promise.all([
      run(['run', 'book.yaml', ...inventory, '--limit', 'good-env', '--output', 'lines']),
      run(['run', 'book.yaml', ...inventory, '--limit', 'good-ssh', '--output', 'ndjson']),
      run([
        'run',
        'book.yaml',
        ...inventory,
        '--limit',
        'bad-*,failing-command,chatty-command,echo-*',
        '--output',
        'json',
      ]),
      run([
        'run',
        'book.yaml',
        ...inventory,
        '--limit',
        'good-file,open-file,proxy-refuses,nobody-there',
        '--output',
        'live',
      ]),
    ]);
    await killedAndResumed(inventory);
    const runs = JSON.parse((await run(['runs', '--json'])).stdout) as readonly { readonly run: string }[];
    await Promise.all(
      runs.flatMap((each) => [
        run(['status', each.run]),
        run(['status', each.run, '--json']),
        run(['report', each.run]),
      ]),
    );
    await run(['shields']);
  }

  /** A journal whose last pages are in the write-ahead log still. */
  async function killedAndResumed(inventory: readonly string[]): Promise<void> {
    const args = ['run', 'book.yaml', ...inventory, '--limit', 'good-command,bad-file', '--output', 'lines'];
    const { child, ended, lines } = startCli(args, { env: environment(), cwd: own });
    await lines(/good-command: facts: ok/);
    child.kill('SIGKILL');
    results.push({ command: `${args.join(' ')} (killed)`, result: await ended });
    await run(['resume', 'last', '--output', 'ndjson']);
  }

  const said = (pattern: RegExp): readonly CliResult[] =>
    results.filter(({ command }) => pattern.test(command)).map(({ result }) => result);

  it('were really used: good ones were taken, bad ones refused, each in its own way', () => {
    const lines =
      said(/^exec .* all --json/)[0]
        ?.stdout.trim()
        .split('\n') ?? [];
    const hosts = lines.map(
      (line) => JSON.parse(line) as { host: string; ok: boolean; error: { code: string } | null },
    );
    const outcome = Object.fromEntries(hosts.map(({ host, ok, error }) => [host, ok ? 'ok' : error?.code]));
    expect(outcome).toEqual({
      'good-env': 'ok',
      'good-file': 'ok',
      'good-command': 'ok',
      'good-ssh': 'ok',
      'good-key': 'ok',
      'good-proxy': 'ok',
      'bad-env': 'FB_AUTH_DENIED',
      'bad-basic': 'FB_AUTH_DENIED',
      'bad-file': 'FB_AUTH_DENIED',
      'bad-command': 'FB_AUTH_DENIED',
      'bad-ssh': 'FB_AUTH_DENIED',
      'bad-key': expect.stringMatching(/^FB_/),
      'failing-command': 'FB_CREDENTIAL_MISSING',
      'chatty-command': 'FB_CREDENTIAL_MISSING',
      'open-file': 'FB_CREDENTIAL_MISSING',
      'proxy-refuses': 'FB_AUTH_DENIED',
      'echo-basic': expect.stringMatching(/^FB_PROTOCOL_/),
      'echo-sealed': expect.stringMatching(/^FB_/),
      'nobody-there': 'FB_CONNECT_REFUSED',
    });
    for (const { stdout } of said(/^exec .*script\.ps1/)) expect(stdout).toContain('•••');
    // the files that were searched are there
    const files = filesBelow(join(work, 'state'));
    for (const name of [/state\.db$/, /\.jsonl$/, /\.html$/]) expect(files.some((file) => name.test(file))).toBe(true);
    expect(results.map(({ result }) => result.code)).not.toContain(1);
  });

  it('are not in what was printed', () => {
    expect(
      results.flatMap(({ command, result }) => [
        ...checker.search(`${command}: stdout`, result.stdout),
        ...checker.search(`${command}: stderr`, result.stderr),
      ]),
    ).toEqual([]);
  });

  it('are not in journal, logs, reports, temporary files or home', () => {
    expect(checker.searchFolder(work)).toEqual([]);
  });

  it('were in no argument list, environment or file while the commands ran', () => {
    expect(watched.looks).toBeGreaterThan(50);
    // it has seen the product, and what the product starts
    expect(watched.seen.some((command) => /firebreak.* exec /.test(command))).toBe(true);
    expect(watched.seen.some((command) => command.includes('.secret'))).toBe(true);
    expect(watched.findings).toEqual([]);
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Lets `agent` through to wherever it wants; says to everybody else, and in its refusals, what it was told. */
async function startProxy(password: string): Promise<Server> {
  const expected = `Basic ${Buffer.from(`agent:${password}`).toString('base64')}`;
  const server = createServer((_request, response) => response.end());
  server.on('connect', (request: IncomingMessage, client) => {
    const told = request.headers['proxy-authorization'] ?? '';
    client.on('error', () => undefined);
    if (told !== expected) {
      const header = `Proxy-Authenticate: Basic realm="${told}"`;
      client.end(
        `HTTP/1.1 407 No ${told}\r\n${header}\r\nX-Told: ${told}\r\nContent-Length: ${told.length}\r\n\r\n${told}`,
      );
      return;
    }
    const url = new URL(`http://${request.url ?? ''}`);
    const host = connect(Number(url.port), url.hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(host).pipe(client);
    });
    host.on('error', () => client.destroy());
    client.on('close', () => host.destroy());
  });
  return listening(server);
}

/** A WinRM service that says back what it was told, in the clear too. */
async function startEcho(): Promise<Server> {
  const server = createServer((request, response) => {
    const told = request.headers.authorization ?? '';
    const clear = Buffer.from(told.replace(/^\w+ /, ''), 'base64').toString('utf8');
    const header = {
      'www-authenticate': `Negotiate ${clear.replace(/[^\x20-\x7e]/g, '')}`,
      'content-type': 'text/html',
    };
    request.resume();
    response.writeHead(500, 'Told', header).end(`<html><body>${told} ${clear}</body></html>`);
  });
  return listening(server);
}

function listening(server: Server): Promise<Server> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(server));
  });
}
