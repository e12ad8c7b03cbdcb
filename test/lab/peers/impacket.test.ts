/**
 * impacket's DCE/RPC, written by others from the same documents: as a client of a machine's port 135, and as a server for our
 * scan. Needs the built engine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RpcScan } from '../../../src/domain/index.ts';
import { createScanner } from '../../../src/scan/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { hasImpacket, PYTHON, python } from './peer.ts';

/** `call(interface, request)` gives the answer's object, or the name of the error. */
const CLIENT = `
import json, os, sys
from impacket.dcerpc.v5 import dcomrt, transport, rpcrt
from impacket.dcerpc.v5.dtypes import NULL
from impacket.uuid import string_to_bin, uuidtup_to_bin
CID = string_to_bin('01020304-0506-0708-090a-0b0c0d0e0f10')
ACTIVATOR = ('000001a0-0000-0000-c000-000000000046', '0.0')
ACTIVATION = ('4d9f4ab8-7d1c-11cf-861e-0020af6e7c57', '0.0')
def this(request):
    request['ORPCthis']['version']['MajorVersion'] = 5
    request['ORPCthis']['version']['MinorVersion'] = 6
    request['ORPCthis']['flags'] = 1
    request['ORPCthis']['cid'] = CID
    request['ORPCthis']['extensions'] = NULL
    return request
def get_class_object(objref):
    request = this(dcomrt.RemoteGetClassObject())
    request['pActProperties']['ulCntData'] = len(objref)
    request['pActProperties']['abData'] = list(objref)
    return request
def activation(name):
    request = this(dcomrt.RemoteActivation())
    request['Clsid'] = CID
    request['pwszObjectName'] = name
    request['pObjectStorage'] = NULL
    request['ClientImpLevel'] = request['Mode'] = request['cRequestedProtseqs'] = 0
    request['Interfaces'] = 1
    iid = dcomrt.IID()
    iid['Data'] = CID
    request['pIIDs'].append(iid)
    return request
def bound(interface, auth=False):
    rpc = transport.DCERPCTransportFactory('ncacn_ip_tcp:%s[%s]' % (os.environ['HOST'], os.environ['PORT']))
    rpc.set_connect_timeout(20)
    if auth: rpc.set_credentials('user', 'password')
    dce = rpc.get_dce_rpc()
    if auth: dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_CONNECT)
    dce.connect()
    dce.bind(uuidtup_to_bin(interface))
    return dce
def call(interface, request, answer, fragment=None):
    dce = bound(interface)
    if fragment: dce.set_max_fragment_size(fragment)
    dce.call(request.opnum, request)
    return answer(dce.recv())
def error(work):
    try: return work()
    except Exception as e: return str(e)
`;

/** Both interfaces with a fixed answer; prints its port. */
const SERVER = `
import os, struct, sys
from impacket.dcerpc.v5 import rpcrt, dcomrt
from impacket.dcerpc.v5.dtypes import NULL
import logging; logging.disable(logging.CRITICAL)
def get_class_object(data):
    request = dcomrt.RemoteGetClassObject(data)
    objref = b''.join(request['pActProperties']['abData'])
    assert request['ORPCthis']['version']['MinorVersion'] == 6 and len(objref) == 12, objref
    answer = dcomrt.RemoteGetClassObjectResponse()
    answer['ORPCthat']['flags'] = 0
    answer['ORPCthat']['extensions'] = NULL
    answer['ppActProperties'] = NULL
    answer['ErrorCode'] = int(os.environ['FIRST'], 16)
    return answer.getData()
def activation(data):
    request = dcomrt.RemoteActivation(data)
    assert request['Interfaces'] == 1 and len(request['pwszObjectName']) < 32
    return struct.pack('<44xI I4x II I', int(os.environ['SECOND'], 16), 1, 1, int(os.environ['SECOND'], 16), 0)
server = rpcrt.DCERPCServer()
server.daemon = True
server.addCallbacks(('000001a0-0000-0000-c000-000000000046', '0.0'), '135', {3: get_class_object})
server.addCallbacks(('4d9f4ab8-7d1c-11cf-861e-0020af6e7c57', '0.0'), '135', {0: activation})
# the thread listens later than it is started
server._sock.listen(10)
server.start()
print(server.getListenPort(), flush=True)
sys.stdin.read()
`;

