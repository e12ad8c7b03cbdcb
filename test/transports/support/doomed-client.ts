/**
 * A client that is killed: opens a session, starts a script with a receipt, says on standard output what it knows, line by
 * line, and waits. Arguments: address, user, session name, script. The password is in LAB_PASSWORD.
 */
import { Secret } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';

const [address = '', user = '', name = '', script = ''] = process.argv.slice(2);
const { signal } = new AbortController();

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const session = await createTransports().winrm.open(
  {
    host: 'doomed',
    transport: 'winrm',
    address,
    port: 5985,
    useTls: false,
    auth: 'negotiate',
    user,
    password: new Secret(process.env['LAB_PASSWORD'] ?? ''),
    allowUnencrypted: false,
    settings: {},
  },
  { signal, timeoutMs: 120_000, name },
);
const answer = session.invoke(
  { script },
  {
    signal,
    timeoutMs: 120_000,
    onReceipt: async (receipt) => say({ receipt }),
    onRecord: (record) => say({ record }),
  },
);
await answer.then(
  ({ output }) => say({ output }),
  (error: unknown) => say({ error: String(error) }),
);
setInterval(() => undefined, 1000);
