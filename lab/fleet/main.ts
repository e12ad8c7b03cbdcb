/**
 * The lab's control program: `node lab/fleet/main.ts --dir DIR (--fleet FILE | --hosts N) [--addresses 127.83]
 * [--engine FILE] [--attached]`. Starts the engine, the machines and their fronts, writes what a user needs into DIR,
 * and ends it all when it is told to (with --attached also when its parent ends). Progress goes to standard error, one
 * line each, and as `{progress}`, `{ready}` or `{failed}` to a parent that listens.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addressRange } from './addresses.ts';
import { type ControlHandler, controlOperations, controlPath, openControl } from './control/index.ts';
import { checkFleet, packagesOfFleet, readCatalog, readFleet } from './data/index.ts';
import { Engine } from './engine/index.ts';
import { LabError, messageOf } from './errors.ts';
import { Fleet } from './fleet.ts';
import { inventoryText, writePackages, writeWhole } from './inventory.ts';
import { mixedFleet } from './mixed-fleet.ts';

const USER = 'firebreak';
/** The engine ends at the end of its input; after this long it is killed. */
const ENGINE_GRACE_MS = 5_000;

interface Options {
  readonly dir: string;
  readonly fleet: string | undefined;
  readonly hosts: number | undefined;
  readonly addresses: string;
  readonly engine: readonly [string, ...string[]];
  /** End when the parent ends. */
  readonly isAttached: boolean;
}

/** The folder that holds profiles/, packages/ and engine/: here, or the repository's when this is compiled. */
function labFolder(): string {
  const here = resolve(import.meta.dirname, '..');
  return existsSync(join(here, 'profiles')) ? here : resolve(import.meta.dirname, '..', '..', '..', 'lab');
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      fleet: { type: 'string' },
      hosts: { type: 'string' },
      addresses: { type: 'string', default: '127.83' },
      engine: { type: 'string' },
      attached: { type: 'boolean', default: false },
    },
  });
  const hosts = values.hosts === undefined ? undefined : Number(values.hosts);
  if (values.dir === undefined) throw new LabError('lab.usage', '--dir is missing');
  if ((values.fleet === undefined) === (hosts === undefined)) {
    throw new LabError('lab.usage', 'either --fleet FILE or --hosts N is needed');
  }
  if (hosts !== undefined && !(Number.isSafeInteger(hosts) && hosts > 0)) {
    throw new LabError('lab.usage', '--hosts must be a whole number from 1 up');
  }
  const engine = values.engine ?? join(labFolder(), 'engine', 'out', 'firebreak-lab-engine.dll');
  return {
    dir: resolve(values.dir),
    fleet: values.fleet,
    hosts,
    addresses: values.addresses,
    isAttached: values.attached,
    engine: engine.endsWith('.dll') ? ['dotnet', engine] : [process.execPath, engine],
  };
}

function tellParent(message: object): void {
  if (process.connected) process.send?.(message);
}

function progress(text: string): void {
  process.stderr.write(`lab: ${text}\n`);
  tellParent({ progress: text });
}

async function run(options: Options): Promise<void> {
  const lab = labFolder();
  const { dir } = options;
  const catalog = readCatalog(lab);
  const fleetFile =
    options.fleet === undefined ? mixedFleet(options.hosts ?? 1, catalog) : readFleet(options.fleet, catalog);
  checkFleet(fleetFile, catalog, options.fleet ?? '--hosts');
  const addresses = addressRange(options.addresses);

  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const files = {
    inventory: join(dir, 'inventory.yaml'),
    packages: join(dir, 'packages'),
    password: join(dir, 'password'),
    passwords: join(dir, 'passwords'),
    lab: join(dir, 'lab.json'),
    ca: join(dir, 'ca.pem'),
    clientCert: join(dir, 'client.pem'),
    clientKey: join(dir, 'client.key'),
    knownHosts: join(dir, 'known_hosts'),
    sshKey: join(dir, 'id_ed25519'),
  };
  const password = randomBytes(18).toString('base64url');
  const startedAt = new Date().toISOString();
  const facts = { pid: process.pid, dir, startedAt, inventory: files.inventory, packages: files.packages };

  // First of all: two labs in one folder would write over each other.
  let operations: ControlHandler = async () => {
    throw new LabError('lab.starting', 'the lab is still starting');
  };
  const control = await openControl(controlPath(dir), (op, fields) => operations(op, fields));

  let isEnding = false;
  const end = async (exitCode: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await fleet.end();
    await engine.shutdown(ENGINE_GRACE_MS);
    for (const file of Object.values(files)) rmSync(file, { recursive: true, force: true });
    control.close();
    progress('down');
    process.exitCode = exitCode;
    if (process.connected) process.disconnect();
  };
  const engine = new Engine({
    command: options.engine,
    onEvent: (event) => fleet.onEvent(event),
    onExit: (reason) => {
      progress(reason);
      if (!isEnding) void end(1);
    },
    onLog: (line) => progress(`engine: ${line}`),
  });
  const fleet = new Fleet({ engine, catalog, fleet: fleetFile, addresses, user: USER, password, onProgress: progress });
  operations = controlOperations(fleet, facts, () => void end(0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  if (options.isAttached) process.on('disconnect', () => void end(0));

  try {
    progress('starting the engine');
    await engine.request('hello');
    const hosts = await fleet.start();
    writePackages(files.packages, packagesOfFleet(fleetFile, catalog));
    writeWhole(files.password, password, 0o600);
    const inventoryHosts = hosts.map(({ relayed, ...host }) => {
      if (relayed === undefined) return host;
      const passwordFile = join(files.passwords, host.host.name);
      mkdirSync(files.passwords, { recursive: true, mode: 0o700 });
      writeWhole(passwordFile, relayed.password, 0o600);
      return { ...host, relayed: { by: relayed.by, user: relayed.user, passwordFile } };
    });
    const certificates = fleet.certificates();
    if (certificates !== undefined) {
      writeWhole(files.ca, certificates.ca);
      writeWhole(files.clientCert, certificates.cert);
      writeWhole(files.clientKey, certificates.key, 0o600);
    }
    const ssh = fleet.ssh();
    if (ssh !== undefined) {
      writeWhole(files.knownHosts, ssh.knownHosts);
      writeWhole(files.sshKey, ssh.key, 0o600);
    }
    writeWhole(
      files.inventory,
      inventoryText(inventoryHosts, {
        user: USER,
        passwordFile: files.password,
        vantage: addresses.vantage,
        caFile: files.ca,
        knownHostsFile: files.knownHosts,
      }),
    );
    const ready = {
      ...facts,
      control: control.path,
      engine: engine.pid ?? null,
      hosts: fleet.hosts.map(({ spec, address }, index) => ({
        host: spec.name,
        profile: spec.profile,
        variant: spec.variant,
        address,
        ...(hosts[index]?.relayed === undefined ? {} : { relay: hosts[index].relayed.by }),
      })),
    };
    writeWhole(files.lab, `${JSON.stringify(ready, null, 2)}\n`, 0o600);
    tellParent({ ready });
  } catch (thrown) {
    await end(1);
    throw thrown;
  }
}

try {
  await run(readOptions());
} catch (thrown) {
  const code = thrown instanceof LabError ? thrown.code : 'lab.bug';
  process.stderr.write(`lab: ${messageOf(thrown)} [${code}]\n`);
  tellParent({ failed: { code, message: messageOf(thrown) } });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