const isThere = hasImpacket();

(isThere ? describe : describe.skip)('impacket', () => {
  let lab: TestLab;
  let dir: string;
  const servers: ChildProcess[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fbimpacket-'));
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
        { name: 'open', profile: 'windows-xp-sp1' },
        { name: 'older', profile: 'windows-xp-sp1', variant: 'only-823980' },
        { name: 'patched', profile: 'windows-xp-sp1', variant: 'patched' },
        { name: 'nt4', profile: 'nt4-server-sp6a', variant: 'patched' },
      ],
    });
  });
  afterAll(async () => {
    for (const server of servers) server.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
    await lab.end();
  });

  async function ask(host: string, expression: string): Promise<unknown> {
    const inventory = readFileSync(join(lab.dir, 'inventory.yaml'), 'utf8');
    const port = /\b135['"]?: (\d+)/.exec(inventory)?.[1] ?? '135';
    const values = { HOST: lab.host(host).address, PORT: port };
    const { code, stdout, stderr } = await python(dir, `${CLIENT}\nprint(json.dumps(${expression}))`, values);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  it.each([
    ['open', 0x80004005],
    ['older', 0x80004005],
    ['patched', 0x8001011d],
    ['nt4', 0x80070057],
    ['mgmt01', 0x80070005],
  ])('reads the answer of %s to RemoteGetClassObject', async (host, hresult) => {
    const first =
      "call(ACTIVATOR, get_class_object(b'no signature'), dcomrt.RemoteGetClassObjectResponse)['ErrorCode']";
    expect(await ask(host, first)).toBe(hresult);
  });

  it.each([
    ['open', 0x80040154],
    ['older', 0x80080004],
    ['patched', 0x80080004],
  ])('reads the answer of %s to RemoteActivation', async (host, hresult) => {
    const answer = `(lambda a: [a['phr'] & 0xffffffff, a['pServerVersion']['MinorVersion'], a['ErrorCode']])(
      call(ACTIVATION, activation('\\\\\\\\F\\0F\\\\F\\0'), dcomrt.RemoteActivationResponse))`;
    expect(await ask(host, answer)).toEqual([hresult, 6, 0]);
  });

  it('is answered when it cuts its calls into fragments', async () => {
    const call =
      "call(ACTIVATOR, get_class_object(b'x' * 3000), dcomrt.RemoteGetClassObjectResponse, 800)['ErrorCode']";
    expect(await ask('patched', call)).toBe(0x8001011d);
  });

  it('is refused by the means of the protocol what a machine has not', async () => {
    expect(await ask('patched', "error(lambda: bound(('e1af8308-5d1f-11c9-91a4-08002b14a0fa', '3.0')))")).toContain(
      'abstract_syntax_not_supported',
    );
    const real = "error(lambda: call(ACTIVATOR, get_class_object(b'MEOWMEOWMEOW'), str))";
    expect(await ask('patched', real)).toContain('rpc_s_cannot_support');
    expect(await ask('patched', 'error(lambda: str(bound(ACTIVATOR, auth=True)))')).toContain(
      'Authentication type not recognized',
    );
  });

  async function serve(first: number, second: number): Promise<number> {
    const env = { ...process.env, FIRST: first.toString(16), SECOND: second.toString(16) };
    const server = spawn(PYTHON, ['-c', SERVER], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    servers.push(server);
    const [line] = await new Promise<string[]>((done, failed) => {
      createInterface({ input: server.stdout }).once('line', (text) => done([text]));
      server.once('exit', (code) => failed(new Error(`the server ended: ${code}`)));
    });
    return Number(line);
  }

  function scan(port: number): Promise<RpcScan> {
    const target = { address: '127.0.0.1', port, timeoutMs: 120_000, alsoActivation: true };
    return createScanner().scanRpc(target, new AbortController().signal);
  }

  it.each([
    [0x8001011d, 0, 'patched'],
    [0x80070005, 0, 'denied'],
    [0x80004005, 0x80080004, 'only-823980'],
    [0x80004005, 0x80040154, 'unpatched'],
  ] as const)('serves our scan: %i and %i are %s', async (first, second, category) => {
    expect(await scan(await serve(first, second))).toMatchObject({ category });
  });
});
