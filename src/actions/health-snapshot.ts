/** `health.snapshot`: remembers which automatic services run and which ports answer, for `health.check`. */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { portArgument, readArgs } from './arguments.ts';
import { openPorts, readServices } from './health.ts';

const args = z.strictObject({
  /** TCP ports to remember if they answer the controller. */
  tcp: z.array(portArgument).default([]),
});

export const healthSnapshot: ReadAction = {
  uses: 'health.snapshot',
  kind: 'read',
  summary: 'remembers running services and open ports',
  args,
  results: ['services', 'ports', 'count'],
  async read(step, given) {
    const services = await readServices(step);
    const ports = await openPorts(step, readArgs(args, given, 'health.snapshot').tcp);
    return { result: { services, ports, count: services.length } };
  },
};
