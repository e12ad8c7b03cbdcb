/**
 * A Kerberos realm of a test's own: MIT's KDC on an unprivileged port of 127.0.0.1, with configuration, database and
 * key tables in a temporary folder. Ended by its process id, and with the process that started it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../support/free-port.ts';

const PROGRAMS = ['/usr/sbin/krb5kdc', '/usr/sbin/kdb5_util', '/usr/sbin/kadmin.local', '/usr/bin/kinit'] as const;

/** Ends with its standard input, so also when the test process is killed. */
const GUARDED_KDC = '/usr/sbin/krb5kdc -n & kdc=$!; read -r _; kill $kdc; wait $kdc';

/** False, with a printed line, where the Debian packages are missing. */
export function hasKdc(): boolean {
  const missing = PROGRAMS.filter((path) => !existsSync(path));
  if (missing.length === 0) return true;
  process.stderr.write(
    `skipped: ${missing.join(', ')} missing (apt-get install krb5-kdc krb5-admin-server krb5-user)\n`,
  );
  return false;
}

export interface TestRealmOptions {
  /** principal → password */
  readonly users: { readonly [name: string]: string };
  /** Service principals without realm; their random keys are in `keytab`. */
  readonly services: readonly string[];
  /** `aes256-cts-hmac-sha1-96` when absent. */
  readonly encryption?: string;
  /** Seconds by which clocks may differ in the KDC's eyes; below zero it finds every clock wrong. */
  readonly clockSkew?: number;
}

export class TestRealm {
  readonly realm = 'FIREBREAK.TEST';
  readonly dir: string;
  readonly #kdc: ChildProcess;

  private constructor(dir: string, kdc: ChildProcess) {
    this.dir = dir;
    this.#kdc = kdc;
  }

  static async start(options: TestRealmOptions): Promise<TestRealm> {
    const dir = mkdtempSync(join(tmpdir(), 'fbkdc-'));
    const port = await freePort();
    writeConfiguration(dir, port, options.encryption ?? 'aes256-cts-hmac-sha1-96');
    const env = environmentOf(dir);
    const quiet = { env, stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'], timeout: 120_000 };
    execFileSync('/usr/sbin/kdb5_util', ['create', '-s', '-P', 'master'], quiet);
    const commands = [
      ...Object.entries(options.users).map(([name, password]) => `addprinc -pw ${password} ${name}`),
      ...options.services.flatMap((name) => [`addprinc -randkey ${name}`, `ktadd -k ${join(dir, 'keytab')} ${name}`]),
    ];
    execFileSync('/usr/sbin/kadmin.local', [], { ...quiet, input: `${commands.join('\n')}\n` });
    const kdcEnv = options.clockSkew === undefined ? env : skewed(dir, env, options.clockSkew);
    const kdc = spawn('/bin/sh', ['-c', GUARDED_KDC], { env: kdcEnv, stdio: 'pipe' });
    await untilStarted(kdc);
    return new TestRealm(dir, kdc);
  }

  /** Keys of the services. */
  get keytab(): string {
    return join(this.dir, 'keytab');
  }

  get config(): string {
    return join(this.dir, 'krb5.conf');
  }

  /** For processes that belong to the realm. */
  get env(): NodeJS.ProcessEnv {
    return environmentOf(this.dir);
  }

  /** For a service that finds every clock wrong. */
  get skewedEnv(): NodeJS.ProcessEnv {
    return skewed(this.dir, this.env, -1);
  }

  /** A key table with the key of a user. */
  userKeytab(user: string): string {
    const file = join(this.dir, `${user}.keytab`);
    this.admin(`ktadd -norandkey -k ${file} ${user}`);
    return file;
  }

  /** A credential cache as kinit leaves it; `lifetime` as kinit takes it. */
  ticket(user: string, password: string, lifetime = '1h'): string {
    const file = join(this.dir, `${user}-${lifetime}.ccache`);
    execFileSync('/usr/bin/kinit', ['-c', `FILE:${file}`, '-l', lifetime, user], {
      env: this.env,
      input: `${password}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: 120_000,
    });
    return file;
  }

  /** A command of kadmin.local. */
  admin(command: string): void {
    execFileSync('/usr/sbin/kadmin.local', ['-q', command], { env: this.env, stdio: 'ignore', timeout: 120_000 });
  }

  async end(): Promise<void> {
    await this.stopKdc();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The realm stays configured, but nobody answers any more. */
  async stopKdc(): Promise<void> {
    if (this.#kdc.exitCode !== null || this.#kdc.signalCode !== null) return;
    const ended = new Promise((done) => this.#kdc.once('exit', done));
    this.#kdc.stdin?.end();
    await ended;
  }
}

function skewed(dir: string, env: NodeJS.ProcessEnv, seconds: number): NodeJS.ProcessEnv {
  const file = join(dir, `skew${seconds}.conf`);
  writeFileSync(file, `[libdefaults]\n  clockskew = ${seconds}\n`);
  return { ...env, KRB5_CONFIG: `${file}:${env['KRB5_CONFIG']}` };
}

function environmentOf(dir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    KRB5_CONFIG: join(dir, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(dir, 'kdc.conf'),
    KRB5CCNAME: `FILE:${join(dir, 'default.ccache')}`,
    KRB5RCACHENAME: 'none:',
  };
}

function writeConfiguration(dir: string, port: number, encryption: string): void {
  const isWeak = encryption.startsWith('arcfour');
  writeFileSync(
    join(dir, 'krb5.conf'),
    `[libdefaults]
  default_realm = FIREBREAK.TEST
  dns_lookup_realm = false
  dns_lookup_kdc = false
  permitted_enctypes = ${encryption}
  allow_weak_crypto = ${isWeak}
  allow_rc4 = ${isWeak}
[realms]
  FIREBREAK.TEST = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  .firebreak.test = FIREBREAK.TEST
`,
  );
  writeFileSync(
    join(dir, 'kdc.conf'),
    `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  FIREBREAK.TEST = {
    database_name = ${join(dir, 'principal')}
    key_stash_file = ${join(dir, 'stash')}
    acl_file = ${join(dir, 'acl')}
    max_life = 10h
    supported_enctypes = ${encryption}:normal
    master_key_type = aes256-cts-hmac-sha1-96
  }
[logging]
  kdc = FILE:${join(dir, 'kdc.log')}
`,
  );
}

function untilStarted(kdc: ChildProcess): Promise<void> {
  return new Promise((done, failed) => {
    let text = '';
    const onText = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (text.includes('starting')) done();
    };
    kdc.stdout?.on('data', onText);
    kdc.stderr?.on('data', onText);
    kdc.once('exit', (code) => failed(new Error(`the KDC ended (${code}):\n${text}`)));
    kdc.once('error', failed);
  });
}
