/** `health.check`: does everything run again that ran at the snapshot? Waits for services that start late. */
import { z } from 'zod';
import { FirebreakError, type ReadAction } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { openPorts, readServices, TRANSIENT_SERVICES } from './health.ts';

const args = z.strictObject({
  /** Id of the `health.snapshot` step. */
  against: z.string().meta({ stepId: true }),
  /** How long services may take to start. */
  within: durationArgument.default('2m'),
  /** Services that may be missing, besides those that are known to end by themselves. */
  ignore: z.array(z.string()).default([]),
});
const snapshotSchema = z.object({ services: z.array(z.string()), ports: z.array(z.number()) });

export const healthCheck: ReadAction = {
  uses: 'health.check',
  kind: 'read',
  summary: 'checks that services and ports of the snapshot are back',
  args,
  results: ['healthy', 'missing_services', 'missing_ports'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'health.check');
    const snapshot = snapshotSchema.safeParse(step.step(wanted.against));
    if (!snapshot.success) {
      throw new FirebreakError(
        'FB_STEP_CONDITION',
        `step ${wanted.against} has taken no snapshot of ${step.host.name}`,
        {
          remedy: 'let a health.snapshot with this id run before',
        },
      );
    }
    const ignored = new Set([...TRANSIENT_SERVICES, ...wanted.ignore].map((name) => name.toLowerCase()));
    const until = Math.min(step.clock.now() + durationMs(wanted.within), step.deadline - 1500);
    for (;;) {
      const running = new Set((await readServices(step)).map((name) => name.toLowerCase()));
      const missingServices = snapshot.data.services.filter(
        (name) => !running.has(name.toLowerCase()) && !ignored.has(name.toLowerCase()),
      );
      const open = await openPorts(step, snapshot.data.ports);
      const missingPorts = snapshot.data.ports.filter((port) => !open.includes(port));
      const healthy = missingServices.length === 0 && missingPorts.length === 0;
      const result = { healthy, missing_services: missingServices, missing_ports: missingPorts };
      if (healthy) return { result };
      if (step.clock.now() >= until) {
        const what = [
          ...missingServices.map((name) => `service ${name}`),
          ...missingPorts.map((port) => `TCP ${port}`),
        ];
        const message = `${step.host.name} is not as before: ${what.join(', ')} missing`;
        const remedy = 'start what is missing and look at its log';
        return { result, error: { code: 'FB_HOST_UNHEALTHY', message, remedy, retryable: false } };
      }
      step.progress(`waiting for ${[...missingServices, ...missingPorts].join(', ')}`);
      await step.clock.sleep(Math.min(2000, step.remainingMs()), step.signal);
    }
  },
};
