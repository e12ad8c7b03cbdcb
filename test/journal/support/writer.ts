/**
 * A process of its own that writes to a journal until it is killed, saying on stdout what has been acknowledged. Its first
 * argument is a file; an address, which holds a password, is in FIREBREAK_TEST_ADDRESS instead.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/domain/index.ts';
import { openPostgresJournal, openSqliteJournal, parsePostgresAddress } from '../../../src/journal/index.ts';
import { plan, step } from '../../engine/support/plans.ts';

const [path = '', run = ''] = process.argv.slice(2);
const clock: Clock = { now: () => Date.now(), sleep: () => Promise.reject(new Error('not needed')) };
const random = { id: (bytes: number) => randomBytes(bytes).toString('hex'), fraction: () => 0.5 };
const address = process.env['FIREBREAK_TEST_ADDRESS'];
const journal =
  address === undefined
    ? await openSqliteJournal(path, { clock, random })
    : await openPostgresJournal(parsePostgresAddress(address), { clock, random });
await journal.create({ run, plan: plan([step('verify', 'patch.verify')]), parent: null, check: false });
process.stdout.write(`owner ${process.pid}\n`);

async function write(lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const reason = `${lane}-${count}`;
    const [event] = await journal.append(run, [{ type: 'RunPaused', reason }]);
    process.stdout.write(`ack ${event?.seq} ${reason}\n`);
  }
}
await Promise.all([0, 1, 2, 3].map(write));
