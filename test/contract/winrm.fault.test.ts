/** Faults of WinRM: Basic, sealed NTLM, and HTTPS. Needs the built engine (npm test builds it). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from '../../lab/fleet/certificates/index.ts';
import { Secret, type Target } from '../../src/domain/index.ts';
import { ntHash } from '../../src/protocol/index.ts';
import { createTransports } from '../../src/transports/index.ts';
import { startTestLab } from '../lab/support/lab.ts';
import { describeFaults, type Expected, type FaultBed, type FaultCase, runsOn, warmUp } from './fault-suite.ts';
import {
  HELLO_FAULTS,
  HTTP_FAULTS,
  HTTP_POINTS,
  type HttpFault,
  type HttpPoint,
  HttpRelay,
} from './support/http-relay.ts';

type Login = 'basic' | 'ntlm';

interface HttpCase extends FaultCase {
  readonly at: HttpPoint;
  readonly fault: HttpFault;
}

const HOSTS = ['pc-01', 'pc-02', 'pc-03'] as const;

/** What is left of a session when its work is done: no fault there is its caller's. */
const AFTERWARDS: ReadonlySet<HttpPoint> = new Set(['signal', 'delete']);
/** Before them nothing has been begun. */
const BEFORE: ReadonlySet<HttpPoint> = new Set(['hello', 'leg 1', 'leg 2', 'create', 'pool']);
/** The request has not come to the host. */
const ON_THE_WAY: ReadonlySet<HttpFault> = new Set([
  'cut before it reaches the host',
  'cut in the middle of the request',
  'silence before it reaches the host',
  '401',
  '503',
]);

function expectedOf(login: Login, at: HttpPoint, fault: HttpFault): Expected {
  if (AFTERWARDS.has(at) || fault === 'late answer') return 'success';
  // a login that belongs to the connection is made again
  if (fault === '401' && login === 'ntlm' && !at.startsWith('leg')) return 'success';
  // its status alone says that we are logged on
  if (fault === 'HTML page' && at === 'leg 2') return 'success';
  // the host has the input: its output tells
  if (at === 'send' && !ON_THE_WAY.has(fault)) return 'either';
  return BEFORE.has(at) || (at === 'command' && ON_THE_WAY.has(fault)) ? 'not begun' : 'error';
}

/** The first message of the session that would wait for the answer. */
function waitsOf(at: HttpPoint, fault: HttpFault): FaultCase['waits'] {
  if (AFTERWARDS.has(at) || !/silence|too large$/.test(fault)) return undefined;
  return BEFORE.has(at) ? 'open' : 'invoke';
}

function casesOf(login: Login, pick: (at: HttpPoint, fault: HttpFault) => boolean = () => true): readonly HttpCase[] {
  return HTTP_POINTS.flatMap((at) => {
    if (at === 'hello') return [];
    const isLeg = at.startsWith('leg');
    if (isLeg && login === 'basic') return [];
    return HTTP_FAULTS.filter((fault) => {
      // there is no other request yet; a leg's answer has no body
      if (fault === 'answer of another request') return !isLeg && at !== 'create' && pick(at, fault);
      if (isLeg && /too small|in the body/.test(fault)) return false;
      return pick(at, fault);
    }).map((fault) => ({
      title: `at ${at}: ${fault}`,
      at,
      fault,
      expected: expectedOf(login, at, fault),
      isInQuiet: at === 'signal',
      waits: waitsOf(at, fault),
    }));
  });
}

async function startBed(login: Login, isTls: boolean): Promise<FaultBed<HttpCase>> {
  const lab = await startTestLab({
    engine: 'real',
    hosts: HOSTS.map((name) => ({ name, profile: 'windows-10-1903-enu', allow_unencrypted: login === 'basic' })),
  });
  const folder = mkdtempSync(join(tmpdir(), 'fbfaults-'));
  const authority = new Authority('Fault suite');
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.cert);
  const tls = isTls ? authority.issue({ commonName: 'pc', names: ['127.0.0.1'], usage: 'server' }) : undefined;
  const { winrm } = createTransports();
  const plain: Target = {
    host: HOSTS[0],
    transport: 'winrm',
    address: '127.0.0.1',
    port: 5985,
    useTls: false,
    auth: login,
    user: lab.user,
    password: new Secret(lab.password),
    allowUnencrypted: login === 'basic',
    settings: {},
  };
  // the first session of a machine takes its time
  await Promise.all(HOSTS.map((host) => warmUp(winrm, { ...plain, host, address: lab.host(host).address })));
  return {
    transport: winrm,
    async way({ at, fault }, index) {
      const name = HOSTS[index % HOSTS.length] ?? HOSTS[0];
      const relay = await HttpRelay.start({
        host: lab.host(name).address,
        port: 5985,
        at,
        fault,
        hash: ntHash(lab.password),
        challenge: login === 'basic' ? 'WWW-Authenticate: Basic realm="WSMAN"' : 'WWW-Authenticate: Negotiate',
        ...(tls === undefined ? {} : { tls }),
      });
      return {
        target: {
          ...plain,
          host: name,
          port: relay.port,
          useTls: isTls,
          allowUnencrypted: login === 'basic' && !isTls,
          settings: isTls ? { ca } : {},
        },
        get fired() {
          return relay.fired;
        },
        get doubled() {
          return relay.doubled;
        },
        disarm() {
          relay.isArmed = false;
        },
        end: () => relay.end(),
      };
    },
    runs: () => runsOn(lab, HOSTS),
    async end() {
      await lab.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeFaults('winrm, basic', casesOf('basic'), () => startBed('basic', false));

/** Of HTTP, whatever is in it. */
const ALIKE = new Set<HttpFault>(['cut in the middle of the request', 'Content-Length too large, then the end', '503']);
describeFaults(
  'winrm, sealed NTLM',
  casesOf('ntlm', (_at, fault) => !ALIKE.has(fault)),
  () => startBed('ntlm', false),
);

/** The same client half as over HTTP, but for the socket: so these only. */
const OVER_TLS = new Set<HttpPoint>(['create', 'command', 'receive', 'delete']);
const OF_SOCKETS = new Set<HttpFault>([
  'cut before it reaches the host',
  'cut instead of the answer',
  'cut in the middle of the answer',
  'reset instead of the answer',
  'late answer',
  'silence instead of the answer',
  'silence in the middle of the answer',
  'Content-Length too small',
  'garbage instead of the answer',
  '401',
]);
const hello: readonly HttpCase[] = HELLO_FAULTS.map((fault) => ({
  title: `at the TLS handshake: ${fault}`,
  at: 'hello',
  fault,
  expected: fault === 'late answer' ? 'success' : 'not begun',
  waits: fault.startsWith('silence') ? 'open' : undefined,
}));
const overTls = casesOf('basic', (at, fault) => OVER_TLS.has(at) && OF_SOCKETS.has(fault));
describeFaults('winrm over HTTPS', [...hello, ...overTls], () => startBed('basic', true));
